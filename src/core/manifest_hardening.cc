#include "core/manifest_hardening.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "core/display.h"
#include "core/manifest_scalars.h"
#include "core/naming.h"
#include "core/probe.h"

namespace innkeeper {
namespace {

const yaml::node* scalar_in(const yaml::node& mapping, std::string_view key) {
  const yaml::node* found = yaml::find(mapping, key);
  return found != nullptr && found->usable && found->kind == yaml::node_kind::scalar ? found : nullptr;
}

std::string text_in(const yaml::node& mapping, std::string_view key) {
  const yaml::node* found = scalar_in(mapping, key);
  return found == nullptr ? std::string{} : found->text;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

class hardening_reader {
 public:
  hardening_reader(const yaml::node& node, const std::string& file, manifest_problems& problems)
      : node_{node}, file_{file}, problems_{problems} {}

  hardening_rules read() {
    hardening_rules rules;
    item("temp_file_limit", "off", rules.temp_file_limit,
         [](const std::string& text) { return text == "off" ? std::string{} : text; });
    item("idle_in_transaction_session_timeout", "off", rules.idle_in_transaction_session_timeout,
         [](const std::string& text) { return text == "off" ? std::string{} : to_setting(*parse_duration(text)); });
    const auto access = [](const std::string& text) {
      return text == "open" ? function_access::open : function_access::closed;
    };
    item("wal_messages", "open", rules.wal_messages, access);
    item("advisory_locks", never, rules.advisory_locks, access);
    item("large_objects", never, rules.large_objects, access);
    item("password_encryption", "off", rules.scram, [](const std::string& text) { return text != "off"; });
    item("reserved_connections", "0", rules.reserved_connections,
         [](const std::string& text) { return static_cast<int>(parse_integer(text).value_or(0)); });
    item("tls", "off", rules.tls, [](const std::string& text) {
      return text == "require" ? tls_rule::require : text == "off" ? tls_rule::off : tls_rule::advice;
    });
    item("pg_hba", "off", rules.pg_hba, [](const std::string& text) {
      return text == "strict" ? hba_rule::strict : text == "off" ? hba_rule::off : hba_rule::advice;
    });
    return rules;
  }

 private:
  static constexpr std::string_view never{};  // of an item that is off by default

  // `off` is the spelling that switches it off.
  template <class T, class Parse>
  void item(std::string_view name, std::string_view off, switchable<T>& into, Parse parse) {
    const yaml::node* found = yaml::find(node_, name);
    if (found == nullptr || !found->usable || found->kind == yaml::node_kind::null) return;
    const bool is_short = found->kind == yaml::node_kind::scalar;
    const yaml::node* value = is_short ? found : scalar_in(*found, "value");
    if (value == nullptr) return;
    into.where = {file_, value->where.line, value->where.column};
    if (!is_short) into.reason = text_in(*found, "reason");
    const bool is_off = !off.empty() && value->text == off;
    into.value = parse(value->text);
    if (!is_off || !is_blank(into.reason)) return;
    problems_.error(into.where, fmt::format("{} is switched off without a reason", name),
                    fmt::format("Say why: {}: {{value: {}, reason: \"…\"}}. The proof shows it.", name, off));
  }

  const yaml::node& node_;
  const std::string& file_;
  manifest_problems& problems_;
};

// "drift" is what plan would still change, "plan" what it can only show.
constexpr std::array<std::string_view, 2> findings_of_no_probe{"drift", "plan"};

std::vector<std::string_view> known_findings() {
  std::vector<std::string_view> known{findings_of_no_probe.begin(), findings_of_no_probe.end()};
  for (const auto& one : all_probes()) known.push_back(one.id);
  return known;
}

void read_finding(const yaml::node& finding, accepted_finding& into, const location& where,
                  manifest_problems& problems) {
  std::istringstream words{finding.text};
  words >> into.probe;
  for (std::string word; words >> word;) into.targets.push_back(word);
  static const auto known = known_findings();
  if (std::ranges::find(known, into.probe) != known.end()) return;
  const auto meant = into.probe.size() <= 64 ? nearest(into.probe, known) : std::string_view{};
  problems.error(
      where, fmt::format("no probe is called {}", quoted_for_display(into.probe)),
      meant.empty() ? "Take the name from what verify shows, such as P3." : fmt::format("Did you mean \"{}\"?", meant));
}

std::chrono::year_month_day parse_date(std::string_view text) {
  const auto part = [&](std::size_t at, std::size_t size) {
    return static_cast<int>(parse_integer(text.substr(at, size)).value_or(0));
  };
  return {std::chrono::year{part(0, 4)}, std::chrono::month{static_cast<unsigned>(part(5, 2))},
          std::chrono::day{static_cast<unsigned>(part(8, 2))}};
}

}  // namespace

hardening_rules read_hardening(const yaml::node* node, const std::string& file, manifest_problems& problems) {
  if (node == nullptr) return {};
  return hardening_reader{*node, file, problems}.read();
}

hardening_rules nearest_of(const hardening_rules& nearer, const hardening_rules& farther) {
  hardening_rules result = farther;
  const auto take = [&](auto member) {
    if ((nearer.*member).is_spelled()) result.*member = nearer.*member;
  };
  take(&hardening_rules::temp_file_limit);
  take(&hardening_rules::idle_in_transaction_session_timeout);
  take(&hardening_rules::wal_messages);
  take(&hardening_rules::advisory_locks);
  take(&hardening_rules::large_objects);
  take(&hardening_rules::scram);
  take(&hardening_rules::reserved_connections);
  take(&hardening_rules::tls);
  take(&hardening_rules::pg_hba);
  return result;
}

std::vector<accepted_finding> read_accepted(const yaml::node* list, const std::string& file,
                                            manifest_problems& problems) {
  std::vector<accepted_finding> all;
  if (list == nullptr) return all;
  for (const auto& item : list->items) {
    const yaml::node* finding = item.usable ? scalar_in(item, "finding") : nullptr;
    const yaml::node* until = item.usable ? scalar_in(item, "until") : nullptr;
    if (finding == nullptr || until == nullptr) continue;
    accepted_finding one{.service = text_in(item, "service"),
                         .server = text_in(item, "server"),
                         .reason = text_in(item, "reason"),
                         .until = parse_date(until->text),
                         .where = {file, item.where.line, item.where.column}};
    read_finding(*finding, one, {file, finding->where.line, finding->where.column}, problems);
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace innkeeper
