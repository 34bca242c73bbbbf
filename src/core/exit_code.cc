#include "core/exit_code.h"

#include <algorithm>
#include <array>

namespace innkeeper {

exit_code worst_of(exit_code a, exit_code b) {
  // Design section 1: the first of these that occurred.
  static constexpr std::array worst_first{exit_code::our_bug,
                                          exit_code::not_permitted,
                                          exit_code::history_conflict,
                                          exit_code::invalid,
                                          exit_code::unavailable,
                                          exit_code::locked,
                                          exit_code::may_retry,
                                          exit_code::failed,
                                          exit_code::differences,
                                          exit_code::usage,
                                          exit_code::ok};
  return std::min(a, b, [](exit_code x, exit_code y) {
    return std::ranges::find(worst_first, x) < std::ranges::find(worst_first, y);
  });
}

}  // namespace innkeeper
