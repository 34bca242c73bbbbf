#pragma once
// Where the workload of `restart: deployment/NAME` is.
#include <string>

#include "core/estate.h"

namespace innkeeper {

// The one that it names, else that of the service's first Kubernetes Secret; "" where there is none.
[[nodiscard]] std::string namespace_of(const restarted_workload& one, const service_declaration& service);

}  // namespace innkeeper
