#pragma once
// What the `migrate` commands have in common: whose files they mean (services of an estate, or one directory and one
// connection string with no manifest), and how they run.
#include <string>
#include <vector>

#include "cli/opened_estate.h"
#include "exec/migrate_estate.h"

namespace innkeeper::cli {

// --url-from, --files, --name, --format: without a manifest.
[[nodiscard]] std::vector<option> migrate_source_rows();
// --lock-timeout, --statement-timeout, --retries, --advisory-wait, --app-version.
[[nodiscard]] std::vector<option> migrate_limit_rows();
// --jobs, --canary, --stop-after.
[[nodiscard]] std::vector<option> migrate_many_rows();

[[nodiscard]] exec::migrate_options parse_migrate_options(const arguments& given);
[[nodiscard]] exec::estate_run_options parse_estate_run_options(const arguments& given);

// What --url-from and its fellows say; nothing where a manifest is meant. Throws refused (64, 65).
[[nodiscard]] std::optional<exec::migration_target> target_without_manifest(const arguments& given);

// Whose files a command means. Move-only: the estate is kept.
struct migrate_sources {
  opened_estate opened;
  std::optional<exec::migration_target> alone;  // --url-from and --files
};
// Throws refused (64, 65).
[[nodiscard]] migrate_sources open_sources(const arguments& given, console& out);

// The one service that is meant: the estate's only one with schema files, or --service. Throws refused (64).
[[nodiscard]] const service_declaration& only_service(const opened_estate& opened);

[[nodiscard]] exec::estate_run run_on_sources(const migrate_sources& sources, const exec::estate_run_options& options,
                                              const exec::schema_action& action);

}  // namespace innkeeper::cli
