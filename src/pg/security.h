#pragma once
// Reads what only the proof looks at (core/security.h). The queries are catalog/*.sql, which also run in psql.
#include "core/observed.h"
#include "pg/connection.h"

namespace innkeeper::pg {

// Who was given what in the connected database: one round trip, and a second one where it knows foreign servers. Reads
// system catalogs only.
[[nodiscard]] database_security observe_security(connection& inside);

// What the server says of itself: a round trip, and one for each thing that this admin may look at besides.
[[nodiscard]] server_security observe_server_security(connection& maintenance, const capabilities& can);

}  // namespace innkeeper::pg
