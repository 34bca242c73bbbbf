#pragma once
// Help and manual pages, from a command's row and its .md. Pure.
#include <span>
#include <string>

#include "cli/command.h"

namespace innkeeper::cli {

[[nodiscard]] std::string overview(std::span<const command> all);
[[nodiscard]] std::string manual_page(const command& one);
// docs/commands.md: every page, in the table's order.
[[nodiscard]] std::string whole_manual(std::span<const command> all);

}  // namespace innkeeper::cli
