#pragma once
// Runs work(0) … work(count - 1) on at most `threads` threads. Returns when all are done; what work throws ends the
// others early and is thrown on.
#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace innkeeper::exec {

inline void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex guard;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock{guard};
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  const auto wanted = std::min(count, static_cast<std::size_t>(std::max(1, threads)));
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < wanted; ++i) others.emplace_back(run);
  run();
  others.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace innkeeper::exec
