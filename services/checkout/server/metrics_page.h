#pragma once
// GET /metrics over HTTP, one request at a time: Prometheus asks seldom, and nobody else should.
#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace checkout {

class metrics_page {
 public:
  // Listens on all interfaces. Throws std::runtime_error where it can't.
  metrics_page(int port, std::function<std::string()> page);
  metrics_page(const metrics_page&) = delete;
  metrics_page& operator=(const metrics_page&) = delete;
  ~metrics_page();

 private:
  void run();
  void answer(int client) const;

  const std::function<std::string()> page_;
  int listener_ = -1;
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

}  // namespace checkout
