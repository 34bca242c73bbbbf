#pragma once
// Reads what is there and how it is doing; changes nothing, takes no lock.
#include "core/quick.h"
#include "core/server_status.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

// Throws pg::error where the server fails.
[[nodiscard]] server_status read_status(const estate& all, const server_access& access, depth how = depth::deep);

}  // namespace innkeeper::exec
