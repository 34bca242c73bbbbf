#include "core/source_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace innkeeper {
namespace {

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

std::size_t announced_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

// A byte 0x04 means "end of file" to yaml-cpp: what follows would be dropped without a word.
bool is_refused_control(unsigned char byte) {
  return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const std::size_t length = announced_length(static_cast<unsigned char>(text[0]));
  if (length == 0 || length > text.size()) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), is_continuation)) return 0;
  const char32_t point = utf8_code_point(text, length);
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return overlong || surrogate || point > 0x10FFFF ? 0 : length;
}

char32_t utf8_code_point(std::string_view text, std::size_t length) {
  static constexpr unsigned char first_byte_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t point = static_cast<unsigned char>(text[0]) & first_byte_mask[length];
  for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3F);
  return point;
}

source_text::source_text(std::string text) : text_{std::move(text)}, line_starts_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
    if (is_continuation(text_[i])) continuation_bytes_.push_back(i);
  }
}

std::string_view source_text::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return {};
  const std::size_t start = line_starts_[static_cast<std::size_t>(number) - 1];
  std::string_view rest = std::string_view{text_}.substr(start);
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

int source_text::column(int line_number, std::size_t byte) const {
  if (line_number < 1 || static_cast<std::size_t>(line_number) > line_starts_.size()) return 0;
  const std::size_t start = line_starts_[static_cast<std::size_t>(line_number) - 1];
  const auto from = std::ranges::lower_bound(continuation_bytes_, start);
  const auto to = std::lower_bound(from, continuation_bytes_.end(), start + byte);
  return static_cast<int>(byte - static_cast<std::size_t>(to - from)) + 1;
}

text_place source_text::place(std::size_t byte) const {
  const auto after = std::ranges::upper_bound(line_starts_, byte);
  const int line = static_cast<int>(after - line_starts_.begin());
  return {line, column(line, byte - *std::prev(after))};
}

std::string_view source_text::from(int line_number, int column) const {
  if (line_number < 1 || static_cast<std::size_t>(line_number) > line_starts_.size()) return {};
  std::string_view rest = std::string_view{text_}.substr(line_starts_[static_cast<std::size_t>(line_number) - 1]);
  for (int i = 1; i < column && !rest.empty(); ++i) rest.remove_prefix(std::max<std::size_t>(utf8_length(rest), 1));
  return rest;
}

std::optional<text_problem> source_text::find_problem() const {
  int line_number = 1;
  for (std::size_t i = 0; i < text_.size();) {
    const auto byte = static_cast<unsigned char>(text_[i]);
    if (byte == 0) return text_problem{line_number, "not a text file: it holds a NUL byte"};
    if (is_refused_control(byte)) {
      return text_problem{line_number, fmt::format("control character 0x{:02x} in the text", byte)};
    }
    const std::size_t length = utf8_length(std::string_view{text_}.substr(i));
    if (length == 0) return text_problem{line_number, fmt::format("byte 0x{:02x} is not valid UTF-8", byte)};
    if (byte == '\n') ++line_number;
    i += length;
  }
  return std::nullopt;
}

}  // namespace innkeeper
