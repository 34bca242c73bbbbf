#pragma once
// When the certificates end that connections to a server rest on: what each of its hosts shows, their authority, and
// those that log-ins show. Asks the hosts; who doesn't answer or has no TLS is left out.
#include <chrono>
#include <vector>

#include "core/certificate_end.h"
#include "core/estate.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

[[nodiscard]] std::vector<certificate_end> certificate_ends(const estate& all, const server_access& access,
                                                            std::chrono::sys_seconds now);

// The same, now.
[[nodiscard]] std::vector<certificate_end> certificate_ends(const estate& all, const server_access& access);

}  // namespace innkeeper::exec
