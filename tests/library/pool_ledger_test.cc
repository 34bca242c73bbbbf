// A pool's rules, without a server and without time passing.
#include "library/pool_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace innkeeper::test {
namespace {

using std::chrono::milliseconds;

class ledger : public testing::Test {
 protected:
  static pool_options options() {
    return {.max_open = 3,
            .max_idle = 1,
            .idle_time = milliseconds{50},
            .max_lifetime = milliseconds{1000},
            .initial_retry_delay = milliseconds{100},
            .max_retry_delay = milliseconds{300}};
  }
  static pool_ledger::moment at(int ms) { return pool_ledger::moment{milliseconds{ms}}; }

  // Opens one and takes it.
  static pool_slot opened(pool_ledger& of, int ms, double jitter = 0) {
    of.begin_opening();
    of.note_opened(nullptr, at(ms), jitter);
    return std::move(*of.take(at(ms)));
  }
  static pool_metrics shown(const pool_ledger& of) {
    pool_metrics now;
    of.describe(now);
    return now;
  }

  pool_ledger ledger_{options()};
};

TEST_F(ledger, opens_for_callers_up_to_the_limit) {
  EXPECT_FALSE(ledger_.may_open(0, at(0)));
  EXPECT_TRUE(ledger_.may_open(1, at(0)));
  ledger_.begin_opening();
  EXPECT_FALSE(ledger_.may_open(1, at(0))) << "one is on its way";
  EXPECT_TRUE(ledger_.may_open(2, at(0)));
  ledger_.begin_opening();
  ledger_.begin_opening();
  EXPECT_FALSE(ledger_.may_open(9, at(0)));
  EXPECT_EQ(shown(ledger_).opening, 3);
}

TEST_F(ledger, gives_out_the_one_that_was_used_last) {
  auto first = opened(ledger_, 0);
  auto second = opened(ledger_, 0);
  first.expires = at(501);
  ledger_.put_back(std::move(second), at(10));
  ledger_.put_back(std::move(first), at(11));
  EXPECT_EQ(ledger_.take(at(12))->expires, at(501));
  EXPECT_EQ(shown(ledger_).in_use, 1);
  EXPECT_EQ(shown(ledger_).idle, 1);
}

TEST_F(ledger, closes_what_is_too_old_wherever_it_meets_it) {
  auto early = opened(ledger_, 0, 0.5);
  EXPECT_EQ(early.expires, at(950)) << "less a twentieth by chance";
  ledger_.put_back(std::move(early), at(949));
  EXPECT_EQ(ledger_.next_due(0), at(950));
  EXPECT_FALSE(ledger_.take(at(950)));
  ledger_.put_back(opened(ledger_, 1000), at(2000));
  EXPECT_EQ(shown(ledger_).closed_lifetime_total, 2U);
  EXPECT_EQ(ledger_.take_doomed().size(), 2U);
  EXPECT_TRUE(ledger_.take_doomed().empty());
}

TEST_F(ledger, closes_what_has_been_idle_beyond_the_number_to_be_kept) {
  std::vector<pool_slot> taken;
  for (int i = 0; i < 3; ++i) taken.push_back(opened(ledger_, 0));
  for (int i = 0; i < 3; ++i) ledger_.put_back(std::move(taken[static_cast<std::size_t>(i)]), at(10 * i));
  ledger_.prune(at(49));
  EXPECT_EQ(shown(ledger_).idle, 3);
  EXPECT_EQ(ledger_.next_due(0), at(50));
  ledger_.prune(at(60));
  EXPECT_EQ(shown(ledger_).idle, 1);
  EXPECT_EQ(shown(ledger_).closed_idle_total, 2U);
  EXPECT_EQ(ledger_.take(at(61))->idle_since, at(20)) << "the one used last stays";
  EXPECT_EQ(ledger_.next_due(0), pool_ledger::moment::min()) << "to close what is doomed";
}

TEST_F(ledger, tries_again_later_and_later_and_one_at_a_time) {
  for (const int pause : {100, 200, 300, 300}) {
    ledger_.begin_opening();
    ledger_.note_failure(at(1000), 0);
    EXPECT_TRUE(ledger_.is_pausing(at(1000 + pause - 1)));
    EXPECT_FALSE(ledger_.may_open(9, at(1000 + pause - 1)));
    EXPECT_EQ(ledger_.next_due(1), at(1000 + pause));
    EXPECT_TRUE(ledger_.may_open(9, at(1000 + pause)));
  }
  ledger_.begin_opening();
  EXPECT_FALSE(ledger_.may_open(9, at(5000))) << "one at a time while it fails";
  ledger_.note_opened(nullptr, at(5000), 0);
  EXPECT_FALSE(ledger_.is_failing());
  EXPECT_TRUE(ledger_.may_open(1, at(5000)));
  EXPECT_EQ(shown(ledger_).open_failures_total, 4U);
}

TEST_F(ledger, closes_what_is_unfit_or_comes_back_too_late) {
  ledger_.put_back(opened(ledger_, 0), at(1), close_reason::lost);
  ledger_.put_back(opened(ledger_, 0), at(1), close_reason::discarded);
  auto loan = opened(ledger_, 0);
  ledger_.put_back(opened(ledger_, 0), at(1));
  ledger_.begin_opening();
  ledger_.shut_down();
  ledger_.put_back(std::move(loan), at(2));
  ledger_.note_opened(nullptr, at(2), 0);
  EXPECT_FALSE(ledger_.may_open(1, at(3)));
  const auto now = shown(ledger_);
  EXPECT_EQ(now.closed_lost_total, 1U);
  EXPECT_EQ(now.closed_discarded_total, 1U);
  EXPECT_EQ(now.closed_shutdown_total, 3U);
  EXPECT_EQ(now.open() + now.opening, 0);
  EXPECT_EQ(now.opened_total, 5U);
}

}  // namespace
}  // namespace innkeeper::test
