#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/migrate_options.h"
#include "cli/migrate_view.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "embedded/help_pages.h"
#include "exec/round_trip.h"

namespace innkeeper::cli {
namespace {

std::string to_text(const std::vector<exec::round_trip_report>& trips, bool colored) {
  std::string text;
  for (const auto& one : trips) {
    for (const auto& step : one.steps) {
      text += fmt::format(
          "{} {} {}: {}\n",
          step.differences.empty() ? paint("ok", color::green, colored) : paint("differs", color::red, colored),
          one.service, step.version, step.what);
      for (const auto& line : step.differences) text += fmt::format("    {}\n", line);
    }
  }
  return text;
}

json to_json(const std::vector<exec::round_trip_report>& trips) {
  json list = json::array();
  for (const auto& one : trips) {
    json steps = json::array();
    for (const auto& step : one.steps) {
      steps.push_back({{"version", step.version}, {"what", step.what}, {"differences", step.differences}});
    }
    list.push_back({{"service", one.service}, {"steps", steps}});
  }
  return list;
}

exit_code go_round(const migrate_sources& sources, console& out) {
  if (sources.alone) {
    throw refused{exit_code::usage, "a round trip needs an estate", "Its server's admin makes the scratch database."};
  }
  const auto tell = progress_on(out);
  std::vector<exec::round_trip_report> trips;
  exit_code code = exit_code::ok;
  for (const auto& one : sources.opened.all.services) {
    if (!sources.opened.is_meant(one.name) || one.schema_files.empty()) continue;
    trips.push_back(exec::try_round_trip(sources.opened.all, one, tell));
    code = worst_of(code, trips.back().code);
    for (const auto& failed : trips.back().failures) {
      out.complain(exec::log_level::error, one.name, failed.text);
    }
  }
  out.print_json({{"round_trips", to_json(trips)}});
  out.print(to_text(trips, out.settings().colored_results));
  return code;
}

exit_code run(const arguments& given, console& out) {
  const auto options = parse_migrate_options(given);
  const auto sources = open_sources(given, out);
  if (given.has("--round-trip")) return go_round(sources, out);
  const auto tell = progress_on(out);
  const auto done = run_on_sources(sources, parse_estate_run_options(given),
                                   [&](const auto& target) { return exec::migrate_verify(target, options, tell); });
  show_trouble(done, out);
  out.print_json(schemas_to_json(done));
  out.print(schemas_to_text(done, out.settings().colored_results));
  return done.code();
}

std::vector<option> verify_rows() {
  std::vector<option> rows{{"--round-trip", "", option_kind::flag, "",
                            "up, down and up again in a scratch database; what down leaves is a difference"}};
  for (const auto& row : migrate_source_rows()) rows.push_back(row);
  return rows;
}

}  // namespace

command migrate_verify_command() {
  return {.name = "migrate verify",
          .summary = "run every verify file; or try whether each version can be taken back",
          .page = help_pages::migrate_verify_md,
          .word = {.placeholder = "ESTATE"},
          .options = verify_rows(),
          .counters = {"applied", "pending", "failed"},
          .run = run};
}

}  // namespace innkeeper::cli
