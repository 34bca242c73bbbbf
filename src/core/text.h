#pragma once
// What every string needs and std::string has not.
#include <algorithm>
#include <string>
#include <string_view>

namespace innkeeper {

// ASCII only, whatever the locale: for keywords and names of settings.
[[nodiscard]] inline std::string to_lower(std::string_view text) {
  std::string lower{text};
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

}  // namespace innkeeper
