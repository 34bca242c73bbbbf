#include "exec/migrate_lint.h"

#include "exec/error.h"
#include "exec/migrate.h"
#include "exec/schema_files.h"

namespace innkeeper::exec {

migration::lint_file lint_file_of(const std::filesystem::path& directory, const migration::script& one, bool is_phase,
                                  bool is_down) {
  return {.name = (directory / one.file).string(),
          .is_transactional = !one.says.no_transaction,
          .is_phase = is_phase,
          .is_down = is_down,
          .statements = one.statements,
          .ignored = one.says.lint_ignore};
}

lint_report lint_directory(const std::filesystem::path& directory, const std::string& format) {
  const auto files = load_schema_directory(directory, format);
  const auto shown = shown_directory(directory);
  std::vector<migration::lint_file> scripts;
  for (const auto& one : files.phases) {
    if (one.in < migration::phase::seed) scripts.push_back(lint_file_of(shown, one.content, true));
  }
  for (const auto& one : files.migrations) scripts.push_back(lint_file_of(shown, one.up, one.is_repeatable));
  for (const auto& one : files.phases) {
    if (one.in == migration::phase::seed) scripts.push_back(lint_file_of(shown, one.content, true));
  }
  // As they would run: the last one's first.
  for (auto one = files.migrations.rbegin(); one != files.migrations.rend(); ++one) {
    if (one->down) scripts.push_back(lint_file_of(shown, *one->down, false, true));
  }
  return {.findings = migration::lint(scripts, {}), .problems = files.problems};
}

lint_report lint_connected(const migration_target& target, const event_sink& tell) {
  auto report = migration_status(target, {}, tell);
  if (!report.failures.empty()) throw error{report.failures.front().code, report.failures.front().text};
  return {.findings = std::move(report.findings), .problems = std::move(report.problems)};
}

}  // namespace innkeeper::exec
