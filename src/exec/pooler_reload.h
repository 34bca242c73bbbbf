#pragma once
// A running PgBouncer, by its console: has it read its files anew, and let go of what a rotation has closed. Every
// function throws exec::error: 69 where it doesn't answer, 77 where it refuses its own log-in.
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

// Connections to the server that this log-in holds through the pooler without a client: RECONNECT closes them, so that
// a log-in which nobody uses any more has no session left. Others' idle ones close, too, and are opened again on
// demand.
void let_go_of_idle_sessions(const estate& all, const service_declaration& service);

// Whether the pooler itself has sessions at the server as this log-in.
[[nodiscard]] bool pooler_has_sessions(const estate& all, const service_declaration& service, const role_name& log_in);

// Clients that are connected to the pooler as this log-in: while there are any, it is in use, whether or not it has a
// session at the server just now. None where the service goes by no pooler of ours.
[[nodiscard]] std::vector<former_session> clients_at_pooler(const estate& all, const service_declaration& service,
                                                            const role_name& log_in);

}  // namespace innkeeper::exec
