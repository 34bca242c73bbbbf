#include "core/log_in_pair.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/leaving.h"
#include "tests/core/estates.h"

namespace innkeeper {
namespace {

using state = rotation_state;

observed_role log_in(const std::string& name, bool is_open, const std::string& comment = "innkeeper estate=cafe-erp") {
  return {.name = {name}, .oid = 1, .can_login = is_open, .connection_limit = 20, .comment = comment};
}

log_in_pair pair_in(state reached, bool on_twin) {
  return {.log_in = {"cafe_user"},
          .twin = {"cafe_user_b"},
          .has_twin = true,
          .state = reached,
          .on_twin = on_twin,
          .is_known = true};
}

class pairs : public testing::Test {
 protected:
  log_in_pairs on_server() { return pairs_on(all_, all_.servers.front(), server_); }
  desired_server desired() { return derive_desired(all_, all_.servers.front(), on_server()); }
  static const desired_role* role(const desired_server& all, const std::string& name) {
    const auto found = std::ranges::find(all.roles, role_name{name}, &desired_role::name);
    return found == all.roles.end() ? nullptr : &*found;
  }
  static int limit(const desired_server& all) {
    return std::ranges::find(all.databases, database_name{"cafe"}, &desired_database::name)->connection_limit;
  }

  estate all_ = test::estate_of({test::service("cafe")});
  observed_server server_ = test::fresh_server(15, true);
};

TEST_F(pairs, are_none_where_nobody_ever_rotated) {
  server_.roles.push_back(log_in("cafe_user", true));
  EXPECT_TRUE(on_server().empty());
  EXPECT_EQ(role(desired(), "cafe_user_b"), nullptr);
  EXPECT_TRUE(role(desired(), "cafe_user")->can_login);
}

struct roles_row {
  bool log_in_is_open;
  bool twin_is_open;
  bool is_known;
  bool on_twin;
};

TEST_F(pairs, are_told_by_their_roles_where_the_registry_is_lost) {
  for (const auto& row : {roles_row{true, false, true, false}, roles_row{false, true, true, true},
                          roles_row{true, true, false, false}, roles_row{false, false, true, false}}) {
    server_.roles = {log_in("cafe_user", row.log_in_is_open), log_in("cafe_user_b", row.twin_is_open)};
    const auto found = on_server();
    ASSERT_EQ(found.size(), 1U);
    const auto& pair = found.begin()->second;
    EXPECT_EQ(pair.is_known, row.is_known);
    EXPECT_EQ(pair.on_twin, row.on_twin);
    EXPECT_EQ(pair.state, state::settled);
    const auto wanted = desired();
    if (row.log_in_is_open || row.twin_is_open) {
      EXPECT_EQ(role(wanted, "cafe_user")->can_login, row.log_in_is_open) << "nothing is closed or opened by a guess";
      EXPECT_EQ(role(wanted, "cafe_user_b")->can_login, row.twin_is_open);
    }
  }
}

TEST_F(pairs, of_other_hands_are_none_of_ours) {
  server_.roles = {log_in("cafe_user", true), log_in("cafe_user_b", true, "Anna's")};
  EXPECT_TRUE(on_server().empty());
  server_.roles.back().comment = "innkeeper estate=another";
  EXPECT_TRUE(on_server().empty());
}

TEST_F(pairs, have_the_same_rights_and_are_open_as_their_state_says) {
  for (const bool on_twin : {false, true}) {
    for (const auto& arrow : rotation_arrows()) {
      SCOPED_TRACE(to_string(arrow.from));
      server_.pairs = {pair_in(arrow.from, on_twin)};
      const auto wanted = desired();
      const auto* used = role(wanted, on_twin ? "cafe_user_b" : "cafe_user");
      const auto* other = role(wanted, on_twin ? "cafe_user" : "cafe_user_b");
      ASSERT_TRUE(used != nullptr && other != nullptr);
      EXPECT_TRUE(used->can_login);
      EXPECT_EQ(used->is_turning, arrow.from == state::renewing);
      EXPECT_EQ(other->can_login, is_other_open(arrow.from));
      EXPECT_TRUE(other->is_turning);
      EXPECT_EQ(used->connection_limit, other->connection_limit);
      EXPECT_EQ(used->settings, other->settings);
      EXPECT_EQ(limit(wanted), doubles_connections(arrow.from) ? 43 : 23);
      int of_used = 0;
      int of_other = 0;
      for (const auto& one : wanted.memberships) {
        of_used += one.member == used->name ? 1 : 0;
        of_other += one.member == other->name ? 1 : 0;
      }
      EXPECT_EQ(of_used, of_other);
      EXPECT_GT(of_used, 0);
    }
  }
}

TEST_F(pairs, without_their_twin_begin_anew) {
  auto gone = pair_in(state::opened, false);
  gone.has_twin = false;
  server_.pairs = {gone};
  EXPECT_EQ(on_server().begin()->second.state, state::begun);
  gone = pair_in(state::draining, true);
  gone.has_twin = false;
  server_.pairs = {gone};
  EXPECT_EQ(on_server().begin()->second.state, state::settled);
  EXPECT_EQ(on_server().begin()->second.used().value, "cafe_user") << "whoever dropped the one in use left this";
}

TEST_F(pairs, are_one_log_in_of_two_to_a_service_that_leaves) {
  server_.roles.push_back(log_in("cafe_user", false));
  server_.roles.push_back(log_in("cafe_user_b", true));
  server_.databases.push_back(
      {.name = {"cafe"}, .oid = 77, .owner = {"admin_user"}, .comment = "innkeeper estate=cafe-erp"});
  server_.pairs = {pair_in(state::settled, true)};
  const auto every = footprints_on(all_, all_.servers.front(), server_);
  EXPECT_EQ(every.front().log_ins, (std::vector<role_name>{{"cafe_user"}, {"cafe_user_b"}}));
  auto closed = server_;
  for (auto& one : closed.roles) one.can_login = one.can_login && one.name.value == "postgres";
  int opened = 0;
  for (const auto& one : plan_revive(every.front(), closed).steps) {
    const auto* change = std::get_if<steps::alter_role>(&one.what);
    if (change == nullptr) continue;
    ++opened;
    EXPECT_EQ(change->role.value, "cafe_user_b");
  }
  EXPECT_EQ(opened, 1);
}

TEST_F(pairs, that_are_under_way_are_told_and_settled_ones_are_not) {
  server_.roles = {log_in("cafe_user", true), log_in("cafe_user_b", true)};
  const auto told = [&](state reached) {
    server_.pairs = {pair_in(reached, true)};
    for (const auto& one : make_plan(desired(), server_, {}, {}).attentions) {
      if (one.topic == "rotation") return one.is_advice ? "advice" : "attention";
    }
    return "nothing";
  };
  EXPECT_STREQ(told(state::settled), "nothing");
  EXPECT_STREQ(told(state::draining), "advice");
  EXPECT_STREQ(told(state::closed), "attention");
  EXPECT_STREQ(told(state::flipping), "attention");
}

}  // namespace
}  // namespace innkeeper
