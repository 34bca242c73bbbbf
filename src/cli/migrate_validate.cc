#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/migrate_options.h"
#include "cli/migrate_view.h"
#include "cli/progress.h"
#include "embedded/help_pages.h"
#include "exec/migrate_diff.h"

namespace innkeeper::cli {
namespace {

exit_code run(const arguments& given, console& out) {
  const auto options = parse_migrate_options(given);
  const auto sources = open_sources(given, out);
  const auto tell = progress_on(out);
  std::string differences;
  std::mutex guard;
  const auto found = run_on_sources(sources, parse_estate_run_options(given), [&](const auto& target) {
    auto report = exec::migration_status(target, options, tell);
    auto text = exec::changed_since(target, report.history);
    const std::lock_guard lock{guard};
    differences += text;
    return report;
  });
  show_trouble(found, out);
  auto document = schemas_to_json(found);
  document["differences"] = differences;
  out.print_json(document);
  out.print(differences);
  exit_code code = exit_code::ok;
  for (const auto& one : found.reports) {
    if (one.code != exit_code::invalid || !one.failures.empty()) code = worst_of(code, one.code);
  }
  if (code == exit_code::ok) out.print("The files are what ran.\n");
  return code;
}

}  // namespace

command migrate_validate_command() {
  return {.name = "migrate validate",
          .summary = "compare the files with what ran, and show the differences",
          .page = help_pages::migrate_validate_md,
          .word = {.placeholder = "ESTATE"},
          .options = migrate_source_rows(),
          .counters = {"applied", "pending", "failed"},
          .run = run};
}

}  // namespace innkeeper::cli
