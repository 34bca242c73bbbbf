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

// A list per agenda, an outcome per attempt in the order of its visits. `store` has the log-ins' passwords.
[[nodiscard]] std::vector<std::vector<outcome>> try_agendas(const std::vector<agenda>& agendas,
                                                            const server_access& access, const secret_store& store,
                                                            const attempt_options& options, const event_sink& tell);

}  // namespace innkeeper::exec
