#pragma once
// While a statement waits for a lock, says who holds it, for how long and with what. A session and a thread of its own,
// opened only where a statement takes longer than most.
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "core/conninfo.h"

namespace innkeeper::exec {

class blocker_watch {
 public:
  // `seen` is called from the thread, once for each new set of holders.
  blocker_watch(conninfo log_in, int waiting_pid, std::function<void(const std::string& holders)> seen);
  blocker_watch(const blocker_watch&) = delete;
  blocker_watch& operator=(const blocker_watch&) = delete;
  ~blocker_watch();

  // The last ones seen; "" where nobody was in the way.
  [[nodiscard]] std::string holders();

 private:
  void watch(const conninfo& log_in, int waiting_pid, const std::function<void(const std::string&)>& seen);
  bool wait(std::chrono::milliseconds time);

  std::mutex guard_;
  std::condition_variable changed_;
  bool is_over_ = false;
  std::string holders_;
  std::thread thread_;
};

}  // namespace innkeeper::exec
