#include "cli/become_program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/interruption.h"
#include "exec/error.h"

namespace innkeeper::cli {

void become_program(std::vector<std::string> words, const std::string& hint) {
  std::vector<char*> raw;
  for (auto& word : words) raw.push_back(word.data());
  raw.push_back(nullptr);
  restore_signals();
  execvp(raw[0], raw.data());
  const std::string reason = std::strerror(errno);
  throw exec::error{exit_code::failed, fmt::format("could not run {}", words.front()), reason, hint};
}

}  // namespace innkeeper::cli
