#pragma once
// A file line by line, for what is written in comments: marks of sections, directives, a plan.
#include <optional>
#include <string_view>

namespace innkeeper::migration {

struct text_line {
  std::size_t begin = 0;  // of the line in the text
  std::size_t end = 0;    // behind its line break
  int number = 0;         // from the number that the reader was given
  std::string_view text;  // without line break, carriage return and a BOM before it
};

class line_reader {
 public:
  explicit line_reader(std::string_view text, int first_line = 1) : text_{text}, number_{first_line} {}
  [[nodiscard]] std::optional<text_line> next();

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int number_;
};

// Blanks and tabs.
[[nodiscard]] std::string_view trim(std::string_view text);
// The first word, which is taken off `rest` together with the blanks behind it.
[[nodiscard]] std::string_view take_word(std::string_view& rest);
// What is behind `--` of a line that is nothing but a comment, trimmed.
[[nodiscard]] std::optional<std::string_view> comment_of(std::string_view line);
// What is behind `-- prefix` at a line's beginning: "transaction:false" of "-- migrate:up transaction:false".
[[nodiscard]] std::optional<std::string_view> words_behind(std::string_view line, std::string_view prefix);

}  // namespace innkeeper::migration
