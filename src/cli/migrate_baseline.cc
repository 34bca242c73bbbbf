#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/migrate_options.h"
#include "cli/migrate_view.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

constexpr std::string_view which_hint =
    "Give --version VERSION: files up to it count as applied; or --from-tool: what another tool's history says.";

exec::tool_choice choice_of(const arguments& given) {
  exec::tool_choice choice;
  const auto tools = given.values("--from-tool");
  if (tools.size() > 1) throw refused{exit_code::usage, "one tool's history can be taken over", {}, {}};
  if (!tools.empty()) {
    choice.tool = migration::parse_layout(tools.front());
    if (!choice.tool || *choice.tool == migration::layout::innkeeper) {
      throw refused{exit_code::usage, fmt::format("there is no tool \"{}\" to take over from", tools.front()),
                    "\"innkeeper help migrate baseline\" lists them."};
    }
  }
  choice.table = given.value("--table");
  if (const auto dot = choice.table.find('.'); dot != std::string::npos) {
    choice.schema = choice.table.substr(0, dot);
    choice.table.erase(0, dot + 1);
  }
  return choice;
}

exec::migrate_report take(const arguments& given, const exec::migration_target& target,
                          const exec::migrate_options& options, const exec::event_sink& tell) {
  const bool with_phases = given.has("--with-phases");
  if (!given.has("--from-tool")) {
    return exec::migrate_baseline(target, {given.value("--version")}, with_phases, options, tell);
  }
  return exec::migrate_take_over(target, choice_of(given), with_phases, options, tell);
}

// What a tool's history brought, by its versions.
std::string taken_text(const exec::migrate_report& one) {
  if (one.taken_from.empty() || one.code != exit_code::ok) return {};
  std::string text;
  for (const auto& row : one.history.rows) text += fmt::format("= {}: {}\n", one.service, row.file);
  return text +
         fmt::format("{} taken over from {}.\n\n", counted(std::ssize(one.history.rows), "file"), one.taken_from);
}

exit_code run(const arguments& given, console& out) {
  if (given.has("--version") == given.has("--from-tool")) {
    throw refused{exit_code::usage, "which files have run already?", std::string{which_hint}};
  }
  if (given.has("--table") && !given.has("--from-tool")) {
    throw refused{exit_code::usage, "--table goes with --from-tool only"};
  }
  const auto options = parse_migrate_options(given);
  const auto sources = open_sources(given, out);
  const auto tell = progress_on(out);
  const auto target =
      sources.alone ? *sources.alone : exec::find_migration_target(sources.opened.all, only_service(sources.opened));
  exec::estate_run done;
  done.reports.push_back(take(given, target, options, tell));
  show_trouble(done, out);
  out.print_json(schemas_to_json(done));
  out.print(taken_text(done.reports.front()) + schemas_to_text(done, out.settings().colored_results));
  return done.code();
}

std::vector<option> baseline_rows() {
  std::vector<option> rows{
      {"--version", "", option_kind::value, "VERSION", "the newest that the database has already"},
      {"--from-tool", "", option_kind::maybe, "TOOL…",
       "what another tool's own history says: the files' tool, unless named"},
      {"--table", "", option_kind::value, "TABLE", "with --from-tool: [SCHEMA.]TABLE, where it isn't called as usual"},
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
