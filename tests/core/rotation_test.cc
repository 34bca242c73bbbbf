#include "core/rotation.h"

#include <gtest/gtest.h>

#include <map>
#include <queue>
#include <set>
#include <stdexcept>

namespace innkeeper {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using state = rotation_state;
using event = rotation_event;
using action = rotation_action;

struct step_row {
  event met;
  state then;
  action next;
};

void expect_way(state from, const std::vector<step_row>& way) {
  state now = from;
  for (const auto& row : way) {
    SCOPED_TRACE(to_string(row.met));
    EXPECT_EQ(to_string(advance(now, row.met)), to_string(row.next));
    EXPECT_EQ(to_string(now), to_string(row.then));
  }
}

TEST(rotation, goes_from_one_log_in_to_the_other_in_steps_that_each_can_be_the_last) {
  expect_way(state::settled, {{event::asked, state::begun, action::make_alike},
                              {event::made_alike, state::alike, action::keep_password},
                              {event::kept, state::kept, action::open},
                              {event::opened, state::opened, action::try_log_in},
                              {event::got_in, state::tried, action::begin_flip},
                              {event::flip_begun, state::flipping, action::write_places},
                              {event::places_written, state::flipped, action::name_restarts},
                              {event::restarts_named, state::draining, action::watch},
                              {event::in_use, state::draining, action::watch},
                              {event::opens_new, state::draining, action::watch},
                              {event::quiet, state::draining, action::watch},
                              {event::drained, state::draining, action::close},
                              {event::closed, state::closed, action::look_behind},
                              {event::all_gone, state::settled, action::rest}});
}

TEST(rotation, opens_again_where_somebody_slipped_in) {
  expect_way(state::draining, {{event::drained, state::draining, action::close},
                               {event::closed, state::closed, action::look_behind},
                               {event::slipped_in, state::closed, action::reopen},
                               {event::reopened, state::draining, action::watch}});
}

TEST(rotation, makes_another_password_where_nobody_can_read_the_one_that_nobody_uses) {
  for (const auto from : {state::kept, state::opened}) {
    state now = from;
    EXPECT_EQ(advance(now, event::password_lost), action::keep_password);
    EXPECT_EQ(now, state::alike);
  }
  EXPECT_FALSE(has_arrow(state::flipping, event::password_lost)) << "an application may have it";
}

TEST(rotation, can_be_given_up_until_every_place_says_the_new_log_in) {
  for (const auto& one : rotation_arrows()) {
    const bool is_early = one.from != state::settled && one.from != state::renewing && !is_flipped(one.from);
    EXPECT_EQ(has_arrow(one.from, event::asked_to_give_up), is_early) << to_string(one.from);
  }
}

TEST(rotation, says_which_event_it_can_not_meet) {
  state now = state::settled;
  try {
    (void)advance(now, event::drained);
    FAIL();
  } catch (const std::logic_error& bug) {
    EXPECT_STREQ(bug.what(), "a rotation that is settled can't meet drained");
  }
}

TEST(rotation, has_one_arrow_for_a_state_and_an_event) {
  std::set<std::pair<state, event>> seen;
  for (const auto& one : rotation_arrows()) {
    EXPECT_TRUE(seen.emplace(one.from, one.event).second) << to_string(one.from) << " " << to_string(one.event);
  }
}

TEST(rotation, every_state_has_a_name_and_a_way_to_go_on_after_a_crash) {
  std::set<state> states;
  for (const auto& one : rotation_arrows()) states.insert({one.from, one.to});
  EXPECT_EQ(states.size(), 12U);
  for (const auto one : states) {
    EXPECT_EQ(rotation_state_named(to_string(one)), one);
    EXPECT_TRUE(has_arrow(one, event::resumed)) << to_string(one);
  }
  EXPECT_EQ(rotation_state_named("closing"), std::nullopt);
}

TEST(rotation, goes_on_after_a_crash_with_what_it_would_have_done) {
  for (const auto& one : rotation_arrows()) {
    if (one.from == one.to) continue;  // what these do is decided anew, by another look
    state now = one.to;
    EXPECT_EQ(to_string(advance(now, event::resumed)), to_string(one.action))
        << to_string(one.from) << " " << to_string(one.event);
    EXPECT_EQ(now, one.to);
  }
}

TEST(rotation, comes_to_an_end_from_everywhere) {
  std::map<state, std::set<state>> before;
  for (const auto& one : rotation_arrows()) before[one.to].insert(one.from);
  std::set<state> reached{state::settled};
  std::queue<state> open{{state::settled}};
  for (; !open.empty(); open.pop()) {
    for (const auto one : before[open.front()]) {
      if (reached.insert(one).second) open.push(one);
    }
  }
  EXPECT_EQ(reached.size(), 12U);
}

// Two log-ins, and what applications may find: every way through the table, and at every point of it a crash.
struct world {
  state now = state::settled;
  bool used_is_open = true;  // the log-in in use, of which the registry says so
  bool other_is_open = false;
  bool a_place_may_say_other = false;
  bool every_place_says_other = false;

