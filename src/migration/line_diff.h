#pragma once
// What changed between two texts, line by line. Pure.
#include <string>
#include <string_view>

namespace innkeeper::migration {

// "- line" only in `before`, "+ line" only in `after`, with up to two lines that both have around them; "" where they
// are the same. Of texts with more than 2,000 lines only the first that differs is shown.
[[nodiscard]] std::string line_diff(std::string_view before, std::string_view after);

}  // namespace innkeeper::migration
