#pragma once
// Reads catalogs into core's values. The queries are catalog/*.sql, which also run in psql.
#include <map>
#include <string>

#include "core/observed.h"
#include "pg/connection.h"

namespace innkeeper::pg {

// The shared catalogs, in three round trips (two as a plain admin) however much the server holds.
[[nodiscard]] observed_server observe_shared(connection& maintenance);

// What the connected database holds, in one round trip. Reads system catalogs only.
[[nodiscard]] database_contents observe_contents(connection& inside);

// Which extensions the server could install, by name.
[[nodiscard]] std::map<std::string, available_extension> observe_available_extensions(connection& maintenance);

}  // namespace innkeeper::pg
