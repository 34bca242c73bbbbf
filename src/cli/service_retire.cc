#include "cli/commands.h"
#include "cli/leaving_command.h"
#include "cli/service_connection.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

constexpr auto kind = exec::leaving_kind::retire;

exit_code run(const arguments& given, console& out) {
  const auto opened = open_estate_for_service(given, out);
  const auto result = let_leave(kind, split_names(given.positional()), opened, given, out);
  json document{{"retired", result.reports.size()}, {"failed", result.failures.size()}};
  document["services"] = leaving_to_json(result);
  if (!result.failures.empty()) document["error"] = to_json(result.failures.front());
  out.print_json(document);
  out.print(leaving_to_text(kind, result, out.settings().colored_results));
  if (result.code() == exit_code::ok)
    out.tell("back: innkeeper service revive; away: innkeeper apply --prune --confirm");
  return result.code();
}

}  // namespace

command service_retire_command() {
  return {.name = "service retire",
          .summary = "close services to everybody, and keep their data",
          .page = help_pages::service_retire_md,
          .word = {.placeholder = "SERVICE…", .is_required = true, .takes_several = true},
          .options = leaving_option_rows(),
          .counters = {"retired", "failed"},
          .run = run};
}

}  // namespace innkeeper::cli
