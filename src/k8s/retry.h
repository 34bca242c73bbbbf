#pragma once
// When to ask an API server again: what an attempt met goes in, what to do comes out. No clock, no socket.
#include <chrono>
#include <optional>

#include "core/backoff.h"

namespace innkeeper::k8s {

enum class attempt_end {
  answered,     // whatever it says: asking again would bring the same
  unreachable,  // nobody is there
  lost,         // the connection ended before the answer: it may have been done
  throttled,    // 429
  failing,      // 500, 502, 503, 504
  refused       // untrusted, or settings that make no sense
};

[[nodiscard]] attempt_end judge_status(int status);

struct retry_rules {
  backoff_rules backoff{
      .initial_delay = std::chrono::milliseconds{250}, .max_delay = std::chrono::milliseconds{8000}, .most_tries = 8};
  int most_tries_to_reach = 4;  // a server that isn't there at all
  std::chrono::milliseconds deadline{30000};

  friend bool operator==(const retry_rules&, const retry_rules&) = default;
};

struct retry_decision {
  bool is_over = true;
  std::chrono::milliseconds delay{0};  // before the next attempt

  friend bool operator==(const retry_decision&, const retry_decision&) = default;
};

// After attempt number `tries` (from 1), `elapsed` since the first began. What the server asks for in Retry-After is
// kept, unless the deadline comes first: then it is over at once, not after a wait in vain. `jitter` in [0, 1) as in
// backoff.h.
[[nodiscard]] retry_decision decide(const retry_rules& rules, attempt_end met, int tries,
                                    std::chrono::milliseconds elapsed, std::optional<std::chrono::seconds> retry_after,
                                    double jitter);

}  // namespace innkeeper::k8s
