#include "cli/commands.h"

#include <algorithm>
#include <vector>

namespace innkeeper::cli {

std::span<const command> all_commands() {
  static const std::vector<command> all{completion_command(), help_command()};
  return all;
}

const command* find_command(std::string_view name) {
  const auto all = all_commands();
  const auto found = std::ranges::find(all, name, &command::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace innkeeper::cli
