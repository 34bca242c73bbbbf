#pragma once
// Session advisory locks. Always polled: a runner that blocks inside PostgreSQL holds a snapshot and can deadlock with
// CREATE INDEX CONCURRENTLY. The lock lives as long as the session that runs the statements, so that the orphan of a
// killed client still excludes the next runner. Never through a transaction-mode pooler.
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "pg/connection.h"

namespace innkeeper::pg {

// A key from words: unrelated applications that lock too don't meet ours.
[[nodiscard]] std::int64_t lock_key(std::string_view words);

enum class lock_mode { exclusive, shared };

[[nodiscard]] bool try_lock(connection& session, std::int64_t key, lock_mode mode);

// Polls until it is taken or the time is over; false then. `waiting` hears, once per change, who holds it: "innkeeper
// apply cafe-erp (admin_user)".
[[nodiscard]] bool take_lock(connection& session, std::int64_t key, lock_mode mode, std::chrono::milliseconds timeout,
                             const std::function<void(const std::string& holder)>& waiting);

void release_lock(connection& session, std::int64_t key, lock_mode mode);

}  // namespace innkeeper::pg
