#pragma once
// Values from the environment inside a manifest's scalars: ${NAME}, ${NAME:-default}, and $${ for a literal "${".
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace innkeeper {

// The value of a variable, or nothing where it is not set. Passed in: the core has no environment of its own.
using environment_lookup = std::function<std::optional<std::string>(std::string_view)>;

struct expanded_text {
  std::string text;
  bool is_changed = false;
  std::string problem;  // empty: none
  std::string hint;
};

// As a shell does it: the default also stands in for an empty value. What a variable holds is never expanded again.
[[nodiscard]] expanded_text expand(std::string_view written, const environment_lookup& values);

[[nodiscard]] bool is_environment_name(std::string_view name);

}  // namespace innkeeper
