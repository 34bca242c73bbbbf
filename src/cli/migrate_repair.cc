#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/migrate_options.h"
#include "cli/migrate_view.h"
#include "cli/progress.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

exit_code run(const arguments& given, console& out) {
  const auto options = parse_migrate_options(given);
  const auto sources = open_sources(given, out);
  const auto tell = progress_on(out);
  const auto done = run_on_sources(sources, parse_estate_run_options(given),
                                   [&](const auto& target) { return exec::migrate_repair(target, options, tell); });
  show_trouble(done, out);
  out.print_json(schemas_to_json(done));
  out.print(schemas_to_text(done, out.settings().colored_results));
  return done.code();
}

}  // namespace

command migrate_repair_command() {
  return {.name = "migrate repair",
          .summary = "make the history fit the files, and rebuild INVALID indexes",
          .page = help_pages::migrate_repair_md,
          .word = {.placeholder = "ESTATE"},
          .options = migrate_source_rows(),
          .counters = {"applied", "pending", "failed"},
          .run = run};
}

}  // namespace innkeeper::cli
