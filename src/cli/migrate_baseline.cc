#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/migrate_options.h"
#include "cli/migrate_view.h"
#include "cli/progress.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

exit_code run(const arguments& given, console& out) {
  if (!given.has("--version")) {
    throw refused{exit_code::usage, "up to which version?", "Give --version VERSION; files up to it count as applied."};
  }
  const auto options = parse_migrate_options(given);
  const auto sources = open_sources(given, out);
  const auto tell = progress_on(out);
  const auto target =
      sources.alone ? *sources.alone : exec::find_migration_target(sources.opened.all, only_service(sources.opened));
  exec::estate_run done;
  done.reports.push_back(
      exec::migrate_baseline(target, {given.value("--version")}, given.has("--with-phases"), options, tell));
  show_trouble(done, out);
  out.print_json(schemas_to_json(done));
  out.print(schemas_to_text(done, out.settings().colored_results));
  return done.code();
}

std::vector<option> baseline_rows() {
  std::vector<option> rows{{"--version", "", option_kind::value, "VERSION", "the newest that the database has already"},
                           {"--with-phases", "", option_kind::flag, "",
                            "phase files count as applied too; else they run, being idempotent"}};
  for (const auto& row : migrate_source_rows()) rows.push_back(row);
  return rows;
}

}  // namespace

command migrate_baseline_command() {
  return {.name = "migrate baseline",
          .summary = "take the versions that a database has already for applied, without running them",
          .page = help_pages::migrate_baseline_md,
          .word = {.placeholder = "ESTATE"},
          .options = baseline_rows(),
          .counters = {"applied", "pending", "failed"},
          .run = run};
}

}  // namespace innkeeper::cli
