#pragma once
// A plan for people and for programs. Pure: the same plan gives the same bytes.
#include <set>
#include <string>
#include <vector>

#include "cli/console.h"
#include "core/estate.h"
#include "core/plan.h"

namespace innkeeper::cli {

struct plan_view {
  const estate& all;
  const std::vector<plan>& plans;  // one a server
  std::set<std::string> services;  // asked for; empty: all
};

[[nodiscard]] std::string plan_to_text(const plan_view& view, bool colored);
[[nodiscard]] json plan_to_json(const plan_view& view);

// Also of other commands' documents and texts.
[[nodiscard]] std::string leftovers_to_text(const std::vector<leftover_service>& all);
[[nodiscard]] json leftovers_to_json(const std::vector<leftover_service>& all);
[[nodiscard]] json preflight_to_json(const std::string& server, const std::vector<missing_right>& rights);
// One line where a right is missing; empty where none is.
[[nodiscard]] std::string preflight_to_text(const std::string& server, const std::vector<missing_right>& rights);
[[nodiscard]] std::string attention_to_text(const attention& one, bool colored);
[[nodiscard]] json attention_to_json(const attention& one);

}  // namespace innkeeper::cli
