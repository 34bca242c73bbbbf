#pragma once
// Finds a declared password: the sources are asked in order and the first that has one wins. A variable that is set to
// nothing counts as not set, as compose files leave them; a file that is there but empty or unreadable is an error,
// since a later source would then quietly stand in for it. One newline at a file's end is not part of the password.
// Kubernetes Secrets are read likewise: one that is absent is passed over, one that can't be read is an error.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/estate.h"
#include "core/secret.h"
#include "exec/environment.h"

namespace innkeeper::exec {

struct found_password {
  secret value;
  std::string from;  // "environment POSTGRES_PASSWORD", "file /run/secrets/admin"
};

struct password_search {
  std::optional<found_password> found;
  std::vector<std::string> tried;  // those before it, each with why not: "environment POSTGRES_PASSWORD is not set"
};

// Throws exec::error for a file or Secret that is there and has no readable password.
[[nodiscard]] password_search search_password(const std::vector<password_source>& sources,
                                              const environment_lookup& environment = process_environment());

// The sources but for Kubernetes: an embedded server is this machine's own, whatever cluster a kubeconfig here may
// mean.
[[nodiscard]] std::vector<password_source> on_this_machine(const std::vector<password_source>& sources);

// Throws exec::error (65) with every place that was tried. `whose` is for the message: "the admin \"admin_user\"".
[[nodiscard]] found_password find_password(const std::vector<password_source>& sources, std::string_view whose,
                                           const environment_lookup& environment = process_environment());

}  // namespace innkeeper::exec
