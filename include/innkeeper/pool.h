#pragma once
// Connections that many threads share: opened when they are needed, up to a limit, given back and used again, replaced
// when they are old or broken. Waiting for one is first come, first served, and ends at the caller's deadline.
//
//   innkeeper::pool orders{innkeeper::pool_options_of_environment()};
//   auto session = orders.acquire(200ms);
//   session->execute(insert_order(id, user));
//
// Making a pool opens nothing: a service starts while its server is away, and health() tells. While connecting fails,
// tries are made one at a time, each later than the one before.
//
// Thread-safety: everything may be called from any thread.
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "innkeeper/connection.h"

namespace innkeeper {

class pool_keeper;

struct pool_options {
  connection_options connection;
  std::string name = "default";  // of this pool among the metrics
  int max_open = 25;  // in use and idle together; PostgreSQL's limit of the log-in allows them all, times replicas
  int max_idle = 5;   // kept for long
  // How long what is idle beyond that is kept all the same: bursts come again. 0: not at all.
  std::chrono::milliseconds idle_time{10'000};
  // From its opening on, less up to a tenth by chance; in use, it stays until it is given back. 0: for ever.
  std::chrono::milliseconds max_lifetime{300'000};
  // For those who ask without a deadline.
  std::chrono::milliseconds acquire_timeout{5000};
  // Between two tries to connect while that fails: this long, then twice as long each time up to the longest, less up
  // to a half by chance.
  std::chrono::milliseconds initial_retry_delay{100};
  std::chrono::milliseconds max_retry_delay{5000};
};

// DATABASE_URL, DB_MAX_OPEN_CONNS, DB_MAX_IDLE_CONNS, DB_CONN_MAX_LIFETIME and DB_CONNECT_TIMEOUT (seconds, or "500ms",
// "5m"), over the defaults above. Throws std::invalid_argument for a number that is none.
[[nodiscard]] pool_options pool_options_of_environment();

// A snapshot. `…_total` only ever grow.
struct pool_metrics {
  std::string pool;  // its name
  int max_open = 0;
  int in_use = 0;
  int idle = 0;
  int opening = 0;
  int waiting = 0;                              // callers, now
  std::uint64_t acquired_total = 0;             // given out
  std::uint64_t waits_total = 0;                // of those and of the timeouts: how many had to wait
  std::chrono::nanoseconds wait_time_total{0};  // all of them together
  std::uint64_t timeouts_total = 0;             // no connection by the caller's deadline
  std::uint64_t opened_total = 0;
  std::uint64_t open_failures_total = 0;
  std::uint64_t closed_lifetime_total = 0;   // older than max_lifetime
  std::uint64_t closed_idle_total = 0;       // idle beyond max_idle
  std::uint64_t closed_lost_total = 0;       // broken, in use or idle
  std::uint64_t closed_discarded_total = 0;  // by discard(), or given back inside a transaction
  std::uint64_t closed_shutdown_total = 0;   // with the pool

  [[nodiscard]] int open() const { return in_use + idle; }
};

// Prometheus' text format 0.0.4, innkeeper_pool_… with the label pool: to be appended to what a service tells at
// /metrics. Several pools go in one call, since each metric's heading may stand there once only.
[[nodiscard]] std::string to_prometheus(std::span<const pool_metrics> pools);
[[nodiscard]] std::string to_prometheus(const pool_metrics& one);

enum class server_state {
  ready,       // answers, and takes changes
  read_only,   // answers, and doesn't: a standby, or default_transaction_read_only
  unreachable  // no answer, or no connection to ask on
};
[[nodiscard]] std::string_view to_string(server_state one);  // "ready", "read-only", "unreachable"

struct health_report {
  server_state state = server_state::unreachable;
  std::string reason;    // one line for people; empty when ready; no password
  std::string sqlstate;  // of what failed, else empty
  std::chrono::microseconds duration{0};
};

// A connection on loan: back to the pool it goes with this object. It may outlive the pool.
class pooled_connection {
 public:
  pooled_connection(pooled_connection&&) noexcept;
  pooled_connection& operator=(pooled_connection&&) noexcept;
  ~pooled_connection();

  [[nodiscard]] connection& operator*() const { return *session_; }
  [[nodiscard]] connection* operator->() const { return session_; }

  // Closes it instead, where what was SET in it shall not meet the next borrower.
  void discard();

 private:
  friend class pool;
  struct loan;
  explicit pooled_connection(std::unique_ptr<loan> from);

  std::unique_ptr<loan> loan_;
  connection* session_ = nullptr;
};

class pool {
 public:
  // Throws std::invalid_argument for options that can't be meant.
  explicit pool(const pool_options& options);
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;
  ~pool();  // close()

  // The deadline is for the wait alone; session->set_deadline() is for what is done then. Throws error: 53300 where no
  // connection came free in time, why connecting fails where it does (08001, 28P01 …: at once where only people can
  // mend it), 08003 once the pool is closed. Each of them is_timeout() or connection_is_lost().
  [[nodiscard]] pooled_connection acquire();
  [[nodiscard]] pooled_connection acquire(deadline until);

  // Acquires, executes, gives back, all by the deadline. A connection that turns out to be dead before the statement
  // can have happened is replaced, once.
  result execute(const bound_statement& one);
  result execute(const bound_statement& one, deadline until);

  // Asks the server. Ahead of those who wait, so that load alone is no bad health.
  [[nodiscard]] health_report health(deadline until = std::chrono::seconds{1});

  [[nodiscard]] pool_metrics metrics() const;

  // Nobody gets a connection any more, those who wait fail, what is idle is closed; loans are closed when they come
  // back. Waits for a try to connect that is under way.
  void close();

 private:
  template <class Work>
  auto with_connection(deadline wait, deadline work, bool goes_first, Work work_on);

  std::shared_ptr<pool_keeper> keeper_;
};

}  // namespace innkeeper
