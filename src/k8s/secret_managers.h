#pragma once
// Recognises the tools that keep a Secret themselves and would write it anew, by what they leave on it: owner
// references, annotations, labels. Pure.
#include <nlohmann/json.hpp>
#include <string>

namespace innkeeper::k8s {

// Of a Secret's metadata: `External Secrets (ExternalSecret "cafe-db")`, or "" where it is free.
[[nodiscard]] std::string keeper_of(const nlohmann::json& metadata);

}  // namespace innkeeper::k8s
