#pragma once
// What a rotation does outside of the server and the secrets directory.
#include <functional>
#include <optional>
#include <string>

#include "core/estate.h"
#include "core/secret.h"

namespace innkeeper::exec {

// Each may be empty: then there is none of it. They throw exec::error.
struct rotation_hooks {
  // What the service connects with from now on, into its other places (env files, Kubernetes Secrets).
  std::function<void(const service_declaration&, const conninfo&)> write_places;
  // The password of a log-in, read back from one of them.
  std::function<std::optional<secret>(const service_declaration&, const role_name&)> find_password;
  // Verifiers have changed; called before a log-in is tried, and after one was closed.
  std::function<void(const server_declaration&)> reload_poolers;
  // Doing it twice for one `rotation` (its begin, in milliseconds) does no harm.
  std::function<void(const service_declaration&, const restarted_workload&, const std::string& rotation)> restart;
};

}  // namespace innkeeper::exec
