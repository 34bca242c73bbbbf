#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/probe_rows.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

// Spilling more than this would disturb the disk more than it tells.
constexpr long most_kilobytes_to_spill = 64 * 1024;

long limit_of(const parameters& settings) {
  const auto found = settings.find("temp_file_limit");
  if (found == settings.end()) return -1;
  long number = -1;
  const auto& text = found->second;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{}) return -1;
  const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  if (unit.empty() || unit == "kB") return number;
  if (unit == "MB") return number * 1024;
  if (unit == "GB") return number * 1024 * 1024;
  return -1;
}

// What this log-in starts with in this database; -1: no limit, or one that nobody here can read.
long temporary_kilobytes(const proof_facts& facts, const log_in_facts& one, const database_name& database) {
  for (const auto& each : facts.observed().role_settings) {
    if (each.role == one.name && each.database == database && each.settings.contains("temp_file_limit")) {
      return limit_of(each.settings);
    }
  }
  const auto* role = facts.role(one.name);
  return role == nullptr ? -1 : limit_of(role->settings);
}

}  // namespace

// P41: may one service keep another one out by using up the connections?
attempts every_connection(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope&) {
  for (const auto* victim : facts.strangers_to(one, facts.tenants().size())) {
    if (one.owns(victim->home)) continue;
    auto made = new_attempt(self, one, victim->home);
    made.enters_as = victim->log_in;
    made.takes_all_of = one.own.front();
    made.expects = expectation::works;
    made.allowed = {"53300"};
    made.aim =
        fmt::format("keep \"{}\" out of its database \"{}\" by taking every connection", victim->log_in, victim->home);
    made.statement = fmt::format("ALTER ROLE {} CONNECTION LIMIT 20;", quoted(one.name));
    return {made};
  }
  return {};
}

// P42: does its limit of temporary files bind? A function's rows are kept aside, and spill; four bytes each at least.
attempts temporary_files(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope&) {
  attempts all;
  for (const auto& database : one.own) {
    const long kilobytes = temporary_kilobytes(facts, one, database);
    if (kilobytes < 0 || kilobytes > most_kilobytes_to_spill) continue;
    auto made = new_attempt(self, one, database);
    made.preparation = {"SET LOCAL work_mem = '64kB'"};
    made.statements = {
        fmt::format("SELECT pg_catalog.count(*) FROM pg_catalog.generate_series(1, {})", (kilobytes + 1024) * 256)};
    made.absent = {"53400"};  // "temporary file size exceeds temp_file_limit": the refusal that is wanted
    made.aim = fmt::format("write more than {} kB of temporary files in database \"{}\"", kilobytes, database);
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace innkeeper::probe_rows
