#pragma once
// A service's own session that its schema files run in: opened once its server takes writes, with timeouts of ours, and
// the lock that lets one runner work at a time. The lock is held by this very session, so that the backend of a killed
// runner still excludes the next one for as long as it works.
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "exec/event.h"
#include "exec/migration_target.h"
#include "migration/history.h"
#include "pg/connection.h"

namespace innkeeper::exec {

struct session_limits {
  std::chrono::milliseconds lock_timeout{2000};     // of each wait for a lock on a table
  std::chrono::milliseconds statement_timeout{0};   // 0: none
  std::chrono::milliseconds advisory_wait{300000};  // for another runner to end

  friend bool operator==(const session_limits&, const session_limits&) = default;
};

// One try to open a service's session and to read its history, without a word, while its files are read: that takes
// about as long. Where it fails, or isn't needed, nobody hears of it.
class early_session {
 public:
  struct begun {
    pg::connection session;
    std::optional<migration::stored_history> history;
  };

  explicit early_session(const migration_target& target);
  early_session(const early_session&) = delete;
  early_session& operator=(const early_session&) = delete;
  ~early_session() = default;  // gives the try up

  // Once, for whoever comes first; then nothing. Throws pg::error as pg::connection::open.
  [[nodiscard]] std::optional<begun> take();

 private:
  static begun begin(const migration_target& target, const std::stop_token& stop);

  std::mutex guard_;
  std::promise<begun> promised_;
  std::future<begun> begun_ = promised_.get_future();
  std::jthread trying_;
};
[[nodiscard]] std::shared_ptr<early_session> begin_session(const migration_target& target);

class migration_session {
 public:
  // Waits for the server; takes the early session where there is one. Throws exec::error (69, 77, 65).
  migration_session(const migration_target& target, const session_limits& limits, const event_sink& tell);

  [[nodiscard]] pg::connection& raw() { return *session_; }

  // What an early session read counts once, and not once the lock is held.
  [[nodiscard]] migration::stored_history read_history();

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
  std::optional<migration::stored_history> first_look_;
  std::unique_ptr<pg::connection> session_;
};

}  // namespace innkeeper::exec
