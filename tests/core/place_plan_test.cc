#include "core/place_plan.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/secret_presets.h"

namespace innkeeper {
namespace {

constexpr auto ours = "bistro/cafe";
const std::string right_url = "postgresql://cafe_user:4Rght@db:5432/cafe";
const std::string old_url = "postgresql://cafe_user:3Fmr@db:5432/cafe";

place_look look_at(placed_values values) {
  place_look look{.service = "cafe",
                  .owner = ours,
                  .sink = {.kind = place_kind::file,
                           .place = "/e/cafe.env",
                           .shown = "cafe.env",
                           .keys = default_secret_keys({}),
                           .where = {"innkeeper.yaml", 7, 9}},
                  .is = values.empty() ? place_look::state::absent : place_look::state::present,
                  .values = std::move(values),
                  .knows_password = true,
                  .user = {"cafe_user"},
                  .password = secret{"4Rght"}};
  look.wanted.values["DATABASE_URL"] = secret{right_url};
  return look;
}

plan planned(const place_look& look, const plan_policy& policy = {}) {
  plan result;
  plan_places(result, {look}, policy);
  return result;
}

std::string words(const plan& one) {
  std::string text;
  for (const auto& step : one.steps)
    text += fmt::format("{} {}\n", kind_of(step) == change_kind::create ? "+" : "~", describe(step));
  for (const auto& told : one.attentions)
    text += fmt::format("{}{} {}\n", told.is_advice ? "i" : "!", told.fails_service ? "!" : "", told.text);
  return text;
}

struct place_case {
  std::string name;
  placed_values values;
  std::string want;
  std::map<std::string, bool> logs_in = {};
};

TEST(place_plan, tells_its_own_keys_from_other_hands) {
  for (
      const auto& one : std::vector<place_case>{
          {"absent", {}, "+ secret file cafe.env: DATABASE_URL\n"},
          {"another key only", {{"X", {secret{"1"}}}}, "~ secret file cafe.env: DATABASE_URL\n"},
          {"right", {{"DATABASE_URL", {secret{right_url}, ours}}}, ""},
          {"outdated", {{"DATABASE_URL", {secret{old_url}, ours}}}, "~ secret file cafe.env: DATABASE_URL\n"},
          {"the same of another hand",
           {{"DATABASE_URL", {secret{right_url}}}},
           "~ secret file cafe.env: DATABASE_URL\n"},
          {"the same in other words",
           {{"DATABASE_URL", {secret{"postgres://cafe_user:4Rght@db/cafe"}}}},
           "~ secret file cafe.env: DATABASE_URL\n"},
          {"another hand's password",
           {{"DATABASE_URL", {secret{old_url}}}},
           "! secret file cafe.env: DATABASE_URL was written by another hand; it holds another password, which doesn't "
           "log in; kept as it is\n",
           {{"DATABASE_URL", false}}},
          {"altered",
           {{"DATABASE_URL", {secret{old_url}, ours, true}}},
           "! secret file cafe.env: DATABASE_URL was changed by another hand; it holds another password, which logs "
           "in; "
           "kept as it is\n",
           {{"DATABASE_URL", true}}},
          {"altered, and nobody tried",
           {{"DATABASE_URL", {secret{old_url}, ours, true}}},
           "! secret file cafe.env: DATABASE_URL was changed by another hand; it holds another password, which was not "
           "tried; kept as it is\n"},
          {"altered, with the kept password",
           {{"DATABASE_URL", {secret{"postgresql://cafe_user:4Rght@other/cafe"}, ours, true}}},
           "i secret file cafe.env: DATABASE_URL was changed by another hand; it holds the kept password, with another "
           "address, database or setting; kept as it is\n"},
          {"of another service",
           {{"DATABASE_URL", {secret{old_url}, "bistro/erp"}}},
           "!! secret file cafe.env: DATABASE_URL belongs to bistro/erp\n"},
          {"made by service create",
           {{"DATABASE_URL", {secret{right_url}, "/cafe"}}},
           "~ secret file cafe.env: DATABASE_URL\n"},
          {"no longer declared",
           {{"DATABASE_URL", {secret{right_url}, ours}}, {"OLD", {secret{"1"}, ours}}},
           "~ secret file cafe.env: without OLD\n"},
          {"no longer declared, and altered",
           {{"DATABASE_URL", {secret{right_url}, ours}}, {"OLD", {secret{"1"}, ours, true}}},
           ""}}) {
    auto look = look_at(one.values);
    look.logs_in = one.logs_in;
    EXPECT_EQ(words(planned(look)), one.want) << one.name;
  }
}

TEST(place_plan, keeps_what_may_work_where_the_kept_password_is_not_known_to) {
  auto look = look_at({{"DATABASE_URL", {secret{old_url}, ours}}});
  look.is_in_doubt = true;
  EXPECT_EQ(words(planned(look)),
            "! secret file cafe.env: DATABASE_URL is not the kept password; it holds another password, which was not "
            "tried; kept as it is\n");
  look.logs_in = {{"DATABASE_URL", true}};
  EXPECT_EQ(words(planned(look)),
            "! secret file cafe.env: DATABASE_URL is not the kept password; it holds another password, which logs in; "
            "kept as it is\n");
  look.logs_in = {{"DATABASE_URL", false}};
  EXPECT_EQ(words(planned(look)), "~ secret file cafe.env: DATABASE_URL\n");
  look.logs_in = {};
  EXPECT_EQ(words(planned(look, {.overwrite_secrets = {"cafe"}})), "~ secret file cafe.env: DATABASE_URL\n");
  // This plan sets the server's to the kept one.
  plan resets;
  resets.steps.push_back({.what = steps::set_password{{"cafe_user"}}, .from = {.service = "cafe"}});
  plan_places(resets, {look}, {});
  EXPECT_EQ(resets.steps.size(), 2U);
}

TEST(place_plan, says_what_is_out_of_reach_or_kept_by_another_tool) {
  auto look = look_at({});
  look.is = place_look::state::out_of_reach;
  look.problem = "no cluster";
  EXPECT_EQ(words(planned(look)), "i secret file cafe.env is left out: no cluster\n");
  auto kept = look_at({{"DATABASE_URL", {secret{old_url}}}});
  kept.kept_by = "Sealed Secrets";
  EXPECT_EQ(words(planned(kept)),
            "!! secret file cafe.env is kept by Sealed Secrets, which would undo what is written there: say "
            "`managed_by: external` for it, so that it is read and verified only, or name another Secret\n");
}

TEST(place_plan, other_hands_are_overwritten_when_asked) {
  const auto look = look_at({{"DATABASE_URL", {secret{old_url}, ours, true}}, {"THEIRS", {secret{"1"}}}});
  EXPECT_EQ(words(planned(look, {.overwrite_secrets = {"cafe"}})), "~ secret file cafe.env: DATABASE_URL\n");
  EXPECT_EQ(words(planned(look, {.overwrite_every_secret = true})), "~ secret file cafe.env: DATABASE_URL\n");
  EXPECT_NE(words(planned(look, {.overwrite_secrets = {"erp"}})), "~ secret file cafe.env: DATABASE_URL\n");
  const auto keys = keys_to_write(look, true);
  ASSERT_TRUE(keys);
  EXPECT_EQ(*keys, (std::map<std::string, secret>{{"DATABASE_URL", secret{right_url}}}));
  EXPECT_FALSE(keys_to_write(look, false));
}

TEST(place_plan, what_is_right_already_is_written_with_the_rest_and_stays_ours) {
  auto look = look_at({{"A", {secret{"1"}, ours}}, {"DATABASE_URL", {secret{old_url}, ours}}});
  look.sink.keys.push_back({.name = "A", .content = *parse_secret_template("redis.address").value});
  look.wanted.values["A"] = secret{"1"};
  const auto keys = keys_to_write(look, false);
  ASSERT_TRUE(keys);
  EXPECT_EQ(*keys, (std::map<std::string, secret>{{"A", secret{"1"}}, {"DATABASE_URL", secret{right_url}}}));
}

TEST(place_plan, what_cannot_be_said_just_now_stays) {
  auto look = look_at({{"A", {secret{"1"}, ours}}, {"DATABASE_URL", {secret{old_url}, ours}}});
  look.sink.keys.push_back({.name = "A", .content = *parse_secret_template("redis.password").value});
  look.wanted.problems.push_back({"A", "no source has the password of redis", {}});
  EXPECT_EQ(words(planned(look)),
            "~ secret file cafe.env: DATABASE_URL\n"
            "!! secret file cafe.env: A can't be written: no source has the password of redis\n");
  const auto keys = keys_to_write(look, false);
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->at("A"), secret{"1"});
}

TEST(place_plan, without_a_password_nothing_is_written_unless_this_plan_makes_one) {
  auto look = look_at({});
  look.knows_password = false;
  look.password.reset();
  look.wanted = {};
  EXPECT_EQ(words(planned(look)), "");
  plan with_role;
  with_role.steps.push_back({.what = steps::create_role{.role = {"cafe_user"}, .can_login = true}});
  plan_places(with_role, {look}, {});
  ASSERT_EQ(with_role.steps.size(), 2U);
  EXPECT_EQ(describe(with_role.steps[0]), "secret file cafe.env: DATABASE_URL");
  EXPECT_EQ(with_role.steps[0].scope, step_scope::place);
}

TEST(place_plan, another_managers_place_is_told_and_never_written) {
  for (const auto& one : std::vector<place_case>{
           {"right", {{"DATABASE_URL", {secret{right_url}}}}, ""},
           {"absent", {}, "! secret file cafe.env: DATABASE_URL is not there, and another manager writes it\n"},
           {"another password",
            {{"DATABASE_URL", {secret{old_url}}}},
            "! secret file cafe.env: DATABASE_URL is not what this service connects with; it holds another password, "
            "which doesn't log in\n",
            {{"DATABASE_URL", false}}}}) {
    auto look = look_at(one.values);
    look.sink.managed_by = secret_manager::external;
    look.logs_in = one.logs_in;
    EXPECT_EQ(words(planned(look, {.overwrite_every_secret = true})), one.want) << one.name;
    EXPECT_FALSE(keys_to_write(look, true)) << one.name;
  }
}

TEST(place_plan, a_place_that_cannot_be_read_fails_its_service) {
  auto look = look_at({});
  look.is = place_look::state::unreadable;
  look.problem = "it is a directory";
  EXPECT_EQ(words(planned(look)), "!! secret file cafe.env can't be read: it is a directory\n");
}

TEST(place_plan, no_value_gets_into_a_plan) {
  auto look = look_at({{"DATABASE_URL", {secret{old_url}, ours, true}}});
  const auto told = words(planned(look)) + words(planned(look, {.overwrite_every_secret = true}));
  for (const auto* word : {"4Rght", "3Fmr"}) EXPECT_EQ(told.find(word), std::string::npos) << told;
}

TEST(place_plan, only_the_services_that_are_asked_for) {
  EXPECT_EQ(words(planned(look_at({}), {.services = {"erp"}})), "");
}

}  // namespace
}  // namespace innkeeper
