#pragma once
// Part of rotate.cc: former log-ins that are still open, and when they are closed.
#include "exec/rotation_run.h"

namespace innkeeper::exec {

// Looks at the sessions of former log-ins, at least once and for as long as the run waits, and closes those that nobody
// uses any more. Takes the server's lock only to close one.
void watch_former(rotation_run& run);

}  // namespace innkeeper::exec
