#pragma once
// What the `migrate` commands found and did, for people and programs.
#include <string>

#include "cli/console.h"
#include "exec/migrate_estate.h"

namespace innkeeper::cli {

// One row a service: version, applied, pending, drift, state.
[[nodiscard]] std::string schemas_to_text(const exec::estate_run& run, bool colored);
// What ran, a line for each file.
[[nodiscard]] std::string schema_changes_to_text(const exec::estate_run& run, bool colored);
// "65 schema files run in 4 services; 0 failed."
[[nodiscard]] std::string schemas_summary(const exec::estate_run& run);
// {"services": […], "applied", "pending", "failed": counts, "failures": […]}
[[nodiscard]] json schemas_to_json(const exec::estate_run& run);

// Findings with place, rule, hint and rewritten statement; nothing for those that are ignored unless `verbose`.
[[nodiscard]] std::string findings_to_text(const std::vector<migration::lint_finding>& findings, bool verbose,
                                           bool colored);
[[nodiscard]] json findings_to_json(const std::vector<migration::lint_finding>& findings);
// SARIF 2.1.0, as code hosts read it.
[[nodiscard]] json findings_to_sarif(const std::vector<migration::lint_finding>& findings);

// Of all services, on standard error.
void show_findings(const exec::estate_run& run, console& out);
// Problems and failures of every service, on standard error.
void show_trouble(const exec::estate_run& run, console& out);

}  // namespace innkeeper::cli
