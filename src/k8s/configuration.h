#pragma once
// Finds out which Kubernetes cluster is meant, as kubectl does: the kubeconfig that KUBE_CONFIG or KUBECONFIG names,
// else
// ~/.kube/config, else, inside a pod, its service account. KUBE_CONTEXT chooses another context than the current one.
#include <filesystem>
#include <optional>
#include <string>

#include "exec/environment.h"
#include "k8s/settings.h"

namespace innkeeper::k8s {

// Where a pod finds its service account.
inline constexpr const char* service_account_directory = "/var/run/secrets/kubernetes.io/serviceaccount";

struct found_cluster {
  std::optional<cluster_settings> settings;
  std::string why_not;  // where there is none: "no kubeconfig is here, and this is no pod"
};

// KUBE_CONFIG may hold a list of paths, as KUBECONFIG does, or, as build systems keep it, a kubeconfig itself, plain or
// in base64. Throws exec::error (65) for one that is there and can't be used, and for a path that was named and isn't
// there.
[[nodiscard]] found_cluster find_cluster(const environment_lookup& environment,
                                         const std::filesystem::path& service_account = service_account_directory);

}  // namespace innkeeper::k8s
