#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/migrate_options.h"
#include "cli/migrate_view.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "embedded/help_pages.h"
#include "exec/migrate_lint.h"

namespace innkeeper::cli {
namespace {

struct lint_run {
  std::vector<migration::lint_finding> findings;
  diagnostics problems;
};

void add(lint_run& into, const exec::lint_report& one) {
  into.findings.insert(into.findings.end(), one.findings.begin(), one.findings.end());
  into.problems.insert(into.problems.end(), one.problems.begin(), one.problems.end());
}

lint_run lint_sources(const arguments& given, console& out) {
  lint_run result;
  if (given.has("--files") && !given.has("--url-from")) {
    add(result, exec::lint_directory(given.value("--files"), given.value("--format")));
    return result;
  }
  const auto sources = open_sources(given, out);
  const bool connects = given.has("--connect") || sources.alone;
  const auto tell = progress_on(out);
  if (sources.alone) {
    add(result, exec::lint_connected(*sources.alone, tell));
    return result;
  }
  for (const auto& one : sources.opened.all.services) {
    if (!sources.opened.is_meant(one.name) || one.schema_files.empty()) continue;
    add(result, connects ? exec::lint_connected(exec::find_migration_target(sources.opened.all, one), tell)
                         : exec::lint_directory(one.schema_files, one.migrations.format));
  }
  return result;
}

exit_code run(const arguments& given, console& out) {
  const auto found = lint_sources(given, out);
  out.show(found.problems);
  const auto count = [&](migration::lint_level level) {
    return std::ranges::count_if(found.findings,
                                 [&](const auto& one) { return one.level == level && one.ignored.empty(); });
  };
  const auto errors = count(migration::lint_level::error);
  const auto warnings = count(migration::lint_level::warning);
  if (given.has("--sarif")) {
    out.print_raw(findings_to_sarif(found.findings).dump(2) + "\n");
  } else {
    out.print_json({{"errors", errors}, {"warnings", warnings}, {"findings", findings_to_json(found.findings)}});
    out.print(findings_to_text(found.findings, out.settings().verbose, out.settings().colored_results));
    out.print(fmt::format("{}, {}.\n", counted(errors, "error"), counted(warnings, "warning")));
  }
  return errors > 0 || has_errors(found.problems) ? exit_code::invalid : exit_code::ok;
}

std::vector<option> lint_rows() {
  std::vector<option> rows{
      {"--connect", "", option_kind::flag, "", "ask the databases for versions, table sizes and what is pending"},
      {"--sarif", "", option_kind::flag, "", "print the findings as SARIF 2.1.0"}};
  for (const auto& row : migrate_source_rows()) rows.push_back(row);
  return rows;
}

}  // namespace

command migrate_lint_command() {
  return {.name = "migrate lint",
          .summary = "find statements that would hurt a running system, before they run",
          .page = help_pages::migrate_lint_md,
          .word = {.placeholder = "ESTATE"},
          .options = lint_rows(),
          .counters = {"errors", "warnings"},
          .run = run};
}

}  // namespace innkeeper::cli
