#pragma once
// Tries one thing inside a session that is there, under each identity that it asks for. Leaves nothing: its transaction
// is rolled back by the next attempt, or by the end of the session. Never throws for what a server answers.
#include <functional>
#include <string>
#include <vector>

#include "core/attempt_plan.h"
#include "pg/connection.h"

namespace innkeeper::exec {

// The backend of another service's session; throws pg::error where none can be had.
using neighbour_pid = std::function<int()>;

// Stops at the first identity whose answer isn't as expected: that one tells.
[[nodiscard]] outcome try_in_session(pg::connection& session, const attempt& one,
                                     const std::vector<identity>& identities, const neighbour_pid& pid);

[[nodiscard]] outcome answer_of(const pg::error& failure, bool entered);

}  // namespace innkeeper::exec
