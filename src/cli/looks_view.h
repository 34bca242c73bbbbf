#pragma once
// How deep a plan looked, and what a quick one did not check, for people and for programs. Pure.
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/console.h"
#include "core/quick.h"

namespace innkeeper::cli {

[[nodiscard]] std::vector<option> depth_option_rows();

// --quick or --deep; `otherwise` where neither is given. Throws refused (64) where both are.
[[nodiscard]] depth parse_depth(const arguments& given, depth otherwise);

// "" where every server was looked into deeply.
[[nodiscard]] std::string looks_to_text(const std::vector<look_summary>& servers);

// Adds "depth" and "not_checked", and "looks" where it was quick.
void add_looks(json& document, const std::vector<look_summary>& servers);

}  // namespace innkeeper::cli
