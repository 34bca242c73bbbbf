#pragma once
// Applications at work on a server, and how often they met a closed door.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "pg/connection.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {

// Applications in a process of their own, so that the test may fork: each opens a session, works in it, closes it, and
// begins anew, until the object goes.
class applications {
 public:
  struct counts {
    std::atomic<long> sessions = 0;
    std::atomic<long> refused = 0;
    std::atomic<long> failed_statements = 0;
    std::atomic<bool> ends = false;
  };

  // `find_target` is asked before each log-in: an application that reads its secret once returns the same each time.
  applications(int threads, const std::function<conninfo()>& find_target) {
    void* memory = ::mmap(nullptr, sizeof(counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    counts_ = new (memory) counts;
    child_ = ::fork();
    if (child_ != 0) return;
    {
      std::vector<std::jthread> all;
      for (int i = 0; i < threads; ++i) all.emplace_back([&] { work(find_target); });
    }
    ::_exit(0);
  }
  applications(const applications&) = delete;
  applications& operator=(const applications&) = delete;
  ~applications() {
    end();
    ::munmap(counts_, sizeof(counts));
  }

  void end() {
    if (child_ <= 0) return;
    counts_->ends = true;
    ::waitpid(child_, nullptr, 0);
    child_ = 0;
  }
  [[nodiscard]] bool have_begun(long sessions = 1) const {
    return eventually([&] { return counts_->sessions >= sessions; });
  }
  [[nodiscard]] long sessions() const { return counts_->sessions; }
  [[nodiscard]] long refused() const { return counts_->refused; }
  [[nodiscard]] long failed_statements() const { return counts_->failed_statements; }

 private:
  void work(const std::function<conninfo()>& find_target) const {
    while (!counts_->ends) {
      try {
        auto session = pg::connection::open(find_target(), {.kind = pg::session_kind::service,
                                                            .application_name = "orders",
                                                            .timeout = std::chrono::milliseconds{30000}});
        try {
          for (int i = 0; i < 3; ++i) session.query("SELECT pg_sleep(0.003)");
        } catch (const pg::error&) {
          ++counts_->failed_statements;
        }
        ++counts_->sessions;
      } catch (const std::exception&) {
        ++counts_->refused;
      }
    }
  }

  counts* counts_ = nullptr;
  pid_t child_ = 0;
};

}  // namespace innkeeper::test
