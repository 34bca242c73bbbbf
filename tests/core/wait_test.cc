#include "core/wait.h"

#include <gtest/gtest.h>

namespace innkeeper {
namespace {

using std::chrono::milliseconds;

struct refusal_row {
  const char* sqlstate;
  bool is_tls;
  obstacle want;
  bool admin_waits;
  bool service_waits;
  exit_code code;
};

const refusal_row rows[] = {
    {"08001", false, obstacle::absent, true, true, exit_code::unavailable},
    {"08001", true, obstacle::tls, false, false, exit_code::invalid},
    {"57P03", false, obstacle::starting_up, true, true, exit_code::unavailable},
    {"57P01", false, obstacle::starting_up, true, true, exit_code::unavailable},
    {"57P02", false, obstacle::starting_up, true, true, exit_code::unavailable},
    {"25006", false, obstacle::in_recovery, true, true, exit_code::unavailable},
    {"53300", false, obstacle::too_many_connections, true, true, exit_code::unavailable},
    {"28P01", false, obstacle::wrong_password, false, true, exit_code::not_permitted},
    {"28000", false, obstacle::wrong_password, false, true, exit_code::not_permitted},
    {"3D000", false, obstacle::wrong_database, false, true, exit_code::invalid},
    {"55000", false, obstacle::wrong_database, false, true, exit_code::invalid},
    {"42501", false, obstacle::not_allowed, false, true, exit_code::not_permitted},
    {"22023", false, obstacle::misconfigured, false, false, exit_code::invalid},
    {"0A000", false, obstacle::misconfigured, false, false, exit_code::invalid},
    {"08006", false, obstacle::lost, true, true, exit_code::unavailable},
    {"XX000", false, obstacle::lost, true, true, exit_code::unavailable},
};

TEST(wait, each_sqlstate_is_one_obstacle_with_its_own_end) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.sqlstate);
    const auto met = classify_refusal(row.sqlstate, row.is_tls ? tls_trouble::other : tls_trouble::none);
    EXPECT_EQ(met, row.want);
    EXPECT_EQ(is_mended_by_waiting(met, waiter::admin), row.admin_waits);
    EXPECT_EQ(is_mended_by_waiting(met, waiter::service), row.service_waits);
    EXPECT_EQ(exit_code_of(met), row.code);
    EXPECT_FALSE(to_string(met).empty());
    EXPECT_TRUE(hint_for(met, {}).find_last_of(".;") != std::string::npos);
    wait_state state;
    EXPECT_EQ(advance(state, {}, met, 0).is_over, !row.admin_waits);
  }
}

TEST(wait, delays_double_up_to_the_longest_and_end_after_the_retries) {
  const wait_rules rules{
      .limits = {.max_retries = 6, .initial_delay = milliseconds{1000}, .max_delay = milliseconds{10000}}};
  wait_state state;
  std::vector<long> delays;
  for (int i = 0; i < 6; ++i) {
    const auto next = advance(state, rules, obstacle::absent, 0);
    ASSERT_FALSE(next.is_over);
    delays.push_back(next.delay.count());
  }
  EXPECT_EQ(delays, (std::vector<long>{1000, 2000, 4000, 8000, 10000, 10000}));
  EXPECT_TRUE(advance(state, rules, obstacle::absent, 0).is_over);
  EXPECT_EQ(state.attempts, 7);
}

TEST(wait, jitter_only_shortens_and_never_by_more_than_a_fifth) {
  for (const double jitter : {0.0, 0.5, 0.999}) {
    wait_state state;
    const auto delay = advance(state, {}, obstacle::absent, jitter).delay.count();
    EXPECT_LE(delay, 1000);
    EXPECT_GE(delay, 800);
  }
}

TEST(wait, an_obstacle_is_news_only_once) {
  wait_state state;
  EXPECT_TRUE(advance(state, {}, obstacle::absent, 0).is_news);
  EXPECT_FALSE(advance(state, {}, obstacle::absent, 0).is_news);
  EXPECT_TRUE(advance(state, {}, obstacle::starting_up, 0).is_news);
  EXPECT_FALSE(advance(state, {}, obstacle::absent, 0).is_news);
}

TEST(wait, no_retries_means_one_attempt_and_a_huge_number_does_not_overflow) {
  wait_state state;
  EXPECT_TRUE(advance(state, {.limits = {.max_retries = 0}}, obstacle::absent, 0).is_over);
  wait_state old{.attempts = 1'000'000};
  EXPECT_EQ(advance(old, {.limits = {.max_retries = 2'000'000}}, obstacle::absent, 0).delay, milliseconds{30000});
}

}  // namespace
}  // namespace innkeeper
