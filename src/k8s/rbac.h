#pragma once
// The rights that Innkeeper needs in Kubernetes, as the objects that grant them: `innkeeper render rbac`, and what a
// refusal for a missing right shows. Pure.
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "exec/kubernetes.h"

namespace innkeeper::k8s {

using rbac_object = nlohmann::ordered_json;

struct secret_right {
  exec::kubernetes_name secret_name;
  bool is_written = false;  // else only read

  friend auto operator<=>(const secret_right&, const secret_right&) = default;
};

struct workload_right {
  std::string name_space;
  std::string workload;  // "deployment/NAME"

  friend auto operator<=>(const workload_right&, const workload_right&) = default;
};

struct needed_rights {
  std::vector<secret_right> secrets;
  std::vector<workload_right> workloads;
};

// Who gets them: a service account, or, where an API server named somebody else, that user.
struct subject {
  exec::kubernetes_name service_account;
  std::string user;  // not empty: this one instead
};
// "system:serviceaccount:infra:innkeeper" is a service account, anything else a user.
[[nodiscard]] subject subject_named(std::string_view user);

// "deployment", "statefulset", "daemonset" -> "deployments" …; "" for what can't be restarted.
[[nodiscard]] std::string plural_of(std::string_view workload_kind);

// The service account, then for each namespace one Role with the least rights and its RoleBinding; sorted, so that the
// same rights are the same text. Everything is limited to named objects, `create` too: server-side apply names what it
// creates.
[[nodiscard]] std::vector<rbac_object> rbac_objects(const needed_rights& needed, const subject& who);

// One document for each.
[[nodiscard]] std::string to_yaml(const std::vector<rbac_object>& objects);

}  // namespace innkeeper::k8s
