#pragma once
// Shell completion out of the table of commands. Pure.
#include <span>
#include <string>

#include "cli/command.h"

namespace innkeeper::cli {

[[nodiscard]] std::string bash_completion(std::span<const command> all);
[[nodiscard]] std::string zsh_completion(std::span<const command> all);

}  // namespace innkeeper::cli
