#include "cli/apply_options.h"

#include <fmt/format.h>

#include <charconv>

#include "cli/looks_view.h"
#include "cli/progress.h"

namespace innkeeper::cli {
namespace {

constexpr int most_jobs = 64;

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void show_failures(const exec::apply_report& report, console& out) {
  out.show(report.problems);
  for (const auto& one : report.failures) {
    const auto text = one.service.empty() ? fmt::format("server {}: {}", report.server, one.text) : one.text;
    out.complain(exec::log_level::error, one.service, text);
  }
}

}  // namespace

std::vector<option> apply_option_rows() {
  std::vector<option> rows{
      {"--jobs", "-j", option_kind::value, "N", "databases made at once; 2 unless given, and more rarely helps"},
      {"--reset-password", "", option_kind::maybe, "ROLE…",
       "set the kept passwords of these log-ins, or of all, where another hand changed one"},
      {"--overwrite-secret", "", option_kind::maybe, "SERVICE…",
       "write what another hand changed where these services, or all, find their secrets"},
      {"--advisory-wait", "", option_kind::value, "TIME",
       "how long to wait for another runner: 90s, 5m; 5m unless given"},
      {"--yes", "", option_kind::flag, "", "don't ask, where something would be dropped"}};
  for (const auto& row : depth_option_rows()) rows.push_back(row);
  return rows;
}

std::chrono::seconds parse_duration(std::string_view option_name, const std::string& text) {
  std::string_view digits = text;
  int unit = 1;
  if (text.ends_with('s') || text.ends_with('m') || text.ends_with('h')) {
    unit = text.back() == 's' ? 1 : text.back() == 'm' ? 60 : 3600;
    digits.remove_suffix(1);
  }
  constexpr int longest_hours = 1000;
  const auto value = whole_number(digits);
  if (!value || *value < 0 || *value > longest_hours * 3600 / unit) {
    throw refused{exit_code::usage, fmt::format("option {} needs a time, not \"{}\"", option_name, text),
                  "Say it as 90s, 5m or 1h."};
  }
  return std::chrono::seconds{*value * unit};
}

int parse_count(std::string_view option_name, const std::string& text, int least, int most) {
  const auto value = whole_number(text);
  if (!value || *value < least || *value > most) {
    throw refused{exit_code::usage, fmt::format("option {} needs a whole number from {} to {}, not \"{}\"", option_name,
                                                least, most, text)};
  }
  return *value;
}

exec::apply_options parse_apply_options(const arguments& given) {
  exec::apply_options options;
  options.how = parse_depth(given, depth::deep);
  if (given.has("--jobs")) options.jobs = parse_count("--jobs", given.value("--jobs"), 1, most_jobs);
  if (given.has("--advisory-wait"))
    options.lock_timeout = parse_duration("--advisory-wait", given.value("--advisory-wait"));
  if (given.has("--reset-password")) {
    for (const auto& name : given.values("--reset-password")) options.policy.reset_passwords.insert(role_name{name});
    options.policy.reset_every_password = options.policy.reset_passwords.empty();
  }
  if (given.has("--overwrite-secret")) {
    for (const auto& name : given.values("--overwrite-secret")) options.policy.overwrite_secrets.insert(name);
    options.policy.overwrite_every_secret = options.policy.overwrite_secrets.empty();
  }
  return options;
}

apply_result apply_estate(const opened_estate& opened, const exec::apply_options& options, console& out) {
  apply_result result;
  const auto tell = progress_on(out);
  result.failures = for_each_server(opened, [&](const server_declaration& server) {
    try {
      const auto access = exec::reach_server(opened.all, server, tell);
      result.reports.push_back(exec::apply_server(opened.all, access, options, tell));
    } catch (const std::exception& thrown) {
      result.unreached.emplace_back(server.name, report_of(thrown).code);
      throw;
    }
    show_failures(result.reports.back(), out);
  });
  for (const auto& one : result.failures) out.show(one.problems);
  return result;
}

}  // namespace innkeeper::cli
