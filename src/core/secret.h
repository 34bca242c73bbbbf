#pragma once
// A password or verifier. It has no formatter, no stream operator and no conversion: `.expose()` is the only way out,
// so that every place where a secret leaves its type can be found by searching for that word.
#include <string>
#include <utility>

namespace innkeeper {

class secret {
 public:
  secret() = default;
  explicit secret(std::string value) : value_{std::move(value)} {}
  secret(const secret&) = default;
  secret(secret&&) noexcept = default;
  secret& operator=(const secret&) = default;
  secret& operator=(secret&&) noexcept = default;
  ~secret() { wipe(); }

  [[nodiscard]] const std::string& expose() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  friend bool operator==(const secret&, const secret&) = default;

 private:
  void wipe() {
    volatile char* bytes = value_.data();
    for (std::size_t i = 0; i < value_.size(); ++i) bytes[i] = 0;
  }

  std::string value_;
};

}  // namespace innkeeper
