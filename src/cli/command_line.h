#pragma once
// Words of a command line -> a command and its arguments, or what is wrong with them. Pure.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/command.h"
#include "core/diagnostic.h"

namespace innkeeper::cli {

struct command_line {
  const command* chosen = nullptr;  // null: none named, or an unknown one
  arguments given;
  bool wants_help = false;
  bool wants_version = false;
  std::optional<diagnostic> problem;
};

[[nodiscard]] command_line parse_command_line(std::span<const command> all, const std::vector<std::string>& words);

}  // namespace innkeeper::cli
