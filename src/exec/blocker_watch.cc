#include "exec/blocker_watch.h"

#include <vector>

#include "pg/schema_history.h"

namespace innkeeper::exec {
namespace {

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
}

std::string blocker_watch::end() {
  const std::lock_guard lock{guard_};
  is_trying_ = false;
  seen_ = nullptr;
  return std::move(holders_);
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
  lock.unlock();
  try {
    auto session = pg::connection::open(log_in, {.kind = pg::session_kind::service,
                                                 .application_name = "innkeeper migrate: who is in the way",
                                                 .timeout = longest_answer,
                                                 .answer_timeout = longest_answer});
    std::vector<int> told;
    for (;;) {
      std::string text;
      std::vector<int> pids;
      for (const auto& blocker : pg::blockers_of(session, waiting_pid)) {
        text += (text.empty() ? "" : "; ") + to_string(blocker);
        pids.push_back(blocker.pid);
      }
      lock.lock();
      if (!is_still(one)) return;
      if (!pids.empty()) {
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
