#pragma once
// What libpq says when there is no connection, as facts. Pure.
#include <string_view>

#include "pg/error.h"

namespace innkeeper::pg {

// `message` is PQerrorMessage of a failed attempt under PQERRORS_VERBOSE. The server's own SQLSTATE where it gave one,
// the last host's if there were several. What libpq found by itself has no code and gets one:
//   08001  nobody there: refused, no such socket, no such name, no answer     28P01  no password to give
//   08001 with tls  encryption or certificates don't match                    28000  another way to log in is asked for
//   25006  every host is a standby (target_session_attrs)                     22023  a parameter makes no sense
//   08006  anything else
[[nodiscard]] error_facts facts_of_refusal(std::string_view message);

}  // namespace innkeeper::pg
