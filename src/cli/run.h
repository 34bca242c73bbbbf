#pragma once
// A whole run of the program, apart from its process: words in, exit code out.
#include <string>
#include <vector>

#include "core/exit_code.h"

namespace innkeeper::cli {

[[nodiscard]] exit_code run(const std::vector<std::string>& words);

}  // namespace innkeeper::cli
