#include "migration/lines.h"

#include <algorithm>

namespace innkeeper::migration {
namespace {

constexpr std::string_view mark_of_utf8 = "\xEF\xBB\xBF";
constexpr std::string_view blanks = " \t";

}  // namespace

std::optional<text_line> line_reader::next() {
  if (at_ >= text_.size()) return std::nullopt;
  const std::size_t stop = std::min(text_.find('\n', at_), text_.size());
  text_line line{.begin = at_, .end = std::min(stop + 1, text_.size()), .number = number_++};
  line.text = text_.substr(at_, stop - at_);
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  if (at_ == 0 && line.text.starts_with(mark_of_utf8)) line.text.remove_prefix(mark_of_utf8.size());
  at_ = line.end;
  return line;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view take_word(std::string_view& rest) {
  rest = trim(rest);
  const auto word = rest.substr(0, rest.find_first_of(blanks));
  rest = trim(rest.substr(word.size()));
  return word;
}

std::optional<std::string_view> comment_of(std::string_view line) {
  line = trim(line);
  if (!line.starts_with("--")) return std::nullopt;
  return trim(line.substr(2));
}

std::optional<std::string_view> words_behind(std::string_view line, std::string_view prefix) {
  const auto comment = comment_of(line);
  if (!comment || !comment->starts_with(prefix)) return std::nullopt;
  const auto rest = comment->substr(prefix.size());
  if (!rest.empty() && blanks.find(rest.front()) == std::string_view::npos) return std::nullopt;
  return trim(rest);
}

}  // namespace innkeeper::migration
