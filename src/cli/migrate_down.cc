#include <fmt/format.h>

#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/log_options.h"
#include "cli/migrate_options.h"
#include "cli/migrate_view.h"
#include "cli/progress.h"
#include "cli/run_metrics.h"
#include "cli/text.h"
#include "embedded/help_pages.h"
#include "exec/migration_target.h"
#include "migration/rollback.h"

namespace innkeeper::cli {
namespace {

migration::down_target target_of(const arguments& given) {
  constexpr int most = 10'000;
  if (given.has("--to") == given.has("--steps")) {
    throw refused{exit_code::usage, "how far back?", "Give either --to VERSION (0: before the first) or --steps N."};
  }
  migration::down_target target;
  if (given.has("--to")) {
    target.to = migration::version{given.value("--to")};
  } else {
    target.steps = parse_count("--steps", given.value("--steps"), 1, most);
  }
  return target;
}

std::string words_of(const std::vector<migration::sql_statement>& down) {
  const auto found = migration::class_of_down(down);
  return found.why.empty() ? std::string{to_string(found.what)}
                           : fmt::format("{}: {}", to_string(found.what), found.why);
}

// What would be reverted, and what that loses.
std::string preview(const exec::migration_target& target, const exec::migrate_report& found,
                    const migration::down_target& to) {
  std::string text;
  for (const auto& one : find_reverting(target.files, found.history, to).items) {
    const auto* down = one.migration != nullptr && one.migration->down ? &*one.migration->down : nullptr;
    text += fmt::format("- {} {}: {}\n", one.row->version, one.row->name,
                        down == nullptr ? "by the script that its history kept" : words_of(down->statements));
  }
  return text;
}

bool is_confirmed(const arguments& given, console& out) {
  if (given.has("--yes")) return true;
  if (!out.settings().can_ask) {
    throw refused{exit_code::usage, "going back may lose data, and nobody can be asked", "Give --yes.",
                  "nothing was changed"};
  }
  const auto answer = out.ask("Go back? Type yes: ");
  return answer == "yes";
}

exit_code go_back(const arguments& given, console& out, run_metrics& metrics) {
  const auto to = target_of(given);
  const auto options = parse_migrate_options(given);
  const auto sources = open_sources(given, out);
  is_about(metrics, sources);
  const auto tell = progress_on(out);
  const auto target =
      sources.alone ? *sources.alone : exec::find_migration_target(sources.opened.all, only_service(sources.opened));
  const auto found = exec::migration_status(target, options, tell);
  out.tell(preview(target, found, to));
  if (!is_confirmed(given, out)) throw refused{exit_code::usage, "not confirmed", {}, "nothing was changed"};
  exec::estate_run done;
  done.reports.push_back(exec::migrate_down(target, to, options, tell));
  metrics.add(done);
  show_trouble(done, out);
  out.print_json(schemas_to_json(done));
  const bool colored = out.settings().colored_results;
  out.print(schema_changes_to_text(done, colored) + schemas_to_text(done, colored));
  return done.code();
}

exit_code run(const arguments& given, console& out) {
  return with_metrics(given, "migrate down", out, [&](auto& metrics) { return go_back(given, out, metrics); });
}

std::vector<option> down_rows() {
  std::vector<option> rows{{"--to", "", option_kind::value, "VERSION", "which then is the newest; 0: before the first"},
                           {"--steps", "", option_kind::value, "N", "so many versions"},
                           {"--yes", "", option_kind::flag, "", "don't ask"}};
  for (const auto& more : {migrate_limit_rows(), migrate_source_rows()}) {
    rows.insert(rows.end(), more.begin(), more.end());
  }
  rows.push_back(metrics_file_row());
  rows.push_back(json_log_row());
  return rows;
}

}  // namespace

command migrate_down_command() {
  return {.name = "migrate down",
          .summary = "take versions back by their down scripts, the last that ran first",
          .page = help_pages::migrate_down_md,
          .word = {.placeholder = "ESTATE"},
          .options = down_rows(),
          .counters = {"applied", "pending", "failed"},
          .run = run};
}

}  // namespace innkeeper::cli
