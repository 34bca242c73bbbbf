#include "exec/lock_watch.h"

#include <chrono>

#include "pg/catalog.h"
#include "pg/connection.h"

namespace innkeeper::exec {
lock_watch::lock_watch(const server_access& access, int waiting_pid)
    : watcher_{[this, target = access.admin, waiting_pid] {
        try {
          pg::connect_options connect;
          connect.application_name = "innkeeper lock watch";
          auto session = pg::connection::open(target, connect);
          while (!is_over_) {
            if (auto seen = pg::lock_holders(session, waiting_pid); !seen.empty()) holders_ = std::move(seen);
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
          }
        } catch (const pg::error&) {
          // Then the message does without.
        }
      }} {}

lock_watch::~lock_watch() {
  stop();
}

void lock_watch::stop() {
  is_over_ = true;
  if (watcher_.joinable()) watcher_.join();
}

std::string lock_watch::holders() {
  stop();
  return holders_;
}

}  // namespace innkeeper::exec
