#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/log_options.h"
#include "cli/migrate_options.h"
#include "cli/migrate_plan.h"
#include "cli/migrate_view.h"
#include "cli/progress.h"
#include "cli/run_metrics.h"
#include "cli/text.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

std::vector<option> up_rows() {
  std::vector<option> rows{
      {"--to", "", option_kind::value, "VERSION", "versions up to this one only"},
      {"--plan", "", option_kind::flag, "", "only show what would run, statement by statement, with its locks"},
      {"--allow", "", option_kind::values, "RULE…", "run in spite of what the linter says; all: whatever it says"},
      {"--out-of-order", "", option_kind::flag, "", "also versions that are older than one that ran already"}};
  for (const auto& more : {migrate_limit_rows(), migrate_many_rows(), migrate_source_rows()}) {
    rows.insert(rows.end(), more.begin(), more.end());
  }
  rows.push_back(metrics_file_row());
  rows.push_back(json_log_row());
  return rows;
}

exec::migrate_options options_of(const arguments& given) {
  auto options = parse_migrate_options(given);
  if (given.has("--to")) options.to = migration::version{given.value("--to")};
  return options;
}

exit_code show_plan(const migrate_sources& sources, const arguments& given, console& out) {
  const auto options = options_of(given);
  const auto tell = progress_on(out);
  migrate_plan plan;
  std::mutex guard;
  const auto found = run_on_sources(sources, parse_estate_run_options(given), [&](const auto& target) {
    auto report = exec::migration_status(target, options, tell);
    const std::lock_guard lock{guard};
    plan.add(target, report);
    return report;
  });
  show_trouble(found, out);
  out.print_json(plan.to_json(found));
  out.print(plan.to_text(out.settings().colored_results));
  return found.code();
}

exit_code run_files(const arguments& given, console& out, run_metrics& metrics) {
  const auto options = options_of(given);
  const auto sources = open_sources(given, out);
  if (given.has("--plan")) return show_plan(sources, given, out);
  is_about(metrics, sources);
  const auto tell = progress_on(out);
  const auto done = run_on_sources(sources, parse_estate_run_options(given),
                                   [&](const auto& target) { return exec::migrate_up(target, options, tell); });
  metrics.add_all(done);
  show_trouble(done, out);
  show_findings(done, out);
  out.print_json(schemas_to_json(done));
  const bool colored = out.settings().colored_results;
  out.print(schema_changes_to_text(done, colored) + schemas_summary(done));
  if (done.reports.size() + done.skipped.size() > 1) out.print("\n" + schemas_to_text(done, colored));
  return done.code();
}

exit_code run(const arguments& given, console& out) {
  return with_metrics(given, "migrate up", out, [&](auto& metrics) { return run_files(given, out, metrics); });
}

}  // namespace

command migrate_up_command() {
  return {.name = "migrate up",
          .summary = "run the schema files that are pending, each service under its own log-in",
          .page = help_pages::migrate_up_md,
          .word = {.placeholder = "ESTATE"},
          .options = up_rows(),
          .counters = {"applied", "pending", "failed"},
          .run = run};
}

}  // namespace innkeeper::cli
