#pragma once
// Asks the server again and again to end what a session runs, until it is told to stop. On a thread of its own, since
// libpq's request blocks for as long as the network likes.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "pg/libpq.h"

namespace innkeeper::pg {

struct cancel_freer {
  void operator()(PGcancel* request) const { PQfreeCancel(request); }
};
using owned_cancel = std::unique_ptr<PGcancel, cancel_freer>;

// One request; it has arrived, or can't be sent, when this returns.
void send_cancel(const owned_cancel& request) noexcept;

class canceller {
 public:
  explicit canceller(const owned_cancel& request);  // begins at once; `request` outlives it
  canceller(const canceller&) = delete;
  canceller& operator=(const canceller&) = delete;
  ~canceller();  // waits for a request that is under way

  // False where a request is still under way at the deadline: it may yet hit what runs later.
  [[nodiscard]] bool stop(moment deadline);

 private:
  void repeat(const owned_cancel& request);

  std::mutex guard_;
  std::condition_variable changed_;
  bool is_stopping_ = false;
  bool is_over_ = false;
  std::jthread worker_;
};

}  // namespace innkeeper::pg
