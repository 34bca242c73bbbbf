#pragma once
// How a command ends badly: what to show, and with which exit code.
#include <exception>
#include <stdexcept>
#include <string>

#include "cli/console.h"
#include "core/diagnostic.h"
#include "core/exit_code.h"

namespace innkeeper::cli {

// Diagnostics are values up to the command that can't go on with them; there they become this.
class refused : public std::runtime_error {
 public:
  refused(exit_code code, diagnostics problems);
  refused(exit_code code, std::string message, std::string hint = {}, std::string detail = {});

  [[nodiscard]] exit_code code() const { return code_; }
  [[nodiscard]] const diagnostics& problems() const { return problems_; }

 private:
  exit_code code_;
  diagnostics problems_;
};

struct failure_report {
  exit_code code = exit_code::failed;
  std::string sqlstate;  // "" where no server said so
  diagnostics problems;  // never empty

  friend bool operator==(const failure_report&, const failure_report&) = default;
};

// Of whatever was thrown; what is no exception of ours is our own bug (70).
[[nodiscard]] failure_report report_of(const std::exception& thrown);

// {message, detail, hint, code}, and the rest of the problems where there are several.
[[nodiscard]] json to_json(const failure_report& report);

// Shows it on standard error and, with --json, as the document that the command didn't get to print.
void show(const failure_report& report, console& out);

}  // namespace innkeeper::cli
