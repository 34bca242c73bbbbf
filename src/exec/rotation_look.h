#pragma once
// Part of rotate.cc: who uses the log-in that is not in use any more, at the server and at poolers before it.
#include "exec/rotation_run.h"

namespace innkeeper::exec {

// Sessions that a pooler keeps for nobody are not among them. Throws exec::error where a pooler doesn't answer, since
// it may have clients.
[[nodiscard]] drain_look look_at_former(rotation_run& run, const rotation_candidate& one);

}  // namespace innkeeper::exec
