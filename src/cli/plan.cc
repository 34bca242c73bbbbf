#include <fmt/format.h>

#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/looks_view.h"
#include "cli/opened_estate.h"
#include "cli/plan_view.h"
#include "core/step_sql.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

struct options {
  bool check = false;
  bool sql = false;
  bool preflight = false;
};

options parse(const arguments& given) {
  if (given.has("--sql") && given.has("--json")) {
    throw refused{exit_code::usage, "--sql and --json exclude each other",
                  "The steps in the JSON document carry their SQL."};
  }
  if (given.has("--preflight") && (given.has("--sql") || given.has("--json"))) {
    throw refused{exit_code::usage, "--preflight excludes --sql and --json",
                  "The JSON document has the same statements under \"preflight\"."};
  }
  return {.check = given.has("--check"), .sql = given.has("--sql"), .preflight = given.has("--preflight")};
}

void show(const plan_view& view, const std::vector<look_summary>& looks, const options& chosen, console& out) {
  if (out.settings().json) {
    json document = plan_to_json(view);
    add_looks(document, looks);
    out.print_json(document);
  } else if (chosen.sql) {
    for (const auto& one : view.plans) out.print_raw(to_script(one));
  } else if (chosen.preflight) {
    for (const auto& one : view.plans) out.print_raw(to_preflight_script(one));
  } else {
    out.print_raw(plan_to_text(view, out.settings().colored_results) + looks_to_text(looks));
  }
}

exit_code run(const arguments& given, console& out) {
  const options chosen = parse(given);
  const auto opened = open_estate(given, out);
  exec::apply_options policy;
  policy.policy.services = opened.services;
  policy.how = parse_depth(given, depth::deep);
  std::vector<plan> plans;
  std::vector<look_summary> looks;
  exit_code code = exit_code::ok;
  const auto failures = for_each_server(opened, [&](const server_declaration& server) {
    auto made = exec::plan_server(opened.all, exec::find_access(opened.all, server), policy);
    plans.push_back(std::move(made.steps));
    looks.push_back(std::move(made.looks));
    if (has_errors(plans.back().problems)) throw refused{exit_code::invalid, plans.back().problems};
    out.show(plans.back().problems);
    if (chosen.check && !plans.back().empty()) code = exit_code::differences;
  });
  for (const auto& one : failures) {
    cli::show(one, out);
    code = worst_of(code, one.code);
  }
  if (failures.empty() || plans.size() > failures.size()) {
    show({.all = opened.all, .plans = plans, .services = opened.services}, looks, chosen, out);
  }
  return code;
}

}  // namespace

command plan_command() {
  std::vector<option> rows{
      {"--check", "", option_kind::flag, "", "exit 2 where apply would change anything"},
      {"--sql", "", option_kind::flag, "", "the same as a psql script that a DBA could run"},
      {"--preflight", "", option_kind::flag, "", "the rights that this admin lacks, as a psql script for a superuser"}};
  for (const auto& row : depth_option_rows()) rows.push_back(row);
  return {.name = "plan",
          .summary = "what apply would do; nothing is touched",
          .page = help_pages::plan_md,
          .word = {.placeholder = "ESTATE"},
          .options = std::move(rows),
          .counters = {"changes", "attention"},
          .run = run};
}

}  // namespace innkeeper::cli
