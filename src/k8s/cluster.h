#pragma once
// The Kubernetes cluster that this process's environment means, for exec (exec/kubernetes.h). Nothing is looked for and
// nobody is asked before something is wanted of it.
#include <filesystem>
#include <memory>

#include "exec/environment.h"
#include "exec/kubernetes.h"
#include "k8s/api_client.h"
#include "k8s/configuration.h"

namespace innkeeper::k8s {

struct cluster_options {
  environment_lookup environment = exec::process_environment();
  std::filesystem::path service_account = service_account_directory;
  api_options api;
};

[[nodiscard]] std::unique_ptr<exec::kubernetes_cluster> make_cluster(cluster_options options = {});

}  // namespace innkeeper::k8s
