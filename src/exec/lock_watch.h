#pragma once
// While a statement waits for a lock, finds out who holds it: afterwards nobody could say. A session and a thread of
// its own, so it is used for a second try only, after a first one ended in lock_timeout.
#include <atomic>
#include <string>
#include <thread>

#include "exec/server_access.h"

namespace innkeeper::exec {

class lock_watch {
 public:
  // Watches the session with this pid until it is told to stop. Silent where it can't look.
  lock_watch(const server_access& access, int waiting_pid);
  lock_watch(const lock_watch&) = delete;
  lock_watch& operator=(const lock_watch&) = delete;
  ~lock_watch();

  // `pid 4711 of "cafe_user" ("cafe-backend"), idle in transaction since 15:40:03 UTC`; empty where nobody was seen.
  [[nodiscard]] std::string holders();

 private:
  void stop();

  std::atomic<bool> is_over_ = false;
  std::string holders_;
  std::thread watcher_;
};

}  // namespace innkeeper::exec
