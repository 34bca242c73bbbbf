#pragma once
// Part of rotate.cc: performs the actions of core/rotation.h for one log-in, each written to the registry when it is
// done.
#include <optional>

#include "exec/rotation_run.h"

namespace innkeeper::exec {

// Writes down that a rotation begins, or on what terms it goes on.
void begin_rotation(rotation_run& run, rotation_candidate& one);

// Until it can only be watched (then the registry knows more of it), has come to its end, or needs people. `trouble`:
// what went wrong when log-ins were made alike. The caller holds the server's lock. Throws exec::error and pg::error.
void go_on(rotation_run& run, rotation_candidate& one, const std::optional<error>& trouble = std::nullopt);

// The former log-in, which nobody uses or whose time is over; then it has to go on. As above.
void close_former(rotation_run& run, rotation_candidate& one, rotation_action how);

}  // namespace innkeeper::exec
