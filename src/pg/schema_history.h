#pragma once
// What a service's own session reads and asks of its database while its schema files run: the history, the sizes of its
// tables, who is in the way. No right beyond the service's own is needed.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "migration/history.h"
#include "migration/lint.h"
#include "pg/connection.h"

namespace innkeeper::pg {

// One round trip where the history is in `schema`; nothing is stored yet: format 0. `elsewhere` is where it was before
// the database began, or ceased, to be shared; it counts only if it is this service's.
[[nodiscard]] migration::stored_history read_history(connection& session, const schema_name& schema,
                                                     const schema_name& elsewhere, std::string_view service);

[[nodiscard]] migration::lint_facts read_lint_facts(connection& session);

struct blocker {
  int pid = 0;
  std::string role;
  std::string application;
  std::string state;     // "" where this role may not see it, and so the next two
  std::string duration;  // of its transaction: "00:01:05"
  std::string query;     // its beginning

  friend bool operator==(const blocker&, const blocker&) = default;
};
struct blocked_state {
  std::vector<blocker> holders;                     // empty: it waits for nobody
  std::optional<std::chrono::milliseconds> waited;  // for this lock, until now; nothing where the server can't say
};
[[nodiscard]] blocked_state look_at_blockers(connection& session, int waiting_pid);
[[nodiscard]] std::string to_string(const blocker& one);

// `"innkeeper migrate cafe: V7__x.sql" of "cafe_user" (pid 4711), building an index, 43 %`; "" where nobody holds it.
[[nodiscard]] std::string migration_holder(connection& session, std::int64_t lock_key);

// What a file declares IF NOT EXISTS, and what is there instead: sentences for people. `columns` and `indexes` are JSON
// as the queries take it.
[[nodiscard]] std::vector<std::string> find_ineffective_columns(connection& session, const std::string& columns);
[[nodiscard]] std::vector<std::string> find_ineffective_indexes(connection& session, const std::string& indexes);

struct index_state {
  std::string definition;
  bool is_valid = false;
  std::optional<int> builder;         // the backend that is at it
  std::vector<std::string> leavings;  // "public.orders_by_user_ccnew"
  bool is_unique = false;
  std::string columns;  // as concurrent_index has them

  friend bool operator==(const index_state&, const index_state&) = default;
};
// By its name, quoted where it needs to be; nothing where there is none.
[[nodiscard]] std::optional<index_state> state_of_index(connection& session, const std::string& name);

}  // namespace innkeeper::pg
