#pragma once
// A file descriptor that is closed with its object.
#include <unistd.h>

namespace innkeeper::exec {

class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int value) : value_{value} {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() { close(); }

  void open(int value) {
    close();
    value_ = value;
  }
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }
  [[nodiscard]] int get() const { return value_; }

 private:
  int value_ = -1;
};

}  // namespace innkeeper::exec
