#include "library/pool_ledger.h"

#include <algorithm>
#include <utility>

#include "core/backoff.h"

namespace innkeeper {
namespace {

using std::chrono::milliseconds;

// Opened together, they should not all come of age together.
milliseconds lifetime_of(const pool_options& options, double jitter) {
  return milliseconds{static_cast<std::int64_t>(static_cast<double>(options.max_lifetime.count()) * (1 - jitter / 10))};
}

}  // namespace

std::optional<pool_slot> pool_ledger::take(moment now) {
  while (!idle_.empty()) {
    auto slot = std::move(idle_.back());
    idle_.pop_back();
    if (slot.expires <= now) {
      doom(std::move(slot), close_reason::lifetime);
      continue;
    }
    ++in_use_;
    return slot;
  }
  return std::nullopt;
}

void pool_ledger::put_back(pool_slot slot, moment now, std::optional<close_reason> unfit) {
  --in_use_;
  if (is_shut_) unfit = close_reason::shutdown;
  if (!unfit && slot.expires <= now) unfit = close_reason::lifetime;
  if (unfit) {
    doom(std::move(slot), *unfit);
    return;
  }
  slot.idle_since = now;
  idle_.push_back(std::move(slot));
}

bool pool_ledger::may_open(std::size_t waiting, moment now) const {
  if (is_shut_ || waiting <= opening_) return false;
  if (in_use_ + idle_.size() + opening_ >= static_cast<std::size_t>(options_.max_open)) return false;
  return !is_failing() || (opening_ == 0 && now >= next_try_);
}

void pool_ledger::note_opened(std::unique_ptr<connection> session, moment now, double jitter) {
  --opening_;
  ++opened_;
  failures_in_a_row_ = 0;
  pool_slot slot{.session = std::move(session), .idle_since = now};
  if (options_.max_lifetime.count() > 0) slot.expires = now + lifetime_of(options_, jitter);
  if (is_shut_) {
    doom(std::move(slot), close_reason::shutdown);
  } else {
    idle_.push_back(std::move(slot));
  }
}

void pool_ledger::note_failure(moment now, double jitter) {
  --opening_;
  ++failures_;
  ++failures_in_a_row_;
  const backoff_rules rules{.initial_delay = options_.initial_retry_delay, .max_delay = options_.max_retry_delay};
  next_try_ = now + delay_after(rules, failures_in_a_row_, jitter);
}

void pool_ledger::prune(moment now) {
  std::vector<pool_slot> kept;
  // From the one that has been idle for longest.
  std::size_t surplus = idle_.size() - std::min(idle_.size(), static_cast<std::size_t>(options_.max_idle));
  for (auto& one : idle_) {
    if (one.expires <= now) {
      doom(std::move(one), close_reason::lifetime);
    } else if (surplus > 0 && surplus_ends(one) <= now) {
      doom(std::move(one), close_reason::idle);
    } else {
      kept.push_back(std::move(one));
      continue;
    }
    if (surplus > 0) --surplus;
  }
  idle_ = std::move(kept);
}

void pool_ledger::shut_down() {
  is_shut_ = true;
  for (auto& one : idle_) doom(std::move(one), close_reason::shutdown);
  idle_.clear();
}

std::vector<pool_slot> pool_ledger::take_doomed() {
  return std::exchange(doomed_, {});
}

pool_ledger::moment pool_ledger::next_due(std::size_t waiting) const {
  moment due = moment::max();
  if (!doomed_.empty()) return moment::min();
  if (waiting > opening_ && is_failing() && opening_ == 0) due = next_try_;
  const bool has_surplus = idle_.size() > static_cast<std::size_t>(options_.max_idle);
  for (const auto& one : idle_) {
    due = std::min(due, one.expires);
    if (has_surplus) due = std::min(due, surplus_ends(one));
  }
  return due;
}

void pool_ledger::describe(pool_metrics& into) const {
  const auto closed = [&](close_reason why) { return closed_[static_cast<std::size_t>(why)]; };
  into.pool = options_.name;
  into.max_open = options_.max_open;
  into.in_use = static_cast<int>(in_use_);
  into.idle = static_cast<int>(idle_.size());
  into.opening = static_cast<int>(opening_);
  into.opened_total = opened_;
  into.open_failures_total = failures_;
  into.closed_lifetime_total = closed(close_reason::lifetime);
  into.closed_idle_total = closed(close_reason::idle);
  into.closed_lost_total = closed(close_reason::lost);
  into.closed_discarded_total = closed(close_reason::discarded);
  into.closed_shutdown_total = closed(close_reason::shutdown);
}

void pool_ledger::doom(pool_slot slot, close_reason why) {
  ++closed_[static_cast<std::size_t>(why)];
  doomed_.push_back(std::move(slot));
}

}  // namespace innkeeper
