#pragma once
// A running PgBouncer, by its console: has it read its files anew, and tell who uses it. Every
// function throws exec::error: 69 where it doesn't answer, 77 where it refuses its own log-in.
#include <set>
#include <vector>

#include "core/estate.h"
#include "core/rotation.h"
#include "exec/event.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

// After verifiers have changed. Its files are rendered anew into the declared directory, where they are copies of them;
// then RELOAD. A pooler that asks the server needs neither, and isn't spoken to. Services that don't go by a pooler of
// ours: nothing is done.
void reload_pooler(const estate& all, const service_declaration& service, const server_access& access,
                   const event_sink& tell);

// The sessions at the server, by process, that the pooler keeps as this log-in for whoever comes next: nobody's now.
[[nodiscard]] std::set<int> idle_sessions_of_pooler(const estate& all, const service_declaration& service,
                                                    const role_name& log_in);

// Clients that are connected to the pooler as this log-in: while there are any, it is in use, whether or not it has a
// session at the server just now. None where the service goes by no pooler of ours.
[[nodiscard]] std::vector<former_session> clients_at_pooler(const estate& all, const service_declaration& service,
                                                            const role_name& log_in);

}  // namespace innkeeper::exec
