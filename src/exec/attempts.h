#pragma once
// Tries what a proof asks for, as the services' own log-ins and exactly as their applications connect. Never throws for
// what a server answers: every answer is an outcome.
#include <vector>

#include "core/proof.h"
#include "exec/event.h"
#include "exec/secret_store.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

struct attempt_options {
  int jobs = 4;  // log-ins at once; one log-in's attempts never overlap, so as not to use up its connection limit
  int per_second = 100;
};

// `store` has the log-ins' passwords and certificates.
[[nodiscard]] proof_answers try_attempts(const attempt_plan& asked, const estate& declared, const server_access& access,
                                         const secret_store& store, const attempt_options& options,
                                         const event_sink& tell);

// The ways to the server that are known: the services' own, and the admin's where that is another one.
[[nodiscard]] std::vector<std::vector<endpoint>> roads_to(const server_access& access);

}  // namespace innkeeper::exec
