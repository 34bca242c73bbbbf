#pragma once
// What dropping a service has to know that observing doesn't read.
#include <string>
#include <vector>

#include "core/leaving.h"
#include "pg/connection.h"

namespace innkeeper::pg {

// `dropped` goes anyway; empty: none.
[[nodiscard]] std::vector<role_dependency> observe_role_dependencies(connection& maintenance,
                                                                     const std::vector<role_name>& roles,
                                                                     const database_name& dropped);
// What stops DROP DATABASE even WITH (FORCE).
[[nodiscard]] std::vector<drop_blocker> observe_drop_blockers(connection& maintenance, const database_name& database);

}  // namespace innkeeper::pg
