#pragma once
// When something has to be over.
#include <chrono>

namespace innkeeper::pg {

using moment = std::chrono::steady_clock::time_point;
inline constexpr moment never = moment::max();

}  // namespace innkeeper::pg
