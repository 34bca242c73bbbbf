#pragma once
// How much a command tells, and in which form. One that has --json-log obeys LOG_LEVEL, DB_INIT_DEBUG and LOG_FORMAT.
#include "cli/command.h"

namespace innkeeper::cli {

[[nodiscard]] option json_log_row();
[[nodiscard]] bool obeys_log_variables(const command& one);

}  // namespace innkeeper::cli
