#pragma once
// Reads catalogs into core's values. The queries are catalog/*.sql, which also run in psql.
#include "core/observed.h"
#include "pg/connection.h"

namespace innkeeper::pg {

// The shared catalogs, in two round trips however much the server holds: the first asks what this admin may see.
[[nodiscard]] observed_server observe_shared(connection& maintenance);

// What the connected database holds, in one round trip. Reads system catalogs only.
[[nodiscard]] database_contents observe_contents(connection& inside);

}  // namespace innkeeper::pg
