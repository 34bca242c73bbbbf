#pragma once
// A Kubernetes Secret as a place of a service's secret (exec/secret_place.h). Each change is one server-side apply at
// the resourceVersion that was read, by the field manager `innkeeper`.
#include <functional>
#include <memory>
#include <string>

#include "exec/kubernetes.h"
#include "k8s/api_client.h"

namespace innkeeper::k8s {

struct kubernetes_place_settings {
  exec::kubernetes_name secret_name;
  exec::kubernetes_place_options options;
  std::function<std::string()> random_name;  // empty: by chance
};

// `api` is borrowed.
[[nodiscard]] std::unique_ptr<exec::secret_place> kubernetes_place(api_client& api, kubernetes_place_settings settings);

}  // namespace innkeeper::k8s
