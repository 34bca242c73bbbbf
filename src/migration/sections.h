#pragma once
// A file with both directions in it, taken apart at the lines that mark them. Pure.
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace innkeeper::migration {

enum class half { up, down };

struct marked_half {
  half which = half::up;
  std::string_view words;  // what the mark says behind its name: "transaction:false"
};
using section_mark = std::function<std::optional<marked_half>(std::string_view line)>;

struct section {
  marked_half mark;
  int mark_line = 0;
  int first_line = 0;     // of the text
  std::string_view text;  // from the line behind the mark to the next mark
};

struct sections {
  std::string_view preamble;  // what is above the first mark; everything, where there is none
  std::vector<section> parts;
};

[[nodiscard]] sections split_sections(std::string_view text, const section_mark& mark);

}  // namespace innkeeper::migration
