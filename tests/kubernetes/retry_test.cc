#include "k8s/retry.h"

#include <gtest/gtest.h>

#include <vector>

namespace innkeeper::k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct retry_case {
  const char* name;
  attempt_end met;
  int tries;
  milliseconds elapsed;
  std::optional<seconds> retry_after;
  double jitter;
  retry_decision want;
};

constexpr retry_decision over{};
constexpr retry_decision after(int ms) {
  return {false, milliseconds{ms}};
}

TEST(retries, follow_this_table) {
  const std::vector<retry_case> cases{
      {"an answer is one", attempt_end::answered, 1, {}, {}, 0, over},
      {"what makes no sense doesn't get better", attempt_end::refused, 1, {}, {}, 0, over},
      {"the first again", attempt_end::lost, 1, {}, {}, 0, after(250)},
      {"twice as long", attempt_end::failing, 3, {}, {}, 0, after(1000)},
      {"by chance up to half", attempt_end::failing, 3, {}, {}, 0.5, after(750)},
      {"not for ever longer", attempt_end::failing, 7, {}, {}, 0, after(8000)},
      {"not for ever", attempt_end::failing, 8, {}, {}, 0, over},
      {"who isn't there sooner", attempt_end::unreachable, 3, {}, {}, 0, after(1000)},
      {"and no more", attempt_end::unreachable, 4, {}, {}, 0, over},
      {"as long as it is told", attempt_end::throttled, 1, {}, seconds{5}, 0, after(5000)},
      {"and no shorter than its own", attempt_end::throttled, 6, {}, seconds{1}, 0, after(8000)},
      {"not beyond the deadline", attempt_end::throttled, 1, milliseconds{26000}, seconds{5}, 0, over},
      {"nor from there", attempt_end::lost, 2, milliseconds{30000}, {}, 0, over}};
  for (const auto& one : cases)
    EXPECT_EQ(decide({}, one.met, one.tries, one.elapsed, one.retry_after, one.jitter), one.want) << one.name;
}

TEST(retries, are_for_what_passes) {
  for (const int status : {200, 201, 400, 401, 403, 404, 409, 410, 422, 501})
    EXPECT_EQ(judge_status(status), attempt_end::answered) << status;
  for (const int status : {500, 502, 503, 504}) EXPECT_EQ(judge_status(status), attempt_end::failing) << status;
  EXPECT_EQ(judge_status(429), attempt_end::throttled);
}

}  // namespace
}  // namespace innkeeper::k8s
