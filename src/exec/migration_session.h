#pragma once
// A service's own session that its schema files run in: opened once its server takes writes, with timeouts of ours, and
// the lock that lets one runner work at a time. The lock is held by this very session, so that the backend of a killed
// runner still excludes the next one for as long as it works.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "exec/event.h"
#include "exec/migration_target.h"
#include "pg/connection.h"

namespace innkeeper::exec {

struct session_limits {
  std::chrono::milliseconds lock_timeout{2000};     // of each wait for a lock on a table
  std::chrono::milliseconds statement_timeout{0};   // 0: none
  std::chrono::milliseconds advisory_wait{300000};  // for another runner to end

  friend bool operator==(const session_limits&, const session_limits&) = default;
};

class migration_session {
 public:
  // Waits for the server. Throws exec::error (69, 77, 65).
  migration_session(const migration_target& target, const session_limits& limits, const event_sink& tell);

  [[nodiscard]] pg::connection& raw() { return *session_; }

  // Our timeouts in place of whatever the log-in's settings, or a script, left: one round trip.
  void set_limits();
  // None, for CONCURRENTLY: cut off by one, it leaves an INVALID index.
  void lift_limits();

  // Polls, and says who works and how far it is. Throws exec::error: 73 where it takes longer than `advisory_wait`, 65
  // behind a pooler that gives a session's statements to different backends.
  void lock();
  void unlock() noexcept;

 private:
  void refuse_pooler();

  const migration_target& target_;
  const session_limits& limits_;
  const event_sink& tell_;
  const std::int64_t key_;
  std::unique_ptr<pg::connection> session_;
};

}  // namespace innkeeper::exec
