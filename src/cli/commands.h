#pragma once
// The table of all commands, in the order that help shows. A new command is its .cc, its .md and a line here.
#include <span>
#include <string_view>

#include "cli/command.h"

namespace innkeeper::cli {

[[nodiscard]] std::span<const command> all_commands();
[[nodiscard]] const command* find_command(std::string_view name);

// Each is defined in the file of its name.
[[nodiscard]] command up_command();
[[nodiscard]] command down_command();
[[nodiscard]] command plan_command();
[[nodiscard]] command apply_command();
[[nodiscard]] command verify_command();
[[nodiscard]] command status_command();
[[nodiscard]] command secret_list_command();
[[nodiscard]] command secret_show_command();
[[nodiscard]] command secret_rotate_command();
[[nodiscard]] command psql_command();
[[nodiscard]] command render_pgbouncer_command();
[[nodiscard]] command migrate_status_command();
[[nodiscard]] command migrate_up_command();
[[nodiscard]] command migrate_down_command();
[[nodiscard]] command migrate_lint_command();
[[nodiscard]] command migrate_validate_command();
[[nodiscard]] command migrate_verify_command();
[[nodiscard]] command migrate_baseline_command();
[[nodiscard]] command migrate_repair_command();
[[nodiscard]] command migrate_new_command();
[[nodiscard]] command service_create_command();
[[nodiscard]] command service_retire_command();
[[nodiscard]] command service_revive_command();
[[nodiscard]] command init_command();
[[nodiscard]] command wait_command();
[[nodiscard]] command render_rbac_command();
[[nodiscard]] command schema_manifest_command();
[[nodiscard]] command completion_command();
[[nodiscard]] command help_command();

}  // namespace innkeeper::cli
