#include "exec/blocker_watch.h"

#include <vector>

#include "pg/schema_history.h"

namespace innkeeper::exec {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::milliseconds before_looking{400};
constexpr std::chrono::milliseconds between_looks{250};
constexpr std::chrono::milliseconds longest_answer{2000};  // the run ends only when this has ended

}  // namespace

blocker_watch::blocker_watch(conninfo log_in, int waiting_pid)
    : thread_{[this, log_in = std::move(log_in), waiting_pid] { watch(log_in, waiting_pid); }} {}

blocker_watch::~blocker_watch() {
  {
    const std::lock_guard lock{guard_};
    is_over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void blocker_watch::begin(listener seen) {
  const std::lock_guard lock{guard_};
  is_trying_ = true;
  ++tries_;
  began_ = clock::now();
  seen_ = std::move(seen);
  holders_.clear();
  earlier_waits_ = this_wait_ = milliseconds{0};
}

blocking blocker_watch::end() {
  const std::lock_guard lock{guard_};
  is_trying_ = false;
  seen_ = nullptr;
  blocking seen{.holders = std::move(holders_), .waited = earlier_waits_ + this_wait_};
  if (this_wait_.count() > 0) seen.since_look = std::chrono::duration_cast<milliseconds>(clock::now() - last_look_);
  return seen;
}

void blocker_watch::note_wait(milliseconds waited, clock::time_point when) {
  if (waited < this_wait_) earlier_waits_ += this_wait_;  // another lock, of the same script
  this_wait_ = waited;
  last_look_ = when;
}

// Looks at the clock now and then instead of being woken for each try: most are over before.
void blocker_watch::watch(const conninfo& log_in, int waiting_pid) {
  std::unique_lock lock{guard_};
  while (!changed_.wait_for(lock, between_looks, [this] { return is_over_; })) {
    if (is_trying_ && clock::now() - began_ >= before_looking) watch_one(log_in, waiting_pid, lock);
  }
}

void blocker_watch::watch_one(const conninfo& log_in, int waiting_pid, std::unique_lock<std::mutex>& lock) {
  const auto one = tries_;
  auto not_yet = began_;  // before PostgreSQL 14 nobody knows since when
  lock.unlock();
  try {
    auto session = pg::connection::open(log_in, {.kind = pg::session_kind::service,
                                                 .application_name = "innkeeper migrate: who is in the way",
                                                 .timeout = longest_answer,
                                                 .answer_timeout = longest_answer});
    std::vector<int> told;
    for (;;) {
      const auto now = clock::now();
      const auto state = pg::look_at_blockers(session, waiting_pid);
      std::string text;
      std::vector<int> pids;
      for (const auto& blocker : state.holders) {
        text += (text.empty() ? "" : "; ") + to_string(blocker);
        pids.push_back(blocker.pid);
      }
      lock.lock();
      if (!is_still(one)) return;
      if (pids.empty()) {
        not_yet = now;
        note_wait(milliseconds{0}, now);
      } else {
        note_wait(state.waited.value_or(std::chrono::duration_cast<milliseconds>(now - not_yet)), now);
        holders_ = text;
        if (pids != told) seen_(text);
        told = std::move(pids);
      }
      changed_.wait_for(lock, between_looks, [&] { return !is_still(one); });
      if (!is_still(one)) return;
      lock.unlock();
    }
  } catch (const pg::error&) {  // no seat left, say: then the message does without, until the next try
    if (!lock.owns_lock()) lock.lock();
    while (is_still(one)) changed_.wait_for(lock, between_looks);
  }
}

}  // namespace innkeeper::exec
