#pragma once
// Does a log-in that shows a certificate get in by it?
#include <string>

#include "core/desired.h"
#include "exec/secret_store.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

// "" where its certificate is there and, as far as that can be tried, lets it in; else what is wrong and what to do.
[[nodiscard]] std::string problem_of_certificate(const secret_store& store, const desired_server& desired,
                                                 const server_access& access, const role_name& role, bool may_try);

}  // namespace innkeeper::exec
