#pragma once
// Reads catalogs into core's values. The queries are catalog/*.sql, which also run in psql.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/observed.h"
#include "core/plan.h"
#include "pg/connection.h"

namespace innkeeper::pg {

// The shared catalogs, in two round trips however much the server holds. `with_traces`: what they tell of the insides
// of databases, too (quick.h).
[[nodiscard]] observed_server observe_shared(connection& maintenance, bool with_traces = false);

// The databases that take connections, for whoever wants to look into them before the shared catalogs are read.
[[nodiscard]] std::vector<database_name> observe_open_databases(connection& maintenance);

// What the connected database holds, in one round trip. Reads system catalogs only.
[[nodiscard]] database_contents observe_contents(connection& inside);

// The traces of the connected database alone.
[[nodiscard]] observed_traces observe_own_traces(connection& inside);

struct registry_contents {
  database_contents contents;
  std::map<std::uint32_t, noted_look> looks;  // by the OID of the database
  std::set<std::string> unfinished_runs;      // estates with a run that is under way or was cut off
  std::vector<log_in_pair> pairs;
  std::string obstacle;  // why there is none of all this; empty: it could be read
};

// The same of the registry, and what it notes of looks and of log-ins that take turns, in two round trips.
[[nodiscard]] registry_contents observe_registry(connection& registry);

// In the registry: log-ins that take turns. Empty where there is none, or where no other hand's table may be read.
[[nodiscard]] std::vector<log_in_pair> observe_pairs(connection& registry);

// In the registry: what it remembers of log-ins' passwords. Throws where it is of an older version.
[[nodiscard]] std::map<role_name, remembered_password> remembered_passwords(connection& registry);

// Who keeps another session from the lock that it waits for, in words; empty where it doesn't wait.
[[nodiscard]] std::string lock_holders(connection& session, int waiting_pid);

// Which extensions the server could install, by name.
[[nodiscard]] std::map<std::string, available_extension> observe_available_extensions(connection& maintenance);

}  // namespace innkeeper::pg
