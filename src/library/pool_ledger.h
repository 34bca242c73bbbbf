#pragma once
// Which connections a pool has, and what is to be done about them: without clock, lock, thread or server. pool_keeper.h
// drives it.
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "innkeeper/pool.h"

namespace innkeeper {

struct pool_slot {
  std::unique_ptr<connection> session;
  deadline::moment expires = deadline::moment::max();
  deadline::moment idle_since{};
};

enum class close_reason { lifetime, idle, lost, discarded, shutdown };

class pool_ledger {
 public:
  using moment = deadline::moment;

  explicit pool_ledger(const pool_options& options) : options_{options} {}

  // The one that was used last. Those that are too old are doomed on the way.
  [[nodiscard]] std::optional<pool_slot> take(moment now);
  // From a loan. `unfit`: to be closed for that.
  void put_back(pool_slot slot, moment now, std::optional<close_reason> unfit = std::nullopt);

  // While `waiting` callers have none. After a failure one try at a time, and not before its pause is over.
  [[nodiscard]] bool may_open(std::size_t waiting, moment now) const;
  void begin_opening() { ++opening_; }
  // Idle at first. `jitter` in [0, 1).
  void note_opened(std::unique_ptr<connection> session, moment now, double jitter);
  void note_failure(moment now, double jitter);
  [[nodiscard]] bool is_failing() const { return failures_in_a_row_ > 0; }
  [[nodiscard]] bool is_pausing(moment now) const { return is_failing() && now < next_try_; }

  // Dooms what is too old, and what has been idle for too long.
  void prune(moment now);
  // Everything idle, and whatever comes back from now on.
  void shut_down();
  [[nodiscard]] std::vector<pool_slot> take_doomed();
  // When to look again, if nothing happens before.
  [[nodiscard]] moment next_due(std::size_t waiting) const;

  // What it knows of them: not the waits.
  void describe(pool_metrics& into) const;

 private:
  [[nodiscard]] moment surplus_ends(const pool_slot& one) const { return one.idle_since + options_.idle_time; }
  void doom(pool_slot slot, close_reason why);

  const pool_options options_;
  std::vector<pool_slot> idle_;  // the one that was used last is the last
  std::vector<pool_slot> doomed_;
  std::size_t in_use_ = 0;
  std::size_t opening_ = 0;
  int failures_in_a_row_ = 0;
  moment next_try_{};
  bool is_shut_ = false;
  std::uint64_t opened_ = 0;
  std::uint64_t failures_ = 0;
  std::array<std::uint64_t, 5> closed_{};  // by reason
};

}  // namespace innkeeper
