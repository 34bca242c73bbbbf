#include "k8s/retry.h"

namespace innkeeper::k8s {

attempt_end judge_status(int status) {
  switch (status) {
    case 429:
      return attempt_end::throttled;
    case 500:
    case 502:
    case 503:
    case 504:
      return attempt_end::failing;
    default:
      return attempt_end::answered;
  }
}

retry_decision decide(const retry_rules& rules, attempt_end met, int tries, std::chrono::milliseconds elapsed,
                      std::optional<std::chrono::seconds> retry_after, double jitter) {
  if (met == attempt_end::answered || met == attempt_end::refused) return {};
  const int most = met == attempt_end::unreachable ? rules.most_tries_to_reach : rules.backoff.most_tries;
  if (tries >= most) return {};
  auto delay = delay_after(rules.backoff, tries, jitter);
  if (retry_after) delay = std::max<std::chrono::milliseconds>(delay, *retry_after);
  if (elapsed + delay >= rules.deadline) return {};
  return {false, delay};
}

}  // namespace innkeeper::k8s
