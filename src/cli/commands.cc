#include "cli/commands.h"

#include <algorithm>
#include <vector>

namespace innkeeper::cli {

std::span<const command> all_commands() {
  static const std::vector<command> all{up_command(),
                                        plan_command(),
                                        apply_command(),
                                        verify_command(),
                                        status_command(),
                                        secret_list_command(),
                                        secret_show_command(),
                                        secret_rotate_command(),
                                        psql_command(),
                                        migrate_status_command(),
                                        migrate_up_command(),
                                        migrate_down_command(),
                                        migrate_lint_command(),
                                        migrate_validate_command(),
                                        migrate_verify_command(),
                                        migrate_baseline_command(),
                                        migrate_repair_command(),
                                        migrate_new_command(),
                                        service_create_command(),
                                        service_retire_command(),
                                        service_revive_command(),
                                        init_command(),
                                        wait_command(),
                                        down_command(),
                                        render_pgbouncer_command(),
                                        render_rbac_command(),
                                        schema_manifest_command(),
                                        completion_command(),
                                        help_command()};
  return all;
}

const command* find_command(std::string_view name) {
  const auto all = all_commands();
  const auto found = std::ranges::find(all, name, &command::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace innkeeper::cli
