#pragma once
// Inside of desired.cc: what hardening asks of log-ins and databases, when the role model stands.
#include <vector>

#include "core/desired.h"

namespace innkeeper {

// `services`: those of this server, in the manifest's order.
void add_hardening(const estate& all, const std::vector<const service_declaration*>& services, desired_server& into);

}  // namespace innkeeper
