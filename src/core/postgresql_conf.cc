#include "core/postgresql_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace innkeeper {
namespace {

bool is_setting_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '$';
  });
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (auto& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool says_where_the_server_is(std::string_view name) {
  static constexpr std::array<std::string_view, 7> ours{
      "port",       "unix_socket_directories", "data_directory", "config_file", "hba_file",
      "ident_file", "external_pid_file"};
  return std::ranges::find(ours, lower(name)) != ours.end();
}

}  // namespace

std::string quote_conf_value(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
    } else {
      if (c == '\'' || c == '\\') text += c;
      text += c;
    }
  }
  return text + "'";
}

std::string print_conf(const std::map<std::string, declared<std::string>>& settings) {
  std::string text;
  for (const auto& [name, value] : settings) text += fmt::format("{} = {}\n", name, quote_conf_value(value.value));
  return text;
}

diagnostics check_embedded_settings(const std::map<std::string, declared<std::string>>& settings) {
  diagnostics found;
  for (const auto& [name, value] : settings) {
    if (!is_setting_name(name)) {
      found.push_back({.where = value.where, .message = fmt::format("\"{}\" is not the name of a setting", name)});
    } else if (value.value.find('\0') != std::string::npos) {
      found.push_back({.where = value.where, .message = fmt::format("setting \"{}\" holds a NUL byte", name)});
    } else if (says_where_the_server_is(name)) {
      found.push_back({.where = value.where,
                       .message = fmt::format("setting \"{}\" of an embedded server is Innkeeper's own", name),
                       .hint = lower(name) == "port" ? "Declare it as embedded: {port: …}." : "Take it out."});
    }
  }
  return found;
}

diagnostics check_tls_settings(const std::map<std::string, declared<std::string>>& settings) {
  static constexpr std::array<std::string_view, 4> ours{"ssl", "ssl_ca_file", "ssl_cert_file", "ssl_key_file"};
  diagnostics found;
  for (const auto& [name, value] : settings) {
    if (std::ranges::find(ours, lower(name)) == ours.end()) continue;
    found.push_back({.where = value.where,
                     .message = fmt::format("setting \"{}\" is Innkeeper's own where embedded: has tls: true", name),
                     .hint = "Take it out, or say tls: false and bring certificates of your own."});
  }
  return found;
}

}  // namespace innkeeper
