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

[[nodiscard]] inline std::string replace_all(std::string text, std::string_view mark, const std::string& value) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) {
    text.replace(at, mark.size(), value);
  }
  return text;
}

}  // namespace innkeeper
