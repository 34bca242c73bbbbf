#pragma once
// Something outside the servers failed: files, processes, what the machine lacks. Says what, where and what next, and
// with which exit code the process should end.
#include <stdexcept>
#include <string>

#include "core/exit_code.h"

namespace innkeeper::exec {

class error : public std::runtime_error {
 public:
  error(exit_code code, std::string message, std::string detail = {}, std::string hint = {});

  [[nodiscard]] exit_code code() const { return code_; }
  [[nodiscard]] const std::string& detail() const { return detail_; }
  [[nodiscard]] const std::string& hint() const { return hint_; }

 private:
  exit_code code_;
  std::string detail_;
  std::string hint_;
};

// Message, detail and hint, each on a line of its own.
[[nodiscard]] std::string whole_text(const error& failed);

}  // namespace innkeeper::exec
