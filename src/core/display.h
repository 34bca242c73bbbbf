#pragma once
// Text from outside, made fit for one line of a message: quoted, control characters escaped, cut where it is long.
#include <string>
#include <string_view>

namespace innkeeper {

[[nodiscard]] std::string quoted_for_display(std::string_view text);
[[nodiscard]] std::string unquoted_for_display(std::string_view text);

}  // namespace innkeeper
