#pragma once
// How much room the databases take. Reads every file's size: some milliseconds a database, so not part of observing.
#include <cstdint>
#include <map>

#include "core/name.h"
#include "pg/connection.h"

namespace innkeeper::pg {

// Only those that this admin may measure.
[[nodiscard]] std::map<database_name, std::int64_t> measure_databases(connection& maintenance);

}  // namespace innkeeper::pg
