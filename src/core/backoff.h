#pragma once
// How long to wait before the next try: twice as long each time, and by chance, so that many who wait don't come back
// at once. Pure.
#include <algorithm>
#include <chrono>

namespace innkeeper {

struct backoff_rules {
  std::chrono::milliseconds initial_delay{1000};
  std::chrono::milliseconds max_delay{60000};
  int most_tries = 10;

  friend bool operator==(const backoff_rules&, const backoff_rules&) = default;
};

// After try number `tries` (from 1); `jitter` in [0, 1) takes off up to a half.
[[nodiscard]] inline std::chrono::milliseconds delay_after(const backoff_rules& rules, int tries, double jitter) {
  auto delay = rules.initial_delay;
  for (int i = 1; i < tries && delay < rules.max_delay; ++i) delay *= 2;
  delay = std::min(delay, rules.max_delay);
  return std::chrono::milliseconds{static_cast<std::int64_t>(static_cast<double>(delay.count()) * (1 - jitter / 2))};
}

}  // namespace innkeeper
