#pragma once
// Part of rotate.cc: tries a log-in as the application does, through the same address and encryption.
#include "core/secret.h"
#include "exec/rotation_run.h"

namespace innkeeper::exec {

// In every database of the services that use it. Where it does not get in, the candidate has failed, and says why.
[[nodiscard]] bool gets_in(rotation_run& run, rotation_candidate& one, const role_name& log_in, const secret& password);

}  // namespace innkeeper::exec
