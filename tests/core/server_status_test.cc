#include "core/server_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/estates.h"

namespace innkeeper {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

server_status status_of(const estate& all, const observed_server& observed) {
  const auto desired = derive_desired(all, all.servers.front());
  return derive_status(all, desired, observed, make_plan(desired, observed, {}, {}), {{{"cafe"}, 8'000'000}});
}

TEST(server_status, a_service_that_nobody_made_yet_is_not_there) {
  const estate all = test::estate_of({test::service("cafe")});
  const auto status = status_of(all, test::fresh_server(15, true));
  ASSERT_EQ(status.services.size(), 1U);
  EXPECT_FALSE(status.services.front().exists);
  EXPECT_GT(status.services.front().steps, 0);
  EXPECT_EQ(status.services.front().user, role_name{"cafe_user"});
  EXPECT_EQ(status.services.front().starts_as, role_name{"cafe_owner"});
  EXPECT_EQ(status.services.front().bytes, 8'000'000);
}

TEST(server_status, a_log_in_that_starts_as_itself_is_shown_so) {
  auto service = test::service("cafe");
  service.starts_as = starting_role::self;
  const auto status = status_of(test::estate_of({service}), test::fresh_server(15, true));
  EXPECT_EQ(status.services.front().starts_as, role_name{"cafe_user"});
}

TEST(server_status, sessions_are_counted_where_they_belong) {
  const estate all = test::estate_of({test::service("cafe"), test::service("erp")});
  auto observed = test::fresh_server(15, true);
  observed.sessions = {{{"cafe"}, {"cafe_user"}, 3}, {{"erp"}, {"cafe_user"}, 2}, {{"postgres"}, {"admin_user"}, 1}};
  const auto status = status_of(all, observed);
  EXPECT_EQ(status.connections, 6);
  EXPECT_EQ(status.services[0].connections, 3);
  EXPECT_EQ(status.services[1].connections, 0);
}

TEST(server_status, what_services_share_is_said_of_each_of_them) {
  auto order = test::service("order");
  auto payment = test::service("payment");
  payment.database = order.database;
  payment.user = order.user;
  auto review = test::service("review");
  review.database = order.database;
  review.schema.value = schema_name{"review"};
  const auto status = status_of(test::estate_of({order, payment, review}), test::fresh_server(15, true));
  EXPECT_THAT(status.services[0].shares_user_with, ElementsAre("payment"));
  EXPECT_THAT(status.services[0].shares_schema_with, ElementsAre("payment"));
  EXPECT_THAT(status.services[0].shares_database_with, ElementsAre("review"));
  EXPECT_THAT(status.services[2].shares_user_with, IsEmpty());
}

TEST(server_status, ours_and_not_declared_is_listed_and_a_strangers_is_not) {
  const estate all = test::estate_of({test::service("cafe")});
  auto observed = test::fresh_server(15, true);
  observed.roles.push_back({.name = {"old_user"}, .comment = mark_of("cafe-erp")});
  observed.roles.push_back({.name = {"their_user"}, .comment = mark_of("other")});
  observed.roles.push_back({.name = {"built_user"}, .comment = mark_of("")});
  observed.databases.push_back({.name = {"old"}, .comment = mark_of("cafe-erp")});
  EXPECT_THAT(status_of(all, observed).undeclared, ElementsAre("database old", "role old_user"));
}

TEST(server_status, says_whose_hand_changed_a_password) {
  const auto all = test::estate_of({test::service("cafe"), test::service("erp", 20)});
  plan left;
  left.attentions.push_back({.text = "another hand", .from = {"cafe", {}}, .topic = "password.server_drifted"});
  left.attentions.push_back({.text = "not about it", .from = {"cafe", {}}});
  const auto status =
      derive_status(all, derive_desired(all, all.servers.front()), test::fresh_server(15, true), left, {});
  EXPECT_EQ(status.services.at(0).passwords, std::vector<std::string>{"another hand"});
  EXPECT_TRUE(status.services.at(1).passwords.empty());
}

}  // namespace
}  // namespace innkeeper
