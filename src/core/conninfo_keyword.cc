// libpq's "keyword = value" form:
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
#include <fmt/format.h>

#include <algorithm>

#include "core/conninfo_dialects.h"

namespace innkeeper::conninfo_dialects {
namespace {

constexpr std::string_view libpq_space = " \t\n\r\v\f";

class keyword_reader {
 public:
  explicit keyword_reader(std::string_view text) : whole_{text}, rest_{text} {}

  bool at_end() {
    skip_space();
    return rest_.empty();
  }
  [[nodiscard]] std::string here() const { return place(whole_, rest_); }

  std::string name() {
    const auto length = std::min(rest_.find_first_of(" \t\n\r\v\f="), rest_.size());
    std::string text{rest_.substr(0, length)};
    const std::string where = here();
    rest_.remove_prefix(length);
    skip_space();
    if (text.empty() || !rest_.starts_with('='))
      throw malformed{fmt::format("no \"=\" after the word at {}: neither a URL nor keyword=value pairs", where)};
    rest_.remove_prefix(1);
    skip_space();
    return text;
  }

  [[nodiscard]] bool at_quote() const { return rest_.starts_with('\''); }
  std::string value() { return rest_.starts_with('\'') ? quoted() : bare(); }

 private:
  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(libpq_space), rest_.size())); }

  char take() {
    const char byte = rest_.front();
    rest_.remove_prefix(1);
    return byte;
  }

  std::string bare() {
    std::string text;
    while (!rest_.empty() && libpq_space.find(rest_.front()) == std::string_view::npos) {
      const char byte = take();
      if (byte != '\\') {
        text += byte;
      } else if (!rest_.empty()) {
        text += take();
      }
    }
    return text;
  }

  std::string quoted() {
    const std::string where = here();
    take();
    std::string text;
    for (;;) {
      if (rest_.empty()) throw malformed{fmt::format("the quote opened at {} is not closed", where)};
      const char byte = take();
      if (byte == '\'') return text;
      if (byte != '\\') {
        text += byte;
      } else if (!rest_.empty()) {
        text += take();
      }
    }
  }

  std::string_view whole_;
  std::string_view rest_;
};

}  // namespace

// A semicolon needs no quotes for libpq, but tells our reader this form from .NET's.
std::string keyword_quoted(std::string_view value) {
  const bool plain = !value.empty() && value.find_first_of(" \t\n\r\v\f'\\;") == std::string_view::npos;
  if (plain) return std::string{value};
  std::string text = "'";
  for (const char byte : value) {
    if (byte == '\'' || byte == '\\') text += '\\';
    text += byte;
  }
  return text + "'";
}

parsed parse_keyword(std::string_view text) {
  parsed outcome;
  std::string hosts;
  std::string ports;
  std::string ports_at = "offset 0";
  keyword_reader reader{text};
  while (!reader.at_end()) {
    const std::string where = reader.here();
    const std::string name = reader.name();
    std::string value = reader.value();
    if (name == "host") {
      hosts = std::move(value);
    } else if (name == "port") {
      ports = std::move(value);
      ports_at = where;
    } else {
      store_parameter(outcome, name, std::move(value), where);
    }
  }
  outcome.value.endpoints = endpoints_of(hosts, ports, ports_at);
  return outcome;
}

bool has_bare_semicolon(std::string_view keyword_text) {
  keyword_reader reader{keyword_text};
  while (!reader.at_end()) {
    (void)reader.name();
    const bool is_quoted = reader.at_quote();
    if (reader.value().find(';') != std::string::npos && !is_quoted) return true;
  }
  return false;
}

printed print_keyword(const conninfo& one) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, keyword_quoted(value));
  };
  if (const auto hosts = joined_hosts(one.endpoints); !hosts.empty()) add("host", hosts);
  if (const auto ports = joined_ports(one.endpoints); !ports.empty()) add("port", ports);
  if (!one.user.empty()) add("user", one.user.value);
  if (one.password) add("password", one.password->expose());
  if (!one.database.empty()) add("dbname", one.database.value);
  for (const auto& [name, value] : one.parameters) add(name, value);
  return {text, {}};
}

}  // namespace innkeeper::conninfo_dialects
