#include "exec/blocker_watch.h"

#include <chrono>

#include "pg/schema_history.h"

namespace innkeeper::exec {
namespace {

constexpr std::chrono::milliseconds before_looking{400};
constexpr std::chrono::milliseconds between_looks{250};
constexpr std::chrono::milliseconds longest_answer{2000};  // the run ends only when this has ended

}  // namespace

blocker_watch::blocker_watch(conninfo log_in, int waiting_pid, std::function<void(const std::string&)> seen)
    : thread_{[this, log_in = std::move(log_in), waiting_pid, seen = std::move(seen)] {
        watch(log_in, waiting_pid, seen);
      }} {}

blocker_watch::~blocker_watch() {
  {
    const std::lock_guard lock{guard_};
    is_over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::string blocker_watch::holders() {
  const std::lock_guard lock{guard_};
  return holders_;
}

// False where it is over.
bool blocker_watch::wait(std::chrono::milliseconds time) {
  std::unique_lock lock{guard_};
  return !changed_.wait_for(lock, time, [this] { return is_over_; });
}

void blocker_watch::watch(const conninfo& log_in, int waiting_pid,
                          const std::function<void(const std::string&)>& seen) {
  if (!wait(before_looking)) return;
  try {
    auto session = pg::connection::open(log_in, {.kind = pg::session_kind::service,
                                                 .application_name = "innkeeper migrate: who is in the way",
                                                 .timeout = longest_answer,
                                                 .answer_timeout = longest_answer});
    std::vector<int> told;
    do {
      std::string text;
      std::vector<int> pids;
      for (const auto& one : pg::blockers_of(session, waiting_pid)) {
        text += (text.empty() ? "" : "; ") + to_string(one);
        pids.push_back(one.pid);
      }
      if (pids.empty()) continue;
      {
        const std::lock_guard lock{guard_};
        holders_ = text;
      }
      if (pids != told) seen(text);
      told = std::move(pids);
    } while (wait(between_looks));
  } catch (const pg::error&) {  // no seat left, say: then the message does without
  }
}

}  // namespace innkeeper::exec
