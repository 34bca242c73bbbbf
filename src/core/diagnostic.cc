#include "core/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace innkeeper {
namespace {

// The column counts characters; a caret below a line with multi-byte characters has to count them too. Tabs stay tabs,
// so that the caret lines up whatever their width.
std::string caret_line(std::string_view line, int column) {
  std::string below;
  int characters = 1;
  for (std::size_t i = 0; i < line.size() && characters < column; ++i) {
    if ((static_cast<unsigned char>(line[i]) & 0xC0) == 0x80) continue;
    below += line[i] == '\t' ? '\t' : ' ';
    ++characters;
  }
  return below + "^";
}

// A file that is no text must not steer the terminal that shows why.
std::string printable(std::string line) {
  for (char& c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7F) c = '?';
  }
  return line;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string to_string(const location& where) {
  if (where.line == 0) return where.file;
  if (where.column == 0) return fmt::format("{}:{}", where.file, where.line);
  return fmt::format("{}:{}:{}", where.file, where.line, where.column);
}

bool has_errors(const diagnostics& all) {
  return std::ranges::any_of(all, [](const diagnostic& one) { return one.level == severity::error; });
}

void sort_by_place(diagnostics& all) {
  std::ranges::stable_sort(all, {}, &diagnostic::where);
}

std::string to_string(const diagnostic& one) {
  const std::string place = to_string(one.where);
  std::string text = fmt::format("{}{}{}: {}\n", place, place.empty() ? "" : ": ",
                                 one.level == severity::error ? "error" : "warning", one.message);
  if (!one.source_line.empty()) {
    text += fmt::format("{:>5} | {}\n", one.where.line, printable(one.source_line));
    if (one.where.column > 0) text += fmt::format("      | {}\n", caret_line(one.source_line, one.where.column));
  }
  if (!one.detail.empty()) text += fmt::format("  detail: {}\n", one.detail);
  if (!one.hint.empty()) text += fmt::format("  hint: {}\n", one.hint);
  return text;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace innkeeper
