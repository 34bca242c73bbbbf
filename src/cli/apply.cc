#include "cli/apply_options.h"
#include "cli/commands.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

void show(const apply_result& result, console& out) {
  if (out.settings().json) {
    out.print_json(apply_to_json(result));
  } else if (!result.reports.empty()) {
    out.print_raw(apply_to_text(result, out.settings().colored_results));
  }
}

exit_code run(const arguments& given, console& out) {
  exec::apply_options options = parse_apply_options(given);
  const auto opened = open_estate(given, out);
  options.policy.services = opened.services;
  const auto result = apply_estate(opened, options, out);
  show(result, out);
  const exit_code code = code_of(result);
  if (code == exit_code::ok) out.tell("next: innkeeper verify --prove");
  return code;
}

}  // namespace

command apply_command() {
  return {.name = "apply",
          .summary = "make the servers match the manifest; safe to run again, anywhere, by anyone",
          .page = help_pages::apply_md,
          .word = {.placeholder = "ESTATE"},
          .options = apply_option_rows(),
          .counters = {"applied", "failed", "unchanged", "steps"},
          .run = run};
}

}  // namespace innkeeper::cli
