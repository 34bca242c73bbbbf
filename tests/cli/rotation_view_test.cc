#include "cli/rotation_view.h"

#include <gtest/gtest.h>

namespace innkeeper::cli {
namespace {

using exec::rotation_outcome;

server_time at(int minute) {
  return server_time{std::chrono::minutes{minute}};
}

exec::rotated_log_in turned(rotation_outcome outcome) {
  return {.log_in = {"cafe_user"},
          .services = {"cafe", "till"},
          .outcome = outcome,
          .now = {.log_in = {"cafe_user"},
                  .twin = {"cafe_user_b"},
                  .has_twin = true,
                  .state = rotation_state::draining,
                  .on_twin = true,
                  .is_known = true,
                  .flipped_at = at(60)}};
}

rotation_view view_of(exec::rotated_log_in one) {
  return {.reports = {{.server = "shared", .log_ins = {std::move(one)}}}};
}

TEST(rotation_view, names_who_still_uses_the_former_log_in_and_who_began_with_it) {
  auto one = turned(rotation_outcome::draining);
  one.former = {{.pid = 7, .database = {"cafe"}, .application = "pool", .address = "10.1.2.3", .began = at(59)},
                {.pid = 8, .database = {"cafe"}, .address = "[local]", .began = at(61)},
                {.pid = 9, .database = {"cafe"}}};
  EXPECT_EQ(
      rotation_to_text(view_of(one), false),
      "cafe_user (cafe, till): draining; \"cafe_user_b\" is in use, \"cafe_user\" stays open: 3 sessions, 1 begun "
      "since\n"
      "    pid 7 \"pool\" from 10.1.2.3 in database cafe since 1970-01-01 00:59 UTC\n"
      "    pid 8 from [local] in database cafe since 1970-01-01 01:01 UTC: began with the former secret\n"
      "    pid 9 in database cafe\n"
      "next: innkeeper secret rotate --resume --wait 1h\n");
}

TEST(rotation_view, says_what_came_of_each) {
  EXPECT_EQ(rotation_to_text(view_of(turned(rotation_outcome::changed)), false),
            "cafe_user (cafe, till): changed; \"cafe_user_b\" is in use\n");
  auto one = turned(rotation_outcome::refused);
  one.text = "the manifest says rotation: off";
  EXPECT_EQ(rotation_to_text(view_of(one), false),
            "cafe_user (cafe, till): refused; the manifest says rotation: off\n");
  EXPECT_EQ(rotation_to_text(view_of(turned(rotation_outcome::not_due)), false), "cafe_user (cafe, till): not due\n");
}

TEST(rotation_view, counts_for_programs) {
  auto one = turned(rotation_outcome::draining);
  one.former = {{.pid = 8, .database = {"cafe"}, .address = "[local]", .began = at(61)}};
  const auto document = rotation_to_json(view_of(one));
  EXPECT_EQ(document.at("draining"), 1);
  EXPECT_EQ(document.at("changed"), 0);
  const auto& row = document.at("log_ins").at(0);
  EXPECT_EQ(row.at("in_use"), "cafe_user_b");
  EXPECT_EQ(row.at("state"), "draining");
  EXPECT_EQ(row.at("flipped_at"), "1970-01-01 01:00 UTC");
  EXPECT_EQ(row.at("sessions_of_former").at(0).at("is_new"), true);
}

TEST(rotation_view, is_no_failure_while_it_drains_unless_somebody_waits_for_the_end) {
  auto view = view_of(turned(rotation_outcome::draining));
  EXPECT_EQ(code_of(view), exit_code::ok);
  view.waited = true;
  EXPECT_EQ(code_of(view), exit_code::may_retry);
  view.reports.front().log_ins.front().code = exit_code::failed;
  EXPECT_EQ(code_of(view_of(view.reports.front().log_ins.front())), exit_code::failed);
}

TEST(rotation_view, says_how_far_a_rotation_has_come) {
  auto pair = turned(rotation_outcome::draining).now;
  EXPECT_EQ(rotation_words(pair), "draining since 1970-01-01 01:00 UTC");
  pair.state = rotation_state::settled;
  EXPECT_EQ(rotation_words(pair), "");
  pair.is_known = false;
  EXPECT_EQ(rotation_words(pair), "not known which");
}

}  // namespace
}  // namespace innkeeper::cli
