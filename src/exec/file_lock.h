#pragma once
// A lock among processes of one machine that is gone with its holder, however that ends.
#include <chrono>
#include <filesystem>
#include <functional>

namespace innkeeper::exec {

class file_lock {
 public:
  // Polls until it is taken; `waiting` is called once if somebody else has it. Throws exec::error: 73 when the time is
  // over, 1 where the file cannot be made.
  file_lock(std::filesystem::path file, std::chrono::milliseconds timeout, const std::function<void()>& waiting);
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;
  ~file_lock();

  // Removes the file while it is held; who waits for it makes a new one.
  void remove_file() const;

 private:
  [[nodiscard]] bool try_take();

  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace innkeeper::exec
