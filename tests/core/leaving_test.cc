// How a service leaves, step by step, on servers made by hand.
#include "core/leaving.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/mark.h"
#include "core/naming.h"
#include "core/step_sql.h"
#include "tests/core/estates.h"

namespace innkeeper {
namespace {

using test::estate_of;
using test::fresh_server;
using test::plan_for;
using test::service;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string now = "2026-11-21T16:00:00Z";

// What an apply leaves, as far as leaving looks at it.
observed_server provisioned(const estate& all, bool superuser = true, int major = 16) {
  auto server = fresh_server(major, superuser);
  const auto desired = derive_desired(all, all.servers.front());
  std::uint32_t oid = 20000;
  for (const auto& one : desired.roles) {
    server.roles.push_back({.name = one.name, .oid = oid++, .can_login = one.can_login, .comment = mark_of(all.name)});
    if (!superuser) server.memberships.push_back({one.name, {"admin_user"}, {"postgres"}, true, false, true});
  }
  for (const auto& one : desired.memberships) {
    server.memberships.push_back({one.role, one.member, {"admin_user"}, false, one.inherit, true});
  }
  for (const auto& one : desired.databases) {
    if (one.is_registry) continue;
    observed_database made{.name = one.name, .oid = oid++, .owner = {"admin_user"}, .comment = mark_of(all.name)};
    for (const auto& grant : one.grants)
      made.privileges.push_back({grant.grantee, grant.privileges, "", {"admin_user"}});
    made.settings.insert(one.settings.begin(), one.settings.end());
    server.databases.push_back(std::move(made));
  }
  std::map<std::pair<role_name, database_name>, parameters> settings;
  for (const auto& one : desired.role_settings) settings[{one.role, one.database}][one.name] = one.value;
  for (const auto& [key, values] : settings) server.role_settings.push_back({key.first, key.second, values});
  return server;
}

service_footprint footprint(const estate& all, const observed_server& server, const std::string& name) {
  for (auto& one : footprints_on(all, all.servers.front(), server)) {
    if (one.service == name) return one;
  }
  ADD_FAILURE() << "no footprint of " << name;
  return {};
}

std::vector<std::string> words(const leaving_plan& plan) {
  std::vector<std::string> all;
  for (const auto& one : plan.steps) all.push_back(describe(one));
  return all;
}

// Plays the steps that retiring takes on the observed server.
void play(const leaving_plan& plan, observed_server& server) {
  const auto database = [&](const database_name& name) {
    return std::ranges::find(server.databases, name, &observed_database::name);
  };
  for (const auto& one : plan.steps) {
    if (const auto* s = std::get_if<steps::comment_database>(&one.what)) database(s->database)->comment = s->mark;
    if (const auto* s = std::get_if<steps::revoke_on_database>(&one.what)) {
      std::erase_if(database(s->database)->privileges,
                    [&](const acl_item& item) { return item.grantee == s->grantee; });
    }
    if (const auto* s = std::get_if<steps::alter_role>(&one.what)) {
      std::ranges::find(server.roles, s->role, &observed_role::name)->can_login = s->attributes.front() == "LOGIN";
    }
    if (const auto* s = std::get_if<steps::revoke_role>(&one.what)) {
      std::erase_if(server.memberships,
                    [&](const observed_membership& row) { return row.role == s->role && row.member == s->member; });
    }
    if (const auto* s = std::get_if<steps::end_sessions>(&one.what)) {
      std::erase_if(server.sessions,
                    [&](const observed_sessions& row) { return row.role == s->role && row.database == s->database; });
    }
  }
}

TEST(retire, marks_first_then_closes_and_ends_sessions_last) {
  auto cafe = service("cafe");
  cafe.readers = {{"treasury", cafe.where, false}};
  const auto all = estate_of({cafe, service("treasury", 20)});
  auto server = provisioned(all);
  server.sessions = {{{"cafe"}, {"cafe_user"}, 2},
                     {{"cafe"}, {"treasury_user"}, 1},
                     {{"cafe"}, {"admin_user"}, 1},
                     {{"treasury"}, {"treasury_user"}, 1}};
  const auto plan = plan_retire(footprint(all, server, "cafe"), server, now);
  EXPECT_THAT(
      words(plan),
      ElementsAre("database cafe: mark: innkeeper estate=cafe-erp retired=cafe@" + now,
                  "database cafe: take CONNECT, TEMPORARY from cafe_access", "role cafe_user: NOLOGIN",
                  "role treasury_user: no longer a member of cafe_access, as admin_user granted it",
                  "role treasury_user: no longer a member of cafe_ro, as admin_user granted it",
                  "database cafe: end the sessions of cafe_user", "database cafe: end the sessions of treasury_user"));
  EXPECT_THAT(plan.attentions, IsEmpty());
}

TEST(retire, takes_a_membership_back_from_each_who_granted_it) {
  auto cafe = service("cafe");
  cafe.readers = {{"treasury", cafe.where, false}};
  const auto all = estate_of({cafe, service("treasury", 20)});
  for (const bool is_superuser : {true, false}) {
    auto server = provisioned(all, is_superuser);
    server.roles.push_back({.name = {"anna"}, .oid = 30000, .can_login = true, .comment = ""});
    server.memberships.push_back({{"cafe_ro"}, {"treasury_user"}, {"anna"}, true, true, true});
    const auto plan = plan_retire(footprint(all, server, "cafe"), server, now);
    std::vector<std::string> revoked;
    for (const auto& one : plan.steps) {
      if (std::holds_alternative<steps::revoke_role>(one.what)) revoked.push_back(shown_sql(one));
    }
    const std::string annas = "REVOKE \"cafe_ro\" FROM \"treasury_user\" GRANTED BY \"anna\" CASCADE;";
    EXPECT_THAT(revoked, Contains("REVOKE \"cafe_ro\" FROM \"treasury_user\" GRANTED BY \"admin_user\";"));
    if (is_superuser) {
      EXPECT_THAT(revoked, Contains(annas));
    } else {
      ASSERT_EQ(plan.attentions.size(), 1U);
      EXPECT_EQ(plan.attentions.front().statement, annas);
    }
  }
}

TEST(retire, has_nothing_to_do_a_second_time_and_keeps_the_first_date) {
  const auto all = estate_of({service("cafe")});
  auto server = provisioned(all);
  play(plan_retire(footprint(all, server, "cafe"), server, now), server);
  EXPECT_THAT(words(plan_retire(footprint(all, server, "cafe"), server, "2030-01-01T00:00:00Z")), IsEmpty());
  EXPECT_EQ(footprint(all, server, "cafe").retired_since, now);
}

TEST(retire, closes_one_database_to_a_log_in_that_other_services_use) {
  auto user = service("user");
  auto order = service("order", 20);
  user.user = order.user = {{"ecommerce_user"}, user.where, false};
  const auto all = estate_of({user, order});
  auto server = provisioned(all);
  server.sessions = {{{"order"}, {"ecommerce_user"}, 2}, {{"user"}, {"ecommerce_user"}, 2}};
  EXPECT_THAT(words(plan_retire(footprint(all, server, "order"), server, now)),
              ElementsAre("database order: mark: innkeeper estate=cafe-erp retired=order@" + now,
                          "database order: take CONNECT, TEMPORARY from order_access",
                          "role ecommerce_user: no longer a member of order_access, as admin_user granted it",
                          "role ecommerce_user: no longer a member of order_owner, as admin_user granted it",
                          "database order: end the sessions of ecommerce_user"));
  // When the last of them leaves, the log-in is closed.
  play(plan_retire(footprint(all, server, "order"), server, now), server);
  EXPECT_THAT(words(plan_retire(footprint(all, server, "user"), server, now)),
              testing::Contains("role ecommerce_user: NOLOGIN"));
}

estate shared_database() {
  auto user = service("user");
  auto order = service("order", 20);
  user.database = order.database = {{"platform"}, user.where, false};
  user.schema = {{"user"}, user.where, true};
  order.schema = {{"order"}, order.where, true};
  user.user = {{"user_user"}, user.where, true};
  order.user = {{"order_user"}, order.where, true};
  return estate_of({user, order});
}

TEST(retire, leaves_a_shared_database_open_to_those_who_stay) {
  const auto all = shared_database();
  auto server = provisioned(all);
  server.sessions = {{{"platform"}, {"order_user"}, 1}, {{"platform"}, {"user_user"}, 1}};
  EXPECT_THAT(words(plan_retire(footprint(all, server, "order"), server, now)),
              ElementsAre("database platform: mark: innkeeper estate=cafe-erp retired=order@" + now,
                          "role order_user: NOLOGIN", "database platform: end the sessions of order_user"));
}

TEST(retire, says_what_cannot_be_closed_where_all_is_shared_by_prefix) {
  auto user = service("user");
  auto order = service("order", 20);
  user.database = order.database = {{"platform"}, user.where, false};
  user.prefix = {"user_", user.where, false};
  order.prefix = {"order_", order.where, false};
  user.user = order.user = {{"platform_user"}, user.where, false};
  const auto all = estate_of({user, order});
  const auto server = provisioned(all);
  const auto plan = plan_retire(footprint(all, server, "order"), server, now);
  ASSERT_EQ(plan.problems.size(), 1U);
  EXPECT_EQ(plan.problems.front().message, "service \"order\" shares its schema and its log-in with user");
  EXPECT_THAT(plan.steps, IsEmpty());
}

TEST(retire, keeps_what_people_wrote_on_the_database) {
  const auto all = estate_of({service("cafe")});
  auto server = provisioned(all);
  server.databases.back().comment = "Anna's café";
  const auto plan = plan_retire(footprint(all, server, "cafe"), server, now);
  play(plan, server);
  EXPECT_EQ(server.databases.back().comment, "innkeeper estate=cafe-erp retired=cafe@" + now + "\nAnna's café");
  play(plan_revive(footprint(all, server, "cafe"), server), server);
  EXPECT_EQ(server.databases.back().comment, "Anna's café");
}

TEST(retire, refuses_another_estates_database_by_both_names) {
  const auto all = estate_of({service("cafe")});
  auto server = provisioned(all);
  server.databases.back().comment = mark_of("central");
  const auto plan = plan_retire(footprint(all, server, "cafe"), server, now);
  ASSERT_EQ(plan.problems.size(), 1U);
  EXPECT_EQ(plan.problems.front().message, "database \"cafe\" belongs to estate \"central\"");
  EXPECT_EQ(plan.problems.front().detail, "estate \"cafe-erp\" asks for it");
}

TEST(retire, gives_statements_to_ask_for_where_this_admin_may_not) {
  const auto all = estate_of({service("cafe")});
  auto server = provisioned(all, false);
  std::erase_if(server.memberships, [](const observed_membership& row) { return row.admin; });
  server.sessions = {{{"cafe"}, {"cafe_user"}, 2}};
  const auto plan = plan_retire(footprint(all, server, "cafe"), server, now);
  std::vector<std::string> statements;
  for (const auto& one : plan.attentions) statements.push_back(one.statement);
  EXPECT_THAT(statements, ElementsAre("ALTER ROLE \"cafe_user\" NOLOGIN;", HasSubstr("pg_terminate_backend(pid)")));
}

TEST(plan, leaves_a_retired_service_alone_and_says_how_to_bring_it_back) {
  const auto all = estate_of({service("cafe"), service("erp", 20)});
  auto server = provisioned(all);
  play(plan_retire(footprint(all, server, "cafe"), server, now), server);
  ASSERT_TRUE(has_retired(all, all.servers.front(), server));
  const auto present = with_retired(all, all.servers.front(), server);
  auto made = plan_for(present, server);
  for (const auto& one : made.steps) EXPECT_NE(one.from.service, "cafe") << describe(one);
  note_leftovers(made, all, all.servers.front(), server, {});
  ASSERT_EQ(made.attentions.back().text, "service \"cafe\" is retired since " + now);
  EXPECT_EQ(made.attentions.back().statement, "innkeeper service revive cafe");
  EXPECT_FALSE(made.leftovers.front().is_open);
  // Opened by another hand.
  std::ranges::find(server.roles, role_name{"cafe_user"}, &observed_role::name)->can_login = true;
  plan again;
  note_leftovers(again, all, all.servers.front(), server, {});
  EXPECT_THAT(again.attentions.back().text, HasSubstr("and not closed yet"));
  EXPECT_EQ(again.attentions.back().statement, "innkeeper service retire cafe");
}

TEST(leftovers, know_a_service_that_no_manifest_names_by_our_marks) {
  auto checkout = service("checkout", 20);
  checkout.database.value = {"ordersdb"};
  checkout.user.value = {"orderservice"};
  checkout.access = access_mode::readwrite;
  const auto before = estate_of({service("cafe"), checkout});
  const auto after = estate_of({service("cafe")});
  auto server = provisioned(before);
  const auto one = footprint(after, server, "checkout");
  EXPECT_FALSE(one.is_declared);
  EXPECT_EQ(one.database, database_name{"ordersdb"});
  EXPECT_EQ(one.schema, schema_name{"public"});
  EXPECT_THAT(one.log_ins, ElementsAre(role_name{"checkout_migrator"}, role_name{"orderservice"}));
  plan made;
  note_leftovers(made, after, after.servers.front(), server, {});
  ASSERT_EQ(made.leftovers.size(), 1U);
  EXPECT_EQ(made.leftovers.front().next, "innkeeper service retire checkout");
  EXPECT_THAT(made.attentions, IsEmpty());
  // The same service, found before and after its entry went, is closed by the same steps.
  EXPECT_EQ(words(plan_retire(one, server, now)),
            words(plan_retire(footprint(before, server, "checkout"), server, now)));
  EXPECT_FALSE(may_have_leftovers(derive_desired(before, before.servers.front()), server));
  EXPECT_TRUE(may_have_leftovers(derive_desired(after, after.servers.front()), server));
}

TEST(leftovers, are_named_by_the_registry_where_it_knows_better_and_the_object_is_still_the_same) {
  const auto before = estate_of({service("cafe")});
  const auto after = estate_of({});
  auto server = provisioned(before);
  auto& database = server.databases.back();
  database.comment = "people's words";
  EXPECT_THAT(footprints_on(after, after.servers.front(), server), IsEmpty());
  const auto owner = std::ranges::find(server.roles, role_name{"cafe_owner"}, &observed_role::name);
  const auto found = footprints_on(after, after.servers.front(), server,
                                   {{"database", database.oid, "kitchen"}, {"role", owner->oid, "kitchen"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().service, "kitchen");
  EXPECT_THAT(footprints_on(after, after.servers.front(), server, {{"database", 4711, "kitchen"}}), IsEmpty());
}

observed_server retired_and_undeclared(const estate& before, const std::string& name) {
  auto server = provisioned(before);
  play(plan_retire(footprint(before, server, name), server, now), server);
  return server;
}

leaving_plan prune(const estate& all, const observed_server& server, const std::string& name,
                   const std::vector<role_dependency>& dependencies = {}) {
  const auto every = footprints_on(all, all.servers.front(), server);
  return plan_prune(footprint(all, server, name), every, server, {.dependencies = dependencies});
}

TEST(prune, wants_a_service_out_of_the_manifest_and_retired) {
  const auto all = estate_of({service("cafe")});
  EXPECT_THAT(prune(all, provisioned(all), "cafe").problems.front().message, HasSubstr("is still declared"));
  EXPECT_THAT(prune(estate_of({}), provisioned(all), "cafe").problems.front().message, HasSubstr("is not retired"));
}

TEST(prune, marks_the_roles_then_drops_the_database_then_them) {
  const auto server = retired_and_undeclared(estate_of({service("cafe")}), "cafe");
  EXPECT_THAT(words(prune(estate_of({}), server, "cafe")),
              ElementsAre("role cafe_access: mark: innkeeper estate=cafe-erp pruned=cafe",
                          "role cafe_owner: mark: innkeeper estate=cafe-erp pruned=cafe",
                          "role cafe_rw: mark: innkeeper estate=cafe-erp pruned=cafe",
                          "role cafe_ro: mark: innkeeper estate=cafe-erp pruned=cafe",
                          "role cafe_user: mark: innkeeper estate=cafe-erp pruned=cafe",
                          "database cafe: drop, with all data in it", "role cafe_access: drop", "role cafe_owner: drop",
                          "role cafe_rw: drop", "role cafe_ro: drop", "role cafe_user: drop"));
}

TEST(prune, goes_on_where_a_run_was_cut_off_after_the_database_was_gone) {
  auto server = retired_and_undeclared(estate_of({service("cafe")}), "cafe");
  std::erase_if(server.databases, [](const auto& one) { return one.name == database_name{"cafe"}; });
  for (auto& one : server.roles) {
    if (one.name.value.starts_with("cafe_")) one.comment = "innkeeper estate=cafe-erp pruned=cafe";
  }
  std::erase_if(server.roles, [](const auto& one) { return one.name == role_name{"cafe_access"}; });
  const auto plan = prune(estate_of({}), server, "cafe");
  EXPECT_THAT(words(plan),
              ElementsAre("role cafe_owner: drop", "role cafe_rw: drop", "role cafe_ro: drop", "role cafe_user: drop"));
  EXPECT_FALSE(needs_dump(footprint(estate_of({}), server, "cafe"), server));
}

TEST(prune, hands_objects_elsewhere_to_who_lives_there_and_drops_none) {
  const auto all = estate_of({service("treasury", 20)});
  auto server = retired_and_undeclared(estate_of({service("cafe"), service("treasury", 20)}), "cafe");
  const auto plan =
      prune(all, server, "cafe",
            {{{"cafe_user"}, {"treasury"}, 3, 1}, {{"cafe_owner"}, {}, 0, 1}, {{"cafe_ro"}, {"cafe"}, 9, 9}});
  EXPECT_THAT(
      words(plan),
      testing::Contains("role cafe_user: in treasury 3 objects now owned by treasury_owner, its privileges dropped"));
  EXPECT_THAT(words(plan), testing::Contains("role cafe_user: drop"));
}

TEST(prune, keeps_a_role_whose_code_only_a_superuser_could_inherit) {
  auto server = retired_and_undeclared(estate_of({service("cafe")}), "cafe");
  const auto plan = prune(estate_of({}), server, "cafe", {{{"cafe_user"}, {"postgres"}, 1, 0}});
  EXPECT_THAT(words(plan), testing::Not(testing::Contains("role cafe_user: drop")));
  EXPECT_THAT(words(plan), testing::Contains("database cafe: drop, with all data in it"));
  EXPECT_THAT(plan.attentions.front().text,
              HasSubstr("role \"cafe_user\" stays: it owns 1 object in database \"postgres\""));
}

TEST(prune, drops_only_the_schema_where_others_live_in_the_database) {
  const auto both = shared_database();
  auto all = both;
  all.services.pop_back();
  const auto server = retired_and_undeclared(both, "order");
  const auto plan = prune(all, server, "order", {{{"order_owner"}, {"platform"}, 4, 2}});
  EXPECT_THAT(words(plan), testing::Contains("schema platform.order: drop, with all data in it"));
  EXPECT_THAT(words(plan), testing::Contains("role order_user: drop"));
  EXPECT_THAT(words(plan), testing::Not(testing::Contains("role platform_access: drop")));
  EXPECT_THAT(words(plan), testing::Not(testing::Contains("database platform: drop, with all data in it")));
}

TEST(prune, finishes_a_drop_that_was_cut_off_even_of_a_declared_service_and_keeps_its_roles) {
  const auto all = estate_of({service("cafe")});
  auto server = provisioned(all);
  server.databases.back().connection_limit = -2;
  EXPECT_THAT(words(prune(all, server, "cafe")), ElementsAre("database cafe: drop, with all data in it"));
  EXPECT_FALSE(needs_dump(footprint(all, server, "cafe"), server));
  server.databases.back().comment = "";
  EXPECT_THAT(prune(all, server, "cafe").problems.front().message, HasSubstr("has no mark of ours"));
}

TEST(prune, leaves_roles_that_people_made) {
  auto server = retired_and_undeclared(estate_of({service("cafe")}), "cafe");
  std::ranges::find(server.roles, role_name{"cafe_user"}, &observed_role::name)->comment = "made by Anna";
  const auto plan = prune(estate_of({}), server, "cafe");
  EXPECT_THAT(words(plan), testing::Not(testing::Contains("role cafe_user: drop")));
  EXPECT_THAT(plan.attentions.front().statement, "DROP ROLE \"cafe_user\";");
}

}  // namespace
}  // namespace innkeeper
