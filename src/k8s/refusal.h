#pragma once
// What an API server's "no" means, where, and what to do next. Pure.
#include <nlohmann/json.hpp>
#include <string>

#include "exec/error.h"
#include "k8s/rbac.h"

namespace innkeeper::k8s {

// What was asked for, in words and in rights.
struct request_purpose {
  std::string doing;  // "read Kubernetes Secret cafe/cafe-backend-env"
  std::string name_space;
  needed_rights needed;     // what it takes
  std::string credentials;  // "context \"kind\" of …": whose word this was
};

struct refused_answer {
  int status = 0;
  nlohmann::json body;  // a Status object, or null where the answer is none
};

[[nodiscard]] exec::error explain(const refused_answer& answer, const request_purpose& purpose);

}  // namespace innkeeper::k8s
