#pragma once
// What Innkeeper asks of the Kubernetes cluster that it runs in or has a kubeconfig for. src/k8s answers, and a program
// says at its start that it does (k8s/cluster.h); in one that doesn't, Kubernetes is not to be had.
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/secret.h"
#include "exec/secret_place.h"

namespace innkeeper::exec {

struct kubernetes_name {
  std::string name_space;
  std::string name;

  friend auto operator<=>(const kubernetes_name&, const kubernetes_name&) = default;
};

// Of "NAMESPACE/NAME", as the manifest's parser let it through.
[[nodiscard]] kubernetes_name parse_kubernetes_name(std::string_view text);
[[nodiscard]] std::string to_string(const kubernetes_name& one);

struct kubernetes_value {
  std::optional<secret> found;
  std::string why_not;  // there is no such Secret, key or Kubernetes: the next source may be asked
};

struct kubernetes_place_options {
  std::string type;          // of a Secret that has to be made; it can't be changed later. Empty: Opaque
  bool is_external = false;  // `managed_by: external`: read and verified, and to write it is our bug
};

// Each throws exec::error where the API server can't be reached in time or refuses; a missing right is explained with
// the Role that grants it. May be used by several threads at once.
class kubernetes_cluster {
 public:
  kubernetes_cluster() = default;
  kubernetes_cluster(const kubernetes_cluster&) = delete;
  kubernetes_cluster& operator=(const kubernetes_cluster&) = delete;
  virtual ~kubernetes_cluster() = default;

  // Why there is no cluster to ask; empty: there is one.
  [[nodiscard]] virtual std::string why_not() = 0;

  // One line break at its end is not part of a value. An empty one, or one with several lines, throws: a later source
  // would quietly stand in for it.
  [[nodiscard]] virtual kubernetes_value read_key(const kubernetes_name& secret_name, const std::string& key) = 0;

  // Asks nothing yet. The place must not outlive the cluster.
  [[nodiscard]] virtual std::unique_ptr<secret_place> open_place(const kubernetes_name& secret_name,
                                                                 const kubernetes_place_options& options) = 0;

  // `kubectl rollout restart`: new pods, one after the other, that read their secrets anew. `workload` is
  // "deployment/NAME", "statefulset/NAME" or "daemonset/NAME".
  virtual void restart_workload(std::string_view name_space, std::string_view workload) = 0;
};

// Before anything is asked, once for the process; nullptr takes it back.
void use_kubernetes(std::unique_ptr<kubernetes_cluster> cluster);
[[nodiscard]] kubernetes_cluster* kubernetes();  // null: not to be had

}  // namespace innkeeper::exec
