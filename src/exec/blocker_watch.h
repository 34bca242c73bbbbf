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

// What was seen of a try, once it is over.
struct blocking {
  std::string holders;  // the last ones; "" where nobody was in the way
  std::chrono::milliseconds waited{
      0};  // all its waits together, each up to the last look at it, a quarter of a second ago
  std::chrono::milliseconds since_look{
      0};  // where a wait was going on then: what more it was, if it went on to the end
};

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
  // It is over.
  blocking end();

 private:
  using clock = std::chrono::steady_clock;

  void watch(const conninfo& log_in, int waiting_pid);
  // One try that takes long; returns where it is over.
  void watch_one(const conninfo& log_in, int waiting_pid, std::unique_lock<std::mutex>& lock);
  // False where the try is over.
  [[nodiscard]] bool is_still(std::uint64_t one) const { return !is_over_ && is_trying_ && tries_ == one; }
  void note_wait(std::chrono::milliseconds waited, clock::time_point when);

  std::mutex guard_;
  std::condition_variable changed_;
  bool is_over_ = false;
  bool is_trying_ = false;
  std::uint64_t tries_ = 0;
  clock::time_point began_;
  listener seen_;
  std::string holders_;
  std::chrono::milliseconds earlier_waits_{0};
  std::chrono::milliseconds this_wait_{0};
  clock::time_point last_look_;
  std::thread thread_;
};

}  // namespace innkeeper::exec
