#include "pg/client_cancel.h"

#include <signal.h>

#include <array>

namespace innkeeper::pg {
namespace {

// PQcancel writes to a socket without MSG_NOSIGNAL.
void keep_broken_pipes_from_this_thread() {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
}

}  // namespace

void send_cancel(const owned_cancel& request) noexcept {
  if (!request) return;
  std::array<char, 256> ignored{};
  PQcancel(request.get(), ignored.data(), static_cast<int>(ignored.size()));
}

canceller::canceller(const owned_cancel& request) : worker_{[this, &request] { repeat(request); }} {}

canceller::~canceller() {
  (void)stop(moment::min());
}

bool canceller::stop(moment deadline) {
  std::unique_lock lock{guard_};
  is_stopping_ = true;
  changed_.notify_all();
  return changed_.wait_until(lock, deadline, [this] { return is_over_; });
}

void canceller::repeat(const owned_cancel& request) {
  keep_broken_pipes_from_this_thread();
  std::unique_lock lock{guard_};
  while (!is_stopping_) {
    lock.unlock();
    send_cancel(request);
    lock.lock();
    // What follows in the same round trip has to be ended too.
    changed_.wait_for(lock, std::chrono::milliseconds{20}, [this] { return is_stopping_; });
  }
  is_over_ = true;
  changed_.notify_all();
}

}  // namespace innkeeper::pg
