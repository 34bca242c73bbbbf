#include "cli/verify.h"

#include <fmt/format.h>

#include <chrono>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/looks_view.h"
#include "cli/plan_view.h"
#include "cli/progress.h"
#include "cli/verify_page.h"
#include "cli/verify_view.h"
#include "core/acceptance.h"
#include "core/matrix_text.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

// What others may feel is asked for in words, and twice on a server that isn't the estate's own.
void check_disruptive(const arguments& given, const opened_estate& opened) {
  if (!given.has("--disruptive")) return;
  if (!given.has("--prove")) {
    throw refused(exit_code::usage, "--disruptive goes with --prove", "Add --prove, or leave --disruptive out.",
                  "nothing was tried");
  }
  for (const auto* server : opened.servers) {
    if (!server->url || given.has("--yes")) continue;
    throw refused(exit_code::usage,
                  fmt::format("others use server \"{}\", and --disruptive takes up connections and disk", server->name),
                  "Give --yes too if they may feel it.", "nothing was tried");
  }
}

exit_code run(const arguments& given, console& out) {
  exec::verify_options options;
  const std::string page = given.value("--html");
  const bool page_is_result = page == "-";
  if (page_is_result && out.settings().json) {
    throw refused{exit_code::usage, "--html - and --json exclude each other",
                  "Both want standard output; name a file for the page."};
  }
  options.exhaustive = given.has("--exhaustive");
  options.disruptive = given.has("--disruptive");
  options.prove = given.has("--prove") || options.exhaustive;
  options.how = parse_depth(given, depth::deep);
  const auto opened = open_estate(given, out);
  check_disruptive(given, opened);
  options.policy.services = opened.services;
  const auto result = verify_estate(opened, options, out);
  if (page_is_result) out.print_raw(page_of(opened, result));
  if (!page.empty() && !page_is_result) write_page(page, page_of(opened, result));
  for (const auto& one : result.reports) {
    if (page_is_result) break;
    out.print(proof_text(one, {.width = out.settings().width, .colored = out.settings().colored_results}) +
              looks_to_text({one.looks}));
  }
  json document = proofs_to_json(opened.all.name, result.reports);
  if (!result.failures.empty()) document["error"] = to_json(result.failures.front());
  out.print_json(document);
  for (const auto& one : result.reports) {
    auto lacking = preflight_to_text(one.server, one.preflight);
    if (lacking.empty()) continue;
    lacking.pop_back();
    out.tell(lacking);
  }
  for (const auto& one : result.failures) out.show(one.problems);
  if (!options.prove && result.code() == exit_code::ok) out.tell("next: innkeeper verify --prove tries it, too");
  return result.code();
}

}  // namespace

exit_code estate_proof::code() const {
  exit_code worst = code_of(reports);
  for (const auto& one : failures) worst = worst_of(worst, one.code);
  return worst;
}

estate_proof verify_estate(const opened_estate& opened, const exec::verify_options& options, console& out) {
  estate_proof result;
  const auto tell = progress_on(out);
  result.failures = for_each_server(opened, [&](const server_declaration& server) {
    const auto access = exec::find_access(opened.all, server);
    result.reports.push_back(exec::verify_server(opened.all, access, options, tell));
  });
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  accept_findings(opened.all, {.today = today, .is_whole = options.policy.services.empty()}, result.reports);
  return result;
}

command verify_command() {
  std::vector<option> rows{
      {"--prove", "", option_kind::flag, "", "try it, too: real log-ins, service against service"},
      {"--exhaustive", "", option_kind::flag, "", "try every log-in at every database"},
      {"--html", "", option_kind::value, "FILE", "put the proof there as a page; - is standard output"},
      {"--disruptive", "", option_kind::flag, "", "with --prove: try what others may feel, too"},
      {"--yes", "", option_kind::flag, "", "--disruptive on a server that isn't the estate's own"}};
  for (const auto& row : depth_option_rows()) rows.push_back(row);
  return {.name = "verify",
          .summary = "is all as declared, and can nobody enter what is another's: a matrix, and a verdict",
          .page = help_pages::verify_md,
          .word = {.placeholder = "ESTATE"},
          .options = std::move(rows),
          .counters = {"probes", "leaks", "failed", "unprovable", "accepted"},
          .run = run};
}

}  // namespace innkeeper::cli
