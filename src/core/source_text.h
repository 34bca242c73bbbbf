#pragma once
// A file's text with its lines: turns yaml-cpp's places (bytes, from 0) into ours (characters, from 1) without ever
// walking a line twice, and finds what is not text at all.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace innkeeper {

struct text_problem {
  int line = 0;
  std::string message;
};

struct text_place {
  int line = 0;    // from 1
  int column = 0;  // from 1, in characters
};

class source_text {
 public:
  explicit source_text(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }
  // Line from 1, without its line break; "" outside the text.
  [[nodiscard]] std::string_view line(int number) const;
  // The column, in characters from 1, of a byte (from 0) of a line.
  [[nodiscard]] int column(int line_number, std::size_t byte) const;
  // The place of a byte (from 0) of the text.
  [[nodiscard]] text_place place(std::size_t byte) const;
  // The text from a place (line and column from 1, in characters) to the end.
  [[nodiscard]] std::string_view from(int line_number, int column) const;
  // What makes this no UTF-8 text: a NUL, a control character, a broken sequence.
  [[nodiscard]] std::optional<text_problem> find_problem() const;

 private:
  std::string text_;
  std::vector<std::size_t> line_starts_;
  std::vector<std::size_t> continuation_bytes_;  // second and later bytes of characters, ascending
};

// The length of the UTF-8 character at the start, 0 where there is none (overlong, surrogate, cut off).
[[nodiscard]] std::size_t utf8_length(std::string_view text);
// Its code point; `length` as utf8_length() gave it.
[[nodiscard]] char32_t utf8_code_point(std::string_view text, std::size_t length);

}  // namespace innkeeper
