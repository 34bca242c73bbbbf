#pragma once
// An admin's session has to work as the admin. Our startup options keep settings of databases and roles away; a log-in
// trigger (17+) runs after them, and could set another role. Each throws pg::error 0A000 where the two differ.
#include <string>

#include "pg/connection.h"

namespace innkeeper::pg {

void check_own_role(const std::string& current, const std::string& admin, const std::string& database);
// The answer to catalog/own_role.sql.
void check_own_role(const result& answer);
// Asks.
void require_own_role(connection& session);

}  // namespace innkeeper::pg
