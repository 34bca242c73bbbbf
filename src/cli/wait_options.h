#pragma once
// How long a command waits: what its options say, else the DB_INIT_* variables, else the usual.
#include <vector>

#include "cli/command.h"
#include "core/estate.h"

namespace innkeeper::cli {

// --max-retries, --initial-delay, --max-delay, --timeout.
[[nodiscard]] std::vector<option> wait_limit_rows();
// Throws refused (64).
void override_wait_limits(const arguments& given, wait_declaration& limits);
// Throws refused (65).
[[nodiscard]] wait_declaration wait_limits_of_environment();

}  // namespace innkeeper::cli