  friend auto operator<=>(const world&, const world&) = default;
};

void let_happen(world& all, const rotation_arrow& arrow) {
  switch (arrow.event) {
    case event::opened:
    case event::reopened:
      all.other_is_open = true;
      break;
    case event::flip_begun:
      all.a_place_may_say_other = true;
      break;
    case event::password_lost:
      all.other_is_open = false;
      break;
    case event::places_written:
      all.every_place_says_other = true;
      break;
    case event::given_up:
      all.a_place_may_say_other = false;  // people's word
      all.other_is_open = false;
      break;
    case event::closed:
    case event::closed_by_force:
      all.other_is_open = false;
      break;
    default:
      break;
  }
  all.now = arrow.to;
  if (arrow.event == event::places_written) {  // they change roles
    std::swap(all.used_is_open, all.other_is_open);
    all.a_place_may_say_other = all.every_place_says_other = false;
  }
}

TEST(rotation, never_closes_a_log_in_that_a_place_says) {
  std::set<world> seen{{}};
  std::queue<world> open{{world{}}};
  for (; !open.empty(); open.pop()) {
    const auto& here = open.front();
    SCOPED_TRACE(to_string(here.now));
    EXPECT_TRUE(here.used_is_open);
    EXPECT_TRUE(here.other_is_open || !here.a_place_may_say_other);
    EXPECT_EQ(here.other_is_open, is_other_open(here.now)) << "what a plan wants is what is there";
    EXPECT_TRUE(!here.other_is_open || doubles_connections(here.now));
    for (const auto& arrow : rotation_arrows()) {
      if (arrow.from != here.now) continue;
      world next = here;
      let_happen(next, arrow);
      if (seen.insert(next).second) open.push(next);
    }
  }
  EXPECT_GE(seen.size(), 12U);
}

class drain : public testing::Test {
 protected:
  static server_time at(int second) { return server_time{seconds{second}}; }
  static former_session session(int began) { return {.pid = 7, .began = at(began)}; }
  event judge(int now, std::vector<former_session> sessions) {
    return judge_drain(rules_, at(100), quiet_since_, {.now = at(now), .sessions = std::move(sessions)});
  }

  drain_rules rules_{.grace = seconds{10}};
  std::optional<server_time> quiet_since_;
};

TEST_F(drain, is_over_when_no_session_was_there_for_the_grace) {
  EXPECT_EQ(judge(101, {session(50)}), event::in_use);
  EXPECT_EQ(judge(110, {}), event::quiet);
  EXPECT_EQ(quiet_since_, at(110));
  EXPECT_EQ(judge(119, {}), event::quiet);
  EXPECT_EQ(judge(120, {}), event::drained);
}

TEST_F(drain, starts_anew_with_every_session) {
  EXPECT_EQ(judge(110, {}), event::quiet);
  EXPECT_EQ(judge(119, {session(119)}), event::opens_new);
  EXPECT_EQ(quiet_since_, std::nullopt);
  EXPECT_EQ(judge(120, {}), event::quiet);
  EXPECT_EQ(judge(129, {}), event::quiet);
  EXPECT_EQ(judge(130, {}), event::drained);
}

TEST_F(drain, without_grace_is_over_at_the_first_look_that_sees_nobody) {
  rules_.grace = milliseconds{0};
  EXPECT_EQ(judge(101, {session(99)}), event::in_use);
  EXPECT_EQ(judge(102, {}), event::drained);
}

TEST_F(drain, tells_new_sessions_from_those_of_before_the_flip) {
  EXPECT_EQ(judge(101, {session(100)}), event::in_use);
  EXPECT_EQ(judge(102, {session(50), session(101)}), event::opens_new);
  EXPECT_EQ(judge(103, {former_session{.pid = 9}}), event::in_use) << "not seen when it began";
}

TEST_F(drain, ends_by_force_only_at_the_time_that_was_given) {
  EXPECT_EQ(judge(1'000'000, {session(101)}), event::opens_new);
  rules_.force_at = at(3700);
  EXPECT_EQ(judge(3699, {session(101)}), event::opens_new);
  EXPECT_EQ(judge(3700, {session(101)}), event::overdue);
  EXPECT_EQ(judge(3701, {}), event::overdue);
}

TEST(rotation, is_drawn_from_its_table) {
  const auto page = rotation_page();
  EXPECT_NE(page.find("  begun --> alike: made alike\n"), std::string::npos);
  EXPECT_NE(page.find("| draining | drained | draining | close |  |\n"), std::string::npos);
  EXPECT_EQ(page.find("settled --> settled"), std::string::npos);
}

}  // namespace
}  // namespace innkeeper
