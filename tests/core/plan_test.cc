#include "core/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/step_sql.h"
#include "tests/core/estates.h"

namespace innkeeper {
namespace {

using test::estate_of;
using test::fresh_server;
using test::has_attention;
using test::has_step;
using test::plan_for;
using test::service;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> descriptions(const plan& made) {
  std::vector<std::string> all;
  for (const auto& one : made.steps) all.push_back(describe(one));
  return all;
}

TEST(plan, spells_out_the_role_model_of_one_service) {
  const auto made = plan_for(estate_of({service("cafe")}), fresh_server(16, true));
  EXPECT_TRUE(made.attentions.empty());
  for (const auto* expected :
       {"role cafe_access: create, a group", "role cafe_owner: create, a group",
        "role cafe_user: create, a log-in with at most 20 connections, password generated",
        "role cafe_user: member of cafe_access", "role cafe_user: member of cafe_owner, by SET ROLE",
        "database cafe: create, closed, at most 23 connections", "database cafe: close to PUBLIC",
        "database cafe: CONNECT, TEMPORARY to cafe_access", "role cafe_user: starts in cafe as cafe_owner",
        "database cafe: search_path = \"public\", \"extensions\", \"pg_temp\"", "schema cafe.public: owner cafe_owner",
        "schema cafe.public: USAGE to cafe_ro", "schema cafe.extensions: create, owner the admin",
        "database cafe: future functions of cafe_owner: EXECUTE taken from PUBLIC",
        "schema cafe.public: future tables of cafe_owner: SELECT, INSERT, UPDATE, DELETE to cafe_rw",
        "database innkeeper: create the registry and the audit trail", "database postgres: close to PUBLIC",
        "database template1: close to PUBLIC"}) {
    EXPECT_TRUE(has_step(made, expected)) << expected << "\n" << testing::PrintToString(descriptions(made));
  }
}

TEST(plan, closes_a_new_database_before_it_opens_it) {
  const auto made = plan_for(estate_of({service("cafe")}), fresh_server(15, true));
  const auto all = descriptions(made);
  const auto at = [&](const std::string& text) { return std::ranges::find(all, text) - all.begin(); };
  EXPECT_LT(at("database cafe: create, closed, at most 23 connections"), at("database cafe: close to PUBLIC"));
  EXPECT_LT(at("database cafe: close to PUBLIC"), at("database cafe: open to its own log-ins"));
  EXPECT_LT(at("database cafe: CONNECT, TEMPORARY to cafe_access"), at("database cafe: open to its own log-ins"));
  // The maintenance databases are closed last, when those who need them hold CONNECT.
  EXPECT_EQ(all.back(), "database template1: close to PUBLIC");
}

TEST(plan, does_not_depend_on_the_order_of_what_was_observed) {
  auto all = estate_of({service("cafe"), service("erp", 20)});
  auto server = fresh_server(15, true);
  server.roles.push_back({.name = {"cafe_access"}, .oid = 20000});
  server.roles.push_back({.name = {"erp_access"}, .oid = 20001});
  const auto expected = plan_for(all, server);
  std::minstd_rand random{7};
  for (int i = 0; i < 20; ++i) {
    std::ranges::shuffle(server.roles, random);
    std::ranges::shuffle(server.databases, random);
    EXPECT_EQ(plan_for(all, server), expected);
  }
}

TEST(plan, narrows_to_the_services_asked_for) {
  const auto all = estate_of({service("cafe"), service("erp", 20)});
  const auto made = plan_for(all, fresh_server(15, true), {}, {.services = {"erp"}});
  EXPECT_TRUE(has_step(made, "role erp_owner: create, a group"));
  EXPECT_FALSE(has_step(made, "role cafe_owner: create, a group"));
}

TEST(plan, shares_one_log_in_over_several_databases_when_declared) {
  auto user = service("user");
  auto order = service("order", 20);
  user.user = order.user = {{"ecommerce_user"}, user.where, false};
  const auto made = plan_for(estate_of({user, order}), fresh_server(15, true));
  EXPECT_TRUE(has_step(made, "role ecommerce_user: create, a log-in with at most 40 connections, password generated"));
  EXPECT_TRUE(has_step(made, "role ecommerce_user: starts in user as user_owner"));
  EXPECT_TRUE(has_step(made, "role ecommerce_user: starts in order as order_owner"));
}

TEST(plan, gives_services_of_one_database_a_schema_each) {
  auto user = service("user");
  auto order = service("order", 20);
  user.database = order.database = {{"oxygen_platform"}, user.where, false};
  user.schema = {{"user"}, user.where, true};
  order.schema = {{"order"}, order.where, true};
  const auto made = plan_for(estate_of({user, order}), fresh_server(15, true));
  EXPECT_TRUE(has_step(made, "schema oxygen_platform.user: create, owner user_owner"));
  EXPECT_TRUE(
      has_step(made, "role order_user: in oxygen_platform with search_path = \"order\", \"extensions\", \"pg_temp\""));
  EXPECT_TRUE(has_step(made, "schema oxygen_platform.public: take USAGE from PUBLIC"));
  EXPECT_TRUE(has_step(made, "database oxygen_platform: create, closed, at most 43 connections"));
}

TEST(plan, gives_services_that_share_by_prefix_one_owner) {
  auto user = service("user");
  auto order = service("order", 20);
  user.database = order.database = {{"oxygen_platform"}, user.where, false};
  user.prefix = {"user_", user.where, false};
  order.prefix = {"order_", order.where, false};
  user.user = order.user = {{"flow_user"}, user.where, false};
  const auto made = plan_for(estate_of({user, order}), fresh_server(15, true));
  EXPECT_TRUE(has_step(made, "role flow_user: starts in oxygen_platform as oxygen_platform_owner"));
  EXPECT_TRUE(has_step(made, "schema oxygen_platform.public: owner oxygen_platform_owner"));
}

TEST(plan, lets_a_declared_reader_start_as_the_read_only_role) {
  auto cafe = service("cafe");
  cafe.readers = {{"treasury", cafe.where, false}};
  const auto made = plan_for(estate_of({cafe, service("treasury", 20)}), fresh_server(16, true));
  EXPECT_TRUE(has_step(made, "role treasury_user: member of cafe_access"));
  EXPECT_TRUE(has_step(made, "role treasury_user: member of cafe_ro, by SET ROLE"));
  EXPECT_TRUE(has_step(made, "role treasury_user: starts in cafe as cafe_ro"));
}

TEST(plan, splits_readwrite_services_into_an_application_and_a_migrator) {
  auto checkout = service("checkout");
  checkout.access = access_mode::readwrite;
  const auto made = plan_for(estate_of({checkout}), fresh_server(16, true));
  EXPECT_TRUE(has_step(made, "role checkout_user: starts in checkout as checkout_rw"));
  EXPECT_TRUE(has_step(made, "role checkout_migrator: starts in checkout as checkout_owner"));
  EXPECT_FALSE(has_step(made, "role checkout_user: member of checkout_owner, by SET ROLE"));
}

TEST(plan, refuses_what_carries_another_estates_mark) {
  auto server = fresh_server(15, true);
  auto theirs = server.databases.front();
  theirs.name = {"cafe"};
  theirs.comment = mark_of("other-estate");
  server.databases.push_back(theirs);
  const auto made = plan_for(estate_of({service("cafe")}), server);
  ASSERT_EQ(made.problems.size(), 1U);
  EXPECT_EQ(made.problems[0].message, "database \"cafe\" belongs to estate \"other-estate\"");
  EXPECT_TRUE(made.empty());
}

TEST(plan, takes_over_what_service_create_made) {
  auto server = fresh_server(15, true);
  server.roles.push_back({.name = {"cafe_access"}, .oid = 20000, .comment = mark_of("")});
  EXPECT_TRUE(
      has_step(plan_for(estate_of({service("cafe")}), server), "role cafe_access: mark: innkeeper estate=cafe-erp"));
}

TEST(plan, leaves_to_an_estate_what_service_create_asks_for_again) {
  auto server = fresh_server(15, true);
  auto theirs = server.databases.front();
  theirs.name = {"cafe"};
  theirs.comment = mark_of("central");
  server.databases.push_back(theirs);
  auto all = estate_of({service("cafe")});
  all.name.clear();
  const auto made = plan_for(all, server);
  EXPECT_TRUE(made.problems.empty());
  EXPECT_TRUE(made.empty());
  EXPECT_TRUE(has_attention(made, "database \"cafe\" is declared by estate \"central\""));
}

TEST(plan, takes_powers_from_a_log_in_and_names_only_what_differs) {
  auto server = fresh_server(15, true);
  server.roles.push_back({.name = {"cafe_user"},
                          .oid = 20000,
                          .can_login = true,
                          .superuser = true,
                          .createdb = true,
                          .connection_limit = 20,
                          .verifier = secret{"SCRAM"}});
  known_secrets secrets;
  secrets[{"cafe_user"}] = {.is = known_secret::state::present, .verifier = secret{"SCRAM"}};
  EXPECT_TRUE(
      has_step(plan_for(estate_of({service("cafe")}), server, secrets), "role cafe_user: NOSUPERUSER NOCREATEDB"));
}

TEST(plan, takes_a_service_out_of_predefined_roles) {
  auto server = fresh_server(15, true);
  server.roles.push_back({.name = {"cafe_user"}, .oid = 20000, .can_login = true, .connection_limit = 20});
  server.memberships.push_back({{"pg_read_all_data"}, {"cafe_user"}, {"postgres"}});
  EXPECT_TRUE(has_step(plan_for(estate_of({service("cafe")}), server),
                       "role cafe_user: no longer a member of pg_read_all_data"));
}

struct password_case {
  std::string name;
  fact<secret> on_server;
  known_secret here;
  bool reset_asked = false;
  bool sets = false;
  std::string attention;
};

TEST(plan, takes_services_out_of_what_another_one_left_behind) {
  auto all = estate_of({service("cafe")});
  auto server = fresh_server(16, true);
  const std::string mark = mark_of(all.name);
  for (const auto* name : {"cafe_user", "cafe_owner", "erp_ro", "erp_access"}) {
    server.roles.push_back({.name = {name}, .can_login = name == std::string{"cafe_user"}, .comment = mark});
  }
  server.memberships = {{{"erp_ro"}, {"cafe_user"}, {"admin_user"}}, {{"erp_access"}, {"erp_ro"}, {"admin_user"}}};
  observed_database erp{.name = {"erp"}, .owner = {"admin_user"}, .comment = mark};
  erp.privileges = {{{"cafe_owner"}, "C", "", {"admin_user"}}, {{"erp_access"}, "c", "", {"admin_user"}}};
  server.databases.push_back(std::move(erp));
  const auto made = plan_for(all, server);
  EXPECT_TRUE(has_step(made, "role cafe_user: no longer a member of erp_ro, as admin_user granted it"));
  EXPECT_TRUE(has_step(made, "database erp: take CREATE from cafe_owner"));
  EXPECT_FALSE(has_step(made, "role erp_ro: no longer a member of erp_access, as admin_user granted it"));
  EXPECT_FALSE(has_step(made, "database erp: take CONNECT from erp_access"));
  // Opened by another hand since.
  auto opened = server;
  opened.databases.back().is_template = true;
  opened.databases.back().owner = {"cafe_owner"};
  opened.databases.back().privileges = {{{}, "Tc", "", {"cafe_owner"}}};
  const auto closing = plan_for(all, opened);
  EXPECT_TRUE(has_step(closing, "database erp: close to PUBLIC")) << testing::PrintToString(descriptions(closing));
  EXPECT_TRUE(std::ranges::any_of(closing.steps, [](const step& one) {
    const auto* change = std::get_if<steps::alter_database>(&one.what);
    return change != nullptr && change->database.value == "erp" && change->owner == role_name{"admin_user"};
  }));
  EXPECT_TRUE(std::ranges::any_of(closing.steps, [](const step& one) {
    const auto* change = std::get_if<steps::alter_database>(&one.what);
    return change != nullptr && change->database.value == "erp" && change->is_template == false;
  }));
  // Only looked at, it is left as it is.
  all.services.push_back(service("erp", 20));
  all.services.back().mode = management_mode::observe;
  const auto observing = plan_for(all, server);
  EXPECT_FALSE(has_step(observing, "role cafe_user: no longer a member of erp_ro, as admin_user granted it"));
  EXPECT_FALSE(has_step(observing, "database erp: take CREATE from cafe_owner"));
}

TEST(plan, sets_a_password_where_there_is_none_and_changes_one_only_when_asked) {
  const secret ours{"SCRAM-SHA-256$ours"};
  const secret theirs{"SCRAM-SHA-256$theirs"};
  const known_secret absent;
  const known_secret present{.is = known_secret::state::present, .verifier = ours};
  const known_secret unreadable{.is = known_secret::state::unreadable, .problem = "permission denied"};
  known_secret refused = present;
  refused.log_in_works = false;
  known_secret works = present;
  works.log_in_works = true;
  const std::vector<password_case> cases{
      {"same verifier", ours, present},
      {"no password on the server", absent_fact{}, present, false, true},
      {"none anywhere", absent_fact{}, absent, false, true},
      {"another hand changed the server", theirs, present, false, false, "is not the one kept here"},
      {"another hand, reset asked for", theirs, present, true, true},
      {"our copy is lost", theirs, absent, false, false, "not known here"},
      {"our copy is lost, reset asked for", theirs, absent, true, true},
      {"unreadable is not empty", absent_fact{}, unreadable, true, false, "can't be read: permission denied"},
      {"plain admin, log-in works", unknown_fact{}, works},
      {"plain admin, log-in refused", unknown_fact{}, refused, false, false, "is not the one kept here"},
      {"plain admin, not tried", unknown_fact{}, present},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    auto server = fresh_server(15, true);
    server.roles.push_back(
        {.name = {"cafe_user"}, .oid = 20000, .can_login = true, .connection_limit = 20, .verifier = one.on_server});
    const auto made = plan_for(estate_of({service("cafe")}), server, {{{"cafe_user"}, one.here}},
                               {.reset_every_password = one.reset_asked});
    EXPECT_EQ(has_step(made, "role cafe_user: set password"), one.sets);
    EXPECT_EQ(has_attention(made, "password"), !one.attention.empty());
    EXPECT_TRUE(has_attention(made, one.attention) || one.attention.empty());
  }
}

TEST(plan, leaves_a_service_alone_whose_secret_cannot_be_read) {
  const auto all = estate_of({service("cafe"), service("erp", 20)});
  const auto made = plan_for(all, fresh_server(15, true),
                             {{{"cafe_user"}, {.is = known_secret::state::unreadable, .problem = "mode 0644"}}});
  EXPECT_TRUE(has_step(made, "database erp: create, closed, at most 23 connections"));
  EXPECT_TRUE(has_step(made, "schema erp.extensions: create, owner the admin"));
  for (const auto& one : made.steps) {
    EXPECT_NE(one.database.value, "cafe") << describe(one);
    EXPECT_NE(one.from.service, "cafe") << describe(one);
  }
}

TEST(plan, asks_for_a_package_where_an_extension_is_missing) {
  auto cafe = service("cafe");
  cafe.extensions = {{{"pgcrypto"}, "", false, cafe.where}, {{"nonsense"}, "", true, cafe.where}};
  const auto made = plan_for(estate_of({cafe}), fresh_server(15, true));
  EXPECT_TRUE(has_step(made, "extension cafe.pgcrypto: create"));
  ASSERT_TRUE(has_attention(made, "optional extension \"nonsense\" is not available"));
  EXPECT_FALSE(made.attentions.back().fails_service);
}

TEST(plan, tells_a_database_that_a_cut_off_drop_left_behind) {
  auto server = fresh_server(15, true);
  auto half = server.databases.front();
  half.name = {"cafe"};
  half.connection_limit = -2;
  server.databases.push_back(half);
  const auto made = plan_for(estate_of({service("cafe")}), server);
  ASSERT_TRUE(has_attention(made, "left behind by a DROP DATABASE"));
  for (const auto& one : made.steps) EXPECT_FALSE(one.database.value == "cafe");
}

TEST(plan, reports_settings_that_wait_for_a_restart) {
  auto all = estate_of({});
  all.servers[0].settings["max_connections"] = {"200", {"innkeeper.yaml", 8, 5}, false};
  auto server = fresh_server(15, true);
  server.parameters_of_server.push_back(
      {.name = "max_connections", .value = "100", .type = "integer", .context = "postmaster"});
  EXPECT_TRUE(
      has_step(plan_for(all, server), "setting max_connections: set to 200, takes effect when the server restarts"));
  server.parameters_of_server[0].in_file = std::string{"200"};
  const auto made = plan_for(all, server);
  EXPECT_TRUE(has_attention(made, "takes effect when the server restarts"));
  server.parameters_of_server[0].value = "200";
  EXPECT_FALSE(has_attention(plan_for(all, server), "restart"));
}

TEST(plan, ends_sessions_of_another_service_and_only_shows_strangers) {
  auto server = fresh_server(15, true);
  server.roles.push_back({.name = {"erp_user"}, .oid = 1, .can_login = true, .connection_limit = 20});
  server.roles.push_back({.name = {"stranger"}, .oid = 2, .can_login = true});
  server.sessions = {{{"cafe"}, {"erp_user"}, 2}, {{"cafe"}, {"stranger"}, 1}, {{"cafe"}, {"cafe_user"}, 3}};
  const auto made = plan_for(estate_of({service("cafe"), service("erp", 20)}), server);
  EXPECT_TRUE(has_step(made, "database cafe: end the sessions of erp_user"));
  EXPECT_TRUE(has_attention(made, "role \"stranger\" has 1 session in database \"cafe\""));
}

TEST(plan, warns_who_loses_a_maintenance_database_that_it_closes) {
  auto server = fresh_server(15, true);
  server.roles.push_back({.name = {"exporter"}, .oid = 2, .can_login = true});
  server.sessions = {{{"postgres"}, {"exporter"}, 1}, {{"postgres"}, {"admin_user"}, 1}};
  const auto made = plan_for(estate_of({service("cafe")}), server);
  ASSERT_EQ(made.attentions.size(), 1U);
  EXPECT_EQ(made.attentions[0].statement, "GRANT CONNECT ON DATABASE \"postgres\" TO \"exporter\";");
}

// One row a rule: what happens as superuser and as plain admin, on each side of the majors that differ.
enum class outcome { step, attention, nothing };

struct capability_case {
  std::string rule;
  std::string subject;    // part of the step's description or of the attention's text
  outcome superuser_old;  // 13, 14
  outcome superuser_new;  // 15 and newer
  outcome plain_old;      // 13, 14
  outcome plain_15;
  outcome plain_16;  // 16 and newer
};

TEST(plan, does_what_this_server_and_admin_allow_and_tells_the_rest) {
  constexpr auto step = outcome::step;
  constexpr auto tell = outcome::attention;
  constexpr auto none = outcome::nothing;
  const std::vector<capability_case> cases{
      {"settings", "setting work_mem", step, step, tell, tell, tell},
      {"create a database", "database cafe: create, closed", step, step, step, step, step},
      {"create a role", "role cafe_owner: create", step, step, step, step, step},
      {"close postgres", "database postgres: close|database \"postgres\" is open", step, step, tell, tell, tell},
      {"close template1", "database template1: close|database \"template1\" is open", step, step, tell, tell, tell},
      {"close public", "schema cafe.public: take|schema \"public\" of database \"cafe\" gives", step, step, tell, step,
       step},
      {"give public away", "schema cafe.public: owner|schema \"public\" of database \"cafe\" belongs", step, step, tell,
       step, step},
      {"trusted extension", "extension cafe.pgcrypto: create", step, step, step, step, step},
      {"untrusted extension", "extension cafe.postgis: create|extension \"postgis\" in database", step, step, tell,
       tell, tell},
      {"membership by SET ROLE only", "member of cafe_owner, by SET ROLE", none, none, none, none, step},
      {"admin joins no role for good", "role admin_user: member of", none, none, none, none, none},
      {"alter a role of somebody else", "role erp_user: connection limit|role \"erp_user\" is not as declared", step,
       step, step, step, tell},
      {"take SUPERUSER away", "role big_user: NOSUPERUSER|role \"big_user\" is not as declared", step, step, tell, tell,
       tell},
      {"own a database of somebody else", "database taken: owner|database \"taken\" belongs to", step, step, tell, tell,
       tell},
      {"end foreign sessions", "database cafe: end the sessions|role \"erp_user\" has 1 session", step, step, step,
       step, tell},
      {"leave a predefined role", "role erp_user: no longer|role \"erp_user\" is a member of \"pg_monitor\"", step,
       step, step, step, tell},
  };
  auto cafe = service("cafe");
  cafe.extensions = {{{"pgcrypto"}, "", false, cafe.where}, {{"postgis"}, "", false, cafe.where}};
  auto big = service("big", 30);
  auto taken = service("taken", 40);
  auto all = estate_of({cafe, service("erp", 20), big, taken});
  all.servers[0].settings["work_mem"] = {"8MB", {}, false};
  for (const int major : {13, 14, 15, 16, 17, 18}) {
    for (const bool superuser : {true, false}) {
      auto server = fresh_server(major, superuser);
      server.parameters_of_server.push_back(
          {.name = "work_mem", .value = "4096", .unit = "kB", .type = "integer", .context = "user"});
      server.roles.push_back({.name = {"erp_user"}, .oid = 1, .can_login = true, .connection_limit = 5});
      server.roles.push_back(
          {.name = {"big_user"}, .oid = 2, .can_login = true, .superuser = true, .connection_limit = 20});
      server.roles.push_back({.name = {"app_dev"}, .oid = 3, .can_login = true});
      server.memberships.push_back({{"pg_monitor"}, {"erp_user"}, {"postgres"}});
      server.sessions = {{{"cafe"}, {"erp_user"}, 1}};
      auto of_somebody = server.databases.front();
      of_somebody.name = {"taken"};
      of_somebody.owner = {"app_dev"};
      of_somebody.contents = database_contents{};
      server.databases.push_back(of_somebody);
      const auto made = plan_for(all, server);
      for (const auto& one : cases) {
        SCOPED_TRACE(testing::Message() << one.rule << " on " << major
                                        << (superuser ? " as superuser" : " as plain admin"));
        const outcome expected = superuser     ? (major < 15 ? one.superuser_old : one.superuser_new)
                                 : major < 15  ? one.plain_old
                                 : major == 15 ? one.plain_15
                                               : one.plain_16;
        const auto bar = one.subject.find('|');
        const auto as_step = one.subject.substr(0, bar);
        const auto as_attention = bar == std::string::npos ? one.subject : one.subject.substr(bar + 1);
        const bool is_step = std::ranges::any_of(
            made.steps, [&](const auto& s) { return describe(s).find(as_step) != std::string::npos; });
        // "by SET ROLE" exists as words only where the server knows the difference.
        const outcome seen = is_step                             ? outcome::step
                             : has_attention(made, as_attention) ? outcome::attention
                                                                 : outcome::nothing;
        const bool only_on_16 = one.rule == "membership by SET ROLE only";
        EXPECT_EQ(seen, only_on_16 ? (major >= 16 ? outcome::step : outcome::nothing) : expected);
      }
    }
  }
}

TEST(plan, refuses_servers_that_are_too_old_or_in_recovery) {
  EXPECT_THAT(plan_for(estate_of({}), fresh_server(12, true)).problems.at(0).message, HasSubstr("PostgreSQL 12"));
  auto standby = fresh_server(15, true);
  standby.can.is_writable = false;
  EXPECT_THAT(plan_for(estate_of({}), standby).problems.at(0).message, HasSubstr("standby"));
}

TEST(plan, advises_to_leave_a_major_that_gets_no_more_fixes_and_plans_for_it_all_the_same) {
  const auto made = plan_for(estate_of({service("cafe")}), fresh_server(13, true));
  ASSERT_EQ(made.problems.size(), 1U);
  EXPECT_FALSE(has_errors(made.problems));
  EXPECT_EQ(made.problems[0].message, "server \"shared\" is PostgreSQL 13, which gets no more fixes");
  EXPECT_EQ(made.problems[0].detail, "its last release was on 2025-11-13");
  EXPECT_FALSE(made.empty());
  EXPECT_THAT(made.attentions, testing::IsEmpty());
  EXPECT_THAT(plan_for(estate_of({service("cafe")}), fresh_server(18, true)).problems, testing::IsEmpty());
}

TEST(plan, never_shows_a_verifier_in_text_or_script) {
  const auto made = plan_for(estate_of({service("cafe")}), fresh_server(15, true));
  for (const auto& one : made.steps) {
    if (needs_secret_of(one).empty()) continue;
    EXPECT_THAT(to_sql(one, secret{"SCRAM-SHA-256$x"}), HasSubstr("SCRAM-SHA-256$x"));
    EXPECT_THAT(shown_sql(one), Not(HasSubstr("SCRAM")));
    EXPECT_THAT(shown_sql(one), HasSubstr("'********'"));
  }
  EXPECT_THAT(to_script(made), HasSubstr("\\password \"cafe_user\""));
}

TEST(plan, of_one_service_leaves_a_reader_that_does_not_exist_yet_to_a_later_run) {
  auto cafe = service("cafe");
  cafe.readers = {{"treasury", cafe.where, false}};
  const auto all = estate_of({cafe, service("treasury", 20)});
  const auto lets_in = [](const plan& made) {
    return std::ranges::any_of(made.steps,
                               [](const step& one) { return describe(one).starts_with("role treasury_user"); });
  };
  auto server = fresh_server(15, true);
  EXPECT_FALSE(lets_in(plan_for(all, server, {}, {.services = {"cafe"}})));
  EXPECT_TRUE(lets_in(plan_for(all, server)));
  server.roles.push_back({.name = {"treasury_user"}, .oid = 16400, .can_login = true});
  EXPECT_TRUE(lets_in(plan_for(all, server, {}, {.services = {"cafe"}})));
}

}  // namespace
}  // namespace innkeeper
