#include "core/display.h"

#include <fmt/format.h>

#include "core/source_text.h"

namespace innkeeper {

std::string unquoted_for_display(std::string_view text) {
  static constexpr std::size_t longest = 80;
  std::string shown;
  while (!text.empty()) {
    if (shown.size() > longest) return shown + "…";
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    const bool is_c1_control = length == 2 && utf8_code_point(text, 2) < 0xA0;
    if (length == 0 || first < 0x20 || first == 0x7F) {
      shown += fmt::format("\\x{:02x}", first);
    } else if (is_c1_control) {
      shown += fmt::format("\\u{:04x}", static_cast<unsigned>(utf8_code_point(text, 2)));
    } else {
      shown += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return shown;
}

std::string quoted_for_display(std::string_view text) {
  return '"' + unquoted_for_display(text) + '"';
}

}  // namespace innkeeper
