#pragma once
// While a statement waits for a lock, says who holds it, for how long and with what. One thread for a session's run; it
// opens a session of its own only where a try takes longer than most, and costs a try nothing else.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "core/conninfo.h"

namespace innkeeper::exec {

class blocker_watch {
 public:
  using listener = std::function<void(const std::string& holders)>;

  blocker_watch(conninfo log_in, int waiting_pid);
  blocker_watch(const blocker_watch&) = delete;
  blocker_watch& operator=(const blocker_watch&) = delete;
  ~blocker_watch();

  // A try begins. `seen` is called from the thread, once for each new set of holders, and not any more once end()
  // returns.
  void begin(listener seen);
  // It is over. The last holders that were seen; "" where nobody was in the way.
  std::string end();

 private:
  using clock = std::chrono::steady_clock;

  void watch(const conninfo& log_in, int waiting_pid);
  // One try that takes long; returns where it is over.
  void watch_one(const conninfo& log_in, int waiting_pid, std::unique_lock<std::mutex>& lock);
  // False where the try is over.
  [[nodiscard]] bool is_still(std::uint64_t one) const { return !is_over_ && is_trying_ && tries_ == one; }

  std::mutex guard_;
  std::condition_variable changed_;
  bool is_over_ = false;
  bool is_trying_ = false;
  std::uint64_t tries_ = 0;
  clock::time_point began_;
  listener seen_;
  std::string holders_;
  std::thread thread_;
};

}  // namespace innkeeper::exec
