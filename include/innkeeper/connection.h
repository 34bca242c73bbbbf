#pragma once
// One session on one server. A service takes its connections from a pool (pool.h); this is what it gets, and what a
// program with a single session uses alone.
//
// Thread-safety: one thread at a time, but for cancel(). Moved from, it may only be assigned to or destroyed.
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "innkeeper/error.h"
#include "innkeeper/result.h"
#include "innkeeper/statement.h"
#include "innkeeper/types.h"

namespace innkeeper {

struct connection_options {
  // postgresql://…, jdbc:postgresql://…, Host=…;Username=…, host=… user=…: the dialects of docs/connection-strings.md.
  // Several hosts are tried in turn, each for its share of the time. Required.
  std::string url;
  // How the session is listed in pg_stat_activity, where the URL doesn't say.
  std::string application_name = "innkeeper";
  // Which servers will do, in libpq's words: "any", "read-write", "read-only", "primary", "standby", "prefer-standby".
  // Empty: what the URL says, else any. Others are refused with 25006.
  std::string target_session_attrs;
  // Of the session, as start-up options: {"synchronous_commit", "on"}. They win over those of the URL, the log-in and
  // the database. Poolers refuse such options: leave them out there.
  std::map<std::string, std::string> settings;
  // For all hosts together. Names are looked up by the system's resolver, which may take longer by itself.
  std::chrono::milliseconds connect_timeout{5000};
  // When a call's deadline comes, what runs is cancelled. How long the server may take to say so, after which the
  // connection is given up.
  std::chrono::milliseconds cancel_timeout{1000};
};

// One of several transactions that went to the server together.
struct transaction_outcome {
  std::vector<result> results;   // of each statement, in order; none where it failed
  std::optional<error> failure;  // absent: it is committed
  bool ran_again = false;        // prepared anew, and run after all the others

  [[nodiscard]] bool is_committed() const { return !failure; }
};

class connection {
 public:
  // Throws error, and std::invalid_argument for options that can't be meant.
  explicit connection(const connection_options& options);
  connection(connection&&) noexcept;
  connection& operator=(connection&&) noexcept;
  ~connection();  // what a transaction has not committed is rolled back by the server

  // All of these take one round trip, preparation included, and throw error. Outside a transaction each call is one of
  // its own, committed when it returns. A statement that another session's DDL has made obsolete is prepared anew and
  // run again; inside a transaction that can't be, and error.may_retry() says so.
  result execute(const bound_statement& one);
  // All or none, in order. The first failure is thrown.
  std::vector<result> execute_all(const std::vector<bound_statement>& all);
  // Each list is a transaction of its own: one that fails leaves the others alone. In the order in which they are
  // given, but for those that had to be prepared anew, which come last. Throws std::logic_error inside a transaction.
  [[nodiscard]] std::vector<transaction_outcome> execute_each(
      const std::vector<std::vector<bound_statement>>& transactions);

  // By when each call from now on has to be over; never, until it is set. A call that is late is cancelled: it fails
  // with 57014 (or still succeeds), or the connection is lost where the server doesn't answer to that in time.
  void set_deadline(deadline until);

  // Ends what runs now, which then fails with 57014. From any thread, while the object lives. It may hit the next call
  // where the current one is just over.
  void cancel() noexcept;

  // No round trip.
  [[nodiscard]] bool is_usable() const;
  [[nodiscard]] bool is_in_transaction() const;
  [[nodiscard]] int backend_pid() const;
  [[nodiscard]] int server_version() const;  // 150020

 private:
  friend struct connection_access;
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace innkeeper
