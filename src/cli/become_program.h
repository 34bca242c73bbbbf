#pragma once
// Another program takes this process's place: same process id, environment and outputs; signals as they were.
#include <string>
#include <vector>

namespace innkeeper::cli {

// The first word is looked for on PATH. Throws exec::error (1) with `hint` where it can't be run.
[[noreturn]] void become_program(std::vector<std::string> words, const std::string& hint);

}  // namespace innkeeper::cli
