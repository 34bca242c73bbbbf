#pragma once
// A pool's lock, its queue of callers and the threads that open and close connections for them, so that no caller
// waits longer than it said, whatever the network does.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "innkeeper/error.h"
#include "library/pool_ledger.h"

namespace innkeeper {

class pool_keeper {
 public:
  using moment = deadline::moment;

  explicit pool_keeper(const pool_options& options) : options_{options}, ledger_{options} {}
  pool_keeper(const pool_keeper&) = delete;
  pool_keeper& operator=(const pool_keeper&) = delete;
  ~pool_keeper() { close(); }

  // Throws error. `goes_first`: ahead of those who wait already.
  [[nodiscard]] pool_slot acquire(moment until, bool goes_first = false);
  void give_back(pool_slot slot, bool is_discarded);
  void close();
  [[nodiscard]] pool_metrics metrics() const;
  [[nodiscard]] const pool_options& options() const { return options_; }

 private:
  struct caller {
    std::condition_variable changed;
    std::optional<pool_slot> slot;
    std::optional<error> failure;
  };

  [[nodiscard]] pool_slot wait_for_slot(moment until, bool goes_first);
  void serve();
  void fail_all(const error& why);
  [[nodiscard]] error too_late(std::chrono::nanoseconds waited) const;

  void start_workers();
  void work();
  void open_one(std::unique_lock<std::mutex>& lock);
  void put_back(pool_slot slot, std::optional<close_reason> unfit);

  const pool_options options_;
  mutable std::mutex guard_;
  std::condition_variable work_;
  pool_ledger ledger_;
  std::deque<caller*> callers_;
  std::optional<error> last_failure_;  // to connect
  bool is_refused_ = false;            // in a way that only people can mend
  bool is_closed_ = false;
  std::uint64_t acquired_ = 0;
  std::uint64_t waits_ = 0;
  std::uint64_t timeouts_ = 0;
  std::chrono::nanoseconds wait_time_{0};
  std::minstd_rand chance_{std::random_device{}()};
  std::vector<std::jthread> workers_;
};

}  // namespace innkeeper
