#pragma once
// hardening: and accept: of a checked tree -> values. What is switched off without a reason, and what is accepted of a
// probe that is none, is told to `problems`.
#include <string>
#include <vector>

#include "core/estate.h"
#include "core/manifest_problems.h"
#include "core/yaml_tree.h"

namespace innkeeper {

// What one `hardening:` spells; the other items keep their defaults, with no place. `node` may be null.
[[nodiscard]] hardening_rules read_hardening(const yaml::node* node, const std::string& file,
                                             manifest_problems& problems);

// Item by item what `nearer` spells, else what `farther` says.
[[nodiscard]] hardening_rules nearest_of(const hardening_rules& nearer, const hardening_rules& farther);

[[nodiscard]] std::vector<accepted_finding> read_accepted(const yaml::node* list, const std::string& file,
                                                          manifest_problems& problems);

}  // namespace innkeeper
