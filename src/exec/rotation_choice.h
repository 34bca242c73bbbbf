#pragma once
// Part of rotate.cc: which log-ins are asked for, and which of those may go on.
#include "exec/rotation_run.h"

namespace innkeeper::exec {

// Looks at the server, says of each candidate what the registry knows of it, and refuses those that can't. Throws
// exec::error where the plan of the estate has errors.
void choose_log_ins(rotation_run& run);

}  // namespace innkeeper::exec
