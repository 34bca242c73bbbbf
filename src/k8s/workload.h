#pragma once
// Restarts what runs in Kubernetes, so that it reads its secrets anew.
#include <chrono>
#include <string_view>

#include "k8s/api_client.h"

namespace innkeeper::k8s {

// As `kubectl rollout restart` does: the pods' template gets the annotation kubectl.kubernetes.io/restartedAt, and the
// workload's own controller replaces them one after the other. Returns when that is ordered, not when it is done.
// `kind` is "deployment", "statefulset" or "daemonset". Throws exec::error.
void restart_workload(api_client& api, std::string_view name_space, std::string_view kind, std::string_view name,
                      std::chrono::system_clock::time_point now);

}  // namespace innkeeper::k8s
