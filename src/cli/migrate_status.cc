#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/migrate_options.h"
#include "cli/migrate_view.h"
#include "cli/progress.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

bool is_behind(const exec::migrate_report& one) {
  return one.state != exec::schema_state::up_to_date && one.state != exec::schema_state::ahead;
}

std::vector<option> status_rows() {
  std::vector<option> rows{{"--check", "", option_kind::flag, "", "exit with 2 where anything is pending"}};
  for (const auto& row : migrate_many_rows()) {
    if (row.name == "--jobs") rows.push_back(row);
  }
  for (const auto& row : migrate_source_rows()) rows.push_back(row);
  return rows;
}

exit_code run(const arguments& given, console& out) {
  const auto options = parse_migrate_options(given);
  const auto sources = open_sources(given, out);
  const auto tell = progress_on(out);
  const auto found = run_on_sources(sources, parse_estate_run_options(given),
                                    [&](const auto& target) { return exec::migration_status(target, options, tell); });
  show_trouble(found, out);
  out.print_json(schemas_to_json(found));
  out.print(schemas_to_text(found, out.settings().colored_results));
  exit_code code = exit_code::ok;
  for (const auto& one : found.reports) {
    // A finding of the linter is for lint and up to say.
    if (one.code != exit_code::invalid || !one.failures.empty()) code = worst_of(code, one.code);
  }
  const bool behind = std::ranges::any_of(found.reports, is_behind);
  if (code == exit_code::ok && behind) out.tell("next: innkeeper migrate up");
  return given.has("--check") && behind ? worst_of(code, exit_code::differences) : code;
}

}  // namespace

command migrate_status_command() {
  return {.name = "migrate status",
          .summary = "each service's schema: version, what is pending, what doesn't fit",
          .page = help_pages::migrate_status_md,
          .word = {.placeholder = "ESTATE"},
          .options = status_rows(),
          .counters = {"applied", "pending", "failed"},
          .run = run};
}

}  // namespace innkeeper::cli
