#include "migration/sections.h"

#include "migration/lines.h"

namespace innkeeper::migration {

sections split_sections(std::string_view text, const section_mark& mark) {
  sections found{.preamble = text};
  std::size_t begin = 0;
  const auto close = [&](std::size_t end) {
    auto& open = found.parts.empty() ? found.preamble : found.parts.back().text;
    open = text.substr(begin, end - begin);
  };
  line_reader lines{text};
  while (const auto line = lines.next()) {
    const auto marked = mark(line->text);
    if (!marked) continue;
    close(line->begin);
    found.parts.push_back({.mark = *marked, .mark_line = line->number, .first_line = line->number + 1});
    begin = line->end;
  }
  close(text.size());
  return found;
}

}  // namespace innkeeper::migration
