#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/leaving_command.h"
#include "cli/log_options.h"
#include "cli/run_metrics.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

void show(const apply_result& result, const leaving_result& pruned, const arguments& given, console& out) {
  if (out.settings().json) {
    json document = apply_to_json(result);
    if (given.has("--prune")) document["pruned"] = leaving_to_json(pruned);
    if (!pruned.failures.empty()) document["error"] = to_json(pruned.failures.front());
    out.print_json(document);
  } else if (!result.reports.empty()) {
    out.print_raw(apply_to_text(result, out.settings().colored_results));
  }
}

constexpr auto prune = exec::leaving_kind::prune;

// Dropping data is asked for twice: by --prune, and by name.
leaving_result prune_confirmed(const arguments& given, const opened_estate& opened, console& out) {
  const auto names = given.values("--confirm");
  if (!given.has("--prune")) {
    if (names.empty()) return {};
    throw refused{exit_code::usage, "--confirm goes with --prune only", "Give both to drop a retired service."};
  }
  if (names.empty()) {
    throw refused{exit_code::usage, "--prune drops only what --confirm names",
                  "Run innkeeper status to see which services are retired, then add --confirm NAME.",
                  "nothing was changed"};
  }
  return let_leave(prune, names, opened, given, out);
}

exit_code apply(const arguments& given, console& out, run_metrics& metrics) {
  exec::apply_options options = parse_apply_options(given);
  const auto opened = open_estate(given, out);
  metrics.is_about(opened);
  options.policy.services = opened.services;
  const auto pruned = prune_confirmed(given, opened, out);
  out.print(leaving_to_text(prune, pruned, out.settings().colored_results));
  const auto result = apply_estate(opened, options, out);
  metrics.add(opened, result);
  show(result, pruned, given, out);
  const exit_code code = worst_of(pruned.code(), code_of(result));
  if (code == exit_code::ok) out.tell("next: innkeeper verify --prove");
  return code;
}

exit_code run(const arguments& given, console& out) {
  return with_metrics(given, "apply", out, [&](auto& metrics) { return apply(given, out, metrics); });
}

std::vector<option> option_rows() {
  auto rows = apply_option_rows();
  rows.push_back({"--prune", "", option_kind::flag, "", "first drop the retired services that --confirm names"});
  rows.push_back({"--confirm", "", option_kind::values, "NAME…", "with --prune: which; each is dumped first"});
  rows.push_back(metrics_file_row());
  rows.push_back(json_log_row());
  return rows;
}

}  // namespace

command apply_command() {
  return {.name = "apply",
          .summary = "make the servers match the manifest; safe to run again, anywhere, by anyone",
          .page = help_pages::apply_md,
          .word = {.placeholder = "ESTATE"},
          .options = option_rows(),
          .counters = {"applied", "failed", "unchanged", "steps"},
          .run = run};
}

}  // namespace innkeeper::cli
