#include "library/pool_keeper.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/wait.h"
#include "library/connection_impl.h"

namespace innkeeper {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// More at once would be a load of its own on a server that is just coming back.
constexpr std::size_t most_workers = 4;

failure closed() {
  return {.sqlstate = "08003", .message = "the pool is closed", .connection_is_lost = true};
}

std::optional<close_reason> why_unfit(connection& session, bool is_discarded) {
  if (!session.is_usable()) return close_reason::lost;
  if (is_discarded || session.is_in_transaction()) return close_reason::discarded;
  return std::nullopt;
}

}  // namespace

pool_slot pool_keeper::acquire(moment until, bool goes_first) {
  for (;;) {
    auto slot = wait_for_slot(until, goes_first);
    if (!connection_access::of(*slot.session).session.has_hung_up()) return slot;
    put_back(std::move(slot), close_reason::lost);
  }
}

pool_slot pool_keeper::wait_for_slot(moment until, bool goes_first) {
  std::unique_lock lock{guard_};
  if (is_closed_) throw error{closed()};
  const auto began = steady_clock::now();
  if (callers_.empty() || goes_first) {
    if (auto slot = ledger_.take(began)) {
      ++acquired_;
      return std::move(*slot);
    }
  }
  if (is_refused_ && ledger_.is_pausing(began)) throw error{*last_failure_};
  caller self;
  callers_.insert(goes_first ? callers_.begin() : callers_.end(), &self);
  ++waits_;
  start_workers();
  work_.notify_one();
  const auto is_served = [&] { return self.slot || self.failure; };
  if (until == moment::max()) {
    self.changed.wait(lock, is_served);
  } else {
    self.changed.wait_until(lock, until, is_served);
  }
  std::erase(callers_, &self);
  const auto waited = steady_clock::now() - began;
  wait_time_ += waited;
  if (self.slot) {
    ++acquired_;
    return std::move(*self.slot);
  }
  if (self.failure) throw error{*self.failure};
  ++timeouts_;
  throw error{too_late(waited)};
}

error pool_keeper::too_late(std::chrono::nanoseconds waited) const {
  const auto time = std::chrono::round<milliseconds>(waited).count();
  if (ledger_.is_failing() && last_failure_) {
    return error{{.sqlstate = last_failure_->sqlstate(),
                  .message = fmt::format("no connection within {} ms: {}", time, last_failure_->message()),
                  .detail = last_failure_->detail(),
                  .hint = last_failure_->hint(),
                  .connection_is_lost = true,
                  .is_timeout = true,
                  .may_retry = last_failure_->may_retry()}};
  }
  pool_metrics now;
  ledger_.describe(now);
  return error{{.sqlstate = "53300",
                .message = fmt::format("no connection came free within {} ms", time),
                .detail = fmt::format("{} of {} are in use, {} are being opened, {} others wait", now.in_use,
                                      now.max_open, now.opening, callers_.size()),
                .is_timeout = true,
                .may_retry = true}};
}

void pool_keeper::give_back(pool_slot slot, bool is_discarded) {
  auto& session = *slot.session;
  session.set_deadline({});
  const auto unfit = why_unfit(session, is_discarded);
  put_back(std::move(slot), unfit);
}

void pool_keeper::put_back(pool_slot slot, std::optional<close_reason> unfit) {
  std::vector<pool_slot> to_close;
  {
    const std::lock_guard lock{guard_};
    ledger_.put_back(std::move(slot), steady_clock::now(), unfit);
    serve();
    // The workers close it, unless they are gone: that may take time.
    if (is_closed_) to_close = ledger_.take_doomed();
  }
  work_.notify_one();
}

void pool_keeper::serve() {
  while (!callers_.empty()) {
    auto slot = ledger_.take(steady_clock::now());
    if (!slot) return;
    callers_.front()->slot = std::move(slot);
    callers_.front()->changed.notify_one();
    callers_.pop_front();
  }
}

void pool_keeper::fail_all(const error& why) {
  for (auto* one : callers_) {
    one->failure = why;
    one->changed.notify_one();
  }
  callers_.clear();
}

void pool_keeper::start_workers() {
  const auto wanted = std::min(most_workers, static_cast<std::size_t>(options_.max_open));
  while (workers_.size() < wanted) workers_.emplace_back([this] { work(); });
}

void pool_keeper::work() {
  std::unique_lock lock{guard_};
  while (!is_closed_) {
    const auto now = steady_clock::now();
    ledger_.prune(now);
    if (auto doomed = ledger_.take_doomed(); !doomed.empty()) {
      lock.unlock();
      doomed.clear();
      lock.lock();
    } else if (ledger_.may_open(callers_.size(), now)) {
      open_one(lock);
    } else if (const auto due = ledger_.next_due(callers_.size()); due == moment::max()) {
      work_.wait(lock);
    } else {
      work_.wait_until(lock, due);
    }
  }
}

void pool_keeper::open_one(std::unique_lock<std::mutex>& lock) {
  ledger_.begin_opening();
  lock.unlock();
  std::unique_ptr<connection> opened;
  std::optional<error> refused;
  try {
    opened = std::make_unique<connection>(options_.connection);
  } catch (const error& failed) {
    refused = failed;
  } catch (const std::exception& failed) {
    refused = error{{.sqlstate = "58000", .message = failed.what(), .connection_is_lost = true}};
  }
  lock.lock();
  const double jitter = std::uniform_real_distribution{0.0, 1.0}(chance_);
  if (opened) {
    ledger_.note_opened(std::move(opened), steady_clock::now(), jitter);
    is_refused_ = false;
    serve();
  } else {
    ledger_.note_failure(steady_clock::now(), jitter);
    is_refused_ = !is_mended_by_waiting(classify_refusal(refused->sqlstate(), tls_trouble::none), waiter::admin);
    last_failure_ = refused;
    if (is_refused_) fail_all(*refused);
  }
}

void pool_keeper::close() {
  std::vector<std::jthread> workers;
  std::vector<pool_slot> to_close;
  {
    const std::lock_guard lock{guard_};
    is_closed_ = true;
    ledger_.shut_down();
    fail_all(error{closed()});
    workers.swap(workers_);
  }
  work_.notify_all();
  workers.clear();
  const std::lock_guard lock{guard_};
  to_close = ledger_.take_doomed();
}

pool_metrics pool_keeper::metrics() const {
  const std::lock_guard lock{guard_};
  pool_metrics now;
  ledger_.describe(now);
  now.waiting = static_cast<int>(callers_.size());
  now.acquired_total = acquired_;
  now.waits_total = waits_;
  now.timeouts_total = timeouts_;
  now.wait_time_total = wait_time_;
  return now;
}

}  // namespace innkeeper
