#include "migration/line_diff.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace innkeeper::migration {
namespace {

using text_lines = std::vector<std::string_view>;

constexpr std::size_t most_lines = 2000;
constexpr std::size_t context = 2;

text_lines lines_of(std::string_view text) {
  text_lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

struct change {
  char mark = ' ';
  std::string_view line;
};

// The longest common subsequence, by its table of lengths: files of migrations are short.
std::vector<change> changes_between(const text_lines& before, const text_lines& after) {
  const std::size_t width = after.size() + 1;
  std::vector<std::uint16_t> length((before.size() + 1) * width, 0);
  for (std::size_t i = before.size(); i-- > 0;) {
    for (std::size_t j = after.size(); j-- > 0;) {
      length[i * width + j] = before[i] == after[j] ? static_cast<std::uint16_t>(length[(i + 1) * width + j + 1] + 1)
                                                    : std::max(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
  }
  std::vector<change> all;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < before.size() || j < after.size()) {
    if (i < before.size() && j < after.size() && before[i] == after[j]) {
      all.push_back({' ', before[i++]});
      ++j;
    } else if (j == after.size() || (i < before.size() && length[(i + 1) * width + j] >= length[i * width + j + 1])) {
      all.push_back({'-', before[i++]});
    } else {
      all.push_back({'+', after[j++]});
    }
  }
  return all;
}

bool is_near_change(const std::vector<change>& all, std::size_t at) {
  const std::size_t from = at < context ? 0 : at - context;
  const std::size_t to = std::min(all.size(), at + context + 1);
  return std::any_of(all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to),
                     [](const change& one) { return one.mark != ' '; });
}

std::string first_difference(const text_lines& before, const text_lines& after) {
  const auto [left, right] = std::ranges::mismatch(before, after);
  std::string text;
  if (left != before.end()) text += "- " + std::string{*left} + "\n";
  if (right != after.end()) text += "+ " + std::string{*right} + "\n";
  return text;
}

}  // namespace

std::string line_diff(std::string_view before, std::string_view after) {
  const auto old_lines = lines_of(before);
  const auto new_lines = lines_of(after);
  if (old_lines.size() > most_lines || new_lines.size() > most_lines) return first_difference(old_lines, new_lines);
  const auto all = changes_between(old_lines, new_lines);
  std::string text;
  bool has_gap = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!is_near_change(all, i)) {
      has_gap = !text.empty();
      continue;
    }
    if (has_gap) text += "  ...\n";
    has_gap = false;
    text += std::string{all[i].mark} + " " + std::string{all[i].line} + "\n";
  }
  return text;
}

}  // namespace innkeeper::migration
