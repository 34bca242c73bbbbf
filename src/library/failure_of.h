#pragma once
// What src/pg found, as services are told it.
#include "innkeeper/error.h"
#include "pg/client_session.h"
#include "pg/error.h"

namespace innkeeper {

[[nodiscard]] error error_of(const pg::client_failure& failed);
// There is no connection.
[[nodiscard]] error error_of(const pg::error& refused);

}  // namespace innkeeper
