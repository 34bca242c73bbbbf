#pragma once
// Indexes that are built without blocking can be left half built, INVALID: by a timeout, a duplicate, a killed server.
// They cost writes and serve no query, and IF NOT EXISTS takes them for done.
#include <string>

#include "exec/event.h"
#include "migration/statement_kind.h"
#include "pg/connection.h"

namespace innkeeper::exec {

// Before such a statement runs: waits for a backend that still builds the same index, takes away what a broken build
// left, and says whether the statement is still to be run. `is_resumed`: it may have been done by a run that was cut
// off before it could say so.
[[nodiscard]] bool mend_index(pg::connection& session, const migration::concurrent_index& index, bool is_resumed,
                              const event_sink& tell, const std::string& service);

}  // namespace innkeeper::exec
