#pragma once
// What an apply did, for people and for programs. Pure.
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/failure.h"
#include "exec/apply.h"

namespace innkeeper::cli {

struct apply_result {
  std::vector<exec::apply_report> reports;                   // one a server that could be reached
  std::vector<failure_report> failures;                      // of the others
  std::vector<std::pair<std::string, exit_code>> unreached;  // those, by name
};

[[nodiscard]] std::string apply_to_text(const apply_result& result, bool colored);
[[nodiscard]] json apply_to_json(const apply_result& result);
[[nodiscard]] exit_code code_of(const apply_result& result);

}  // namespace innkeeper::cli
