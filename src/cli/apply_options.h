#pragma once
// The options that apply and up share, and the run itself.
#include <vector>

#include "cli/apply_view.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/opened_estate.h"
#include "exec/apply.h"

namespace innkeeper::cli {

[[nodiscard]] std::vector<option> apply_option_rows();

// Throws refused (64).
[[nodiscard]] exec::apply_options parse_apply_options(const arguments& given);

// "90", "90s", "5m", "1h". Throws refused (64), naming the option.
[[nodiscard]] std::chrono::seconds parse_duration(std::string_view option_name, const std::string& text);
[[nodiscard]] int parse_count(std::string_view option_name, const std::string& text, int least, int most);

// Applies server by server, shows progress and every failure.
[[nodiscard]] apply_result apply_estate(const opened_estate& opened, const exec::apply_options& options, console& out);

}  // namespace innkeeper::cli
