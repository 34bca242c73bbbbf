#include "core/certificate_end.h"

#include <fmt/format.h>

namespace innkeeper {

std::string to_string(const certificate_end& one) {
  if (one.days_left < 0) return fmt::format("certificate of {} ended on {}", one.what, one.when);
  return fmt::format("certificate of {} ends on {}, in {} day{}", one.what, one.when, one.days_left,
                     one.days_left == 1 ? "" : "s");
}

}  // namespace innkeeper
