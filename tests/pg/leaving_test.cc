// Services that leave, on a real server: what is closed and what is kept. What is dropped: pruning_test.cc.
#include "exec/leaving.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/matrix_text.h"
#include "core/step_sql.h"
#include "exec/prove.h"
#include "exec/scratch_database.h"
#include "tests/pg/leaving_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(leaving, a_retired_service_is_closed_to_everybody_and_comes_back_as_it_was) {
  declare({cafe(), test::service("treasury", 20)});
  apply();
  as_service("cafe_user", "cafe").query("CREATE TABLE orders (id int); INSERT INTO orders VALUES (7)");
  auto inside = as_service("cafe_user", "cafe");
  auto reader = as_service("treasury_user", "cafe");
  retire("cafe");
  EXPECT_THROW(inside.query("SELECT 1"), pg::error);
  EXPECT_THROW(reader.query("SELECT 1"), pg::error);
  EXPECT_EQ(refusal("cafe_user", "cafe"), "28000");
  EXPECT_EQ(refusal("treasury_user", "cafe"), "42501");
  EXPECT_EQ(refusal("treasury_user", "treasury"), "open");
  EXPECT_EQ(ask("SELECT id FROM public.orders", "cafe"), "7");
  // Nothing brings it back but its own word.
  const auto plan = plan_now();
  for (const auto& one : plan.steps) ADD_FAILURE() << describe(one);
  EXPECT_TRUE(test::has_attention(plan, "service \"cafe\" is retired since "));
  apply();
  EXPECT_EQ(refusal("cafe_user", "cafe"), "28000");
  const auto proof = verify_server(all_, access_, {.prove = true}, quiet);
  EXPECT_EQ(proof.leaks, 0) << findings_text(proof, {});
  EXPECT_EQ(proof.failed, 0);
  EXPECT_EQ(go(leaving_kind::retire, "cafe").steps, 0);
  EXPECT_GT(go(leaving_kind::revive, "cafe").steps, 0);
  apply();
  EXPECT_EQ(as_service("cafe_user", "cafe").query("SELECT id FROM orders").text(0, 0), "7");
  EXPECT_EQ(as_service("treasury_user", "cafe").query("SELECT id FROM orders").text(0, 0), "7");
  EXPECT_TRUE(plan_now().empty());
  EXPECT_THAT(plan_now().attentions, IsEmpty());
}

TEST_F(leaving, a_shared_log_in_keeps_its_other_databases) {
  auto user = test::service("user");
  auto order = test::service("order", 20);
  user.user = order.user = {{"ecommerce_user"}, user.where, false};
  declare({user, order});
  apply();
  auto inside = as_service("ecommerce_user", "order");
  auto elsewhere = as_service("ecommerce_user", "user");
  retire("order");
  EXPECT_THROW(inside.query("SELECT 1"), pg::error);
  elsewhere.query("SELECT 1");
  EXPECT_EQ(refusal("ecommerce_user", "order"), "42501");
  apply();  // its limit counts one service less
  EXPECT_TRUE(plan_now().empty());
  EXPECT_EQ(refusal("ecommerce_user", "order"), "42501");
  (void)go(leaving_kind::revive, "order");
  apply();
  EXPECT_EQ(refusal("ecommerce_user", "order"), "open");
}

TEST_F(leaving, retiring_is_completed_wherever_it_was_killed) {
  declare({cafe(), test::service("treasury", 20)});
  std::string expected;
  for (int point = -1;; ++point) {
    apply();
    auto inside = as_service("cafe_user", "cafe");
    const bool died = point >= 0 && go_and_die_at(leaving_kind::retire, "cafe", point);
    apply();  // must not open again what is half closed
    retire("cafe");
    std::string state = roles() + "\n" + ask("SELECT datacl::text FROM pg_database WHERE datname = 'cafe'") + "\n" +
                        ask("SELECT m.roleid::regrole || ' ' || m.member::regrole FROM pg_auth_members m ORDER BY 1") +
                        "\n" + refusal("cafe_user", "cafe") + refusal("treasury_user", "cafe");
    EXPECT_THROW(inside.query("SELECT 1"), pg::error) << "killed at " << point;
    EXPECT_FALSE(plan_now().leftovers.front().is_open);
    if (point == -1) expected = state;
    EXPECT_EQ(state, expected) << "killed at " << point;
    if (point >= 0 && !died) {
      EXPECT_GT(point, 4);
      break;
    }
    (void)go(leaving_kind::revive, "cafe");
  }
}

TEST_F(leaving, a_database_left_by_a_cut_off_drop_is_named_and_dropped_only_when_asked_for) {
  declare({cafe(), test::service("treasury", 20)});
  apply();
  admin().query("UPDATE pg_catalog.pg_database SET datconnlimit = -2 WHERE datname = 'cafe'");
  const auto report = apply_server(all_, access_, {}, quiet);
  EXPECT_EQ(report.failed, 1);
  ASSERT_TRUE(test::has_attention(report.left, "left behind by a DROP DATABASE that was cut off"));
  EXPECT_EQ(ask("SELECT datconnlimit FROM pg_database WHERE datname = 'cafe'"), "-2");
  const auto pruned = go(leaving_kind::prune, "cafe");
  EXPECT_THAT(pruned.problems, IsEmpty());
  EXPECT_TRUE(pruned.dump.empty());
  EXPECT_EQ(databases(), "innkeeper postgres treasury");
  apply();
  EXPECT_EQ(refusal("cafe_user", "cafe"), "open");
}

TEST_F(leaving, what_a_killed_trial_left_is_swept_and_peoples_databases_are_not) {
  declare({test::service("treasury")});
  apply();
  admin().query("CREATE ROLE innkeeper_scratch_a; COMMENT ON ROLE innkeeper_scratch_a IS 'innkeeper scratch';");
  admin().query("CREATE DATABASE innkeeper_scratch_a ALLOW_CONNECTIONS false");
  admin().query("CREATE ROLE innkeeper_scratch_b; COMMENT ON ROLE innkeeper_scratch_b IS 'Anna''s';");
  admin().query("CREATE DATABASE innkeeper_scratch_c");
  remove_left_scratch(access_);
  EXPECT_EQ(databases(), "innkeeper innkeeper_scratch_c postgres treasury");
  EXPECT_THAT(roles(), HasSubstr("innkeeper_scratch_b"));
  EXPECT_THAT(roles(), Not(HasSubstr("innkeeper_scratch_a")));
}
}  // namespace
}  // namespace innkeeper::exec
