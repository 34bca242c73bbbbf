#pragma once
// A Kubernetes Secret as a place, by way of the cluster that is configured here.
#include <string>

#include "exec/service_places.h"

namespace innkeeper::exec {

// `object` is NAMESPACE/SECRET.
[[nodiscard]] opened_place open_kubernetes_place(const std::string& object);

}  // namespace innkeeper::exec
