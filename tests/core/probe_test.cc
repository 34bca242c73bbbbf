#include "core/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/core/proved_server.h"

namespace innkeeper {
namespace {

using test::estate_of;
using test::given;
using test::plan_for;
using test::proved_server;
using test::service;
using test::working_secrets;
using testing::HasSubstr;

estate three_services() {
  auto cafe = service("cafe");
  cafe.readers = {{"treasury", cafe.where, false}};
  auto erp = service("erp", 20);
  erp.access = access_mode::readwrite;
  return estate_of({cafe, erp, service("treasury", 30)});
}

proof_report judged(const estate& all, const observed_server& server, const plan& left = {},
                    const std::set<std::string>& services = {}) {
  const auto desired = derive_desired(all, all.servers.front());
  const proof_facts facts{all, desired, server, services};
  return judge_proof(facts, left, {}, {});
}

std::string shown(const proof_report& report) {
  std::string text;
  for (const auto& one : report.findings) {
    text += one.probe + " " + std::string{to_string(one.says)} + ": " + one.text + " | " + one.statement + "\n";
  }
  return text;
}

observed_database& database(observed_server& server, const std::string& name) {
  return *std::ranges::find(server.databases, database_name{name}, &observed_database::name);
}

observed_role& role(observed_server& server, const std::string& name) {
  return *std::ranges::find(server.roles, role_name{name}, &observed_role::name);
}

TEST(probes, find_nothing_on_a_server_that_is_as_declared) {
  for (const int major : {13, 15, 16, 18}) {
    const auto all = three_services();
    const auto server = proved_server(all, major);
    const auto left = plan_for(all, server, working_secrets(all));
    EXPECT_TRUE(left.empty()) << describe(left.steps.front());
    const auto report = judged(all, server, left);
    EXPECT_EQ(shown(report), major < 15 ? "P45 advice: PostgreSQL 13 gets no more fixes | \n" : "") << major;
    EXPECT_EQ(report.code(), exit_code::ok);
    EXPECT_EQ(report.services, 3);
    EXPECT_GT(report.probes, 30);
  }
}

struct planted {
  std::string name;
  std::function<void(observed_server&)> plant;
  std::string probe;
  std::string text;
  std::string statement;
};

void PrintTo(const planted& one, std::ostream* to) {
  *to << one.name;
}

class planted_leak : public testing::TestWithParam<planted> {};

TEST_P(planted_leak, is_the_one_thing_that_is_found) {
  const auto all = three_services();
  auto server = proved_server(all);
  GetParam().plant(server);
  const auto report = judged(all, server);
  ASSERT_EQ(report.findings.size(), 1) << shown(report);
  const auto& found = report.findings.front();
  EXPECT_EQ(found.probe, GetParam().probe);
  EXPECT_EQ(found.says, verdict::leak);
  EXPECT_EQ(found.text, GetParam().text);
  EXPECT_EQ(found.statement, GetParam().statement);
  EXPECT_EQ(report.leaks, 1);
  EXPECT_EQ(report.code(), exit_code::differences);
}

const role_name admin{"admin_user"};

INSTANTIATE_TEST_SUITE_P(
    probes, planted_leak,
    testing::Values(
        planted{"connect_for_a_neighbour",
                [](auto& server) { database(server, "cafe").privileges.push_back(given({"erp_user"}, "c", admin)); },
                "P10", "log-in \"erp_user\" holds CONNECT on database \"cafe\"",
                "REVOKE ALL ON DATABASE \"cafe\" FROM \"erp_user\";"},
        planted{
            "connect_on_a_maintenance_database",
            [](auto& server) { database(server, "template1").privileges.push_back(given({"cafe_owner"}, "c", admin)); },
            "P10", "log-in \"cafe_user\" holds CONNECT on database \"template1\"",
            "REVOKE ALL ON DATABASE \"template1\" FROM \"cafe_owner\";"},
        planted{"a_declared_database_open_to_all",
                [](auto& server) { database(server, "cafe").privileges.push_back(given({}, "Tc", admin)); }, "P11",
                "every log-in of the server holds CONNECT, TEMPORARY on database \"cafe\"",
                "REVOKE ALL ON DATABASE \"cafe\" FROM PUBLIC;"},
        planted{"a_clone_open_to_all",
                [](auto& server) {
                  server.databases.push_back({.name = {"cafe_copy"},
                                              .owner = admin,
                                              .privileges = {given({}, "Tc", admin), given(admin, "CTc", admin)}});
                },
                "P11", "every log-in of the server holds CONNECT, TEMPORARY on undeclared database \"cafe_copy\"",
                "REVOKE ALL ON DATABASE \"cafe_copy\" FROM PUBLIC;"},
        planted{"a_template", [](auto& server) { database(server, "cafe").is_template = true; }, "P14",
                "database \"cafe\" is a template: whoever may create databases can copy it",
                "ALTER DATABASE \"cafe\" IS_TEMPLATE false;"},
        planted{"no_limit", [](auto& server) { database(server, "cafe").connection_limit = -1; }, "P14",
                "database \"cafe\" has no connection limit: it can take all of the server's",
                "ALTER DATABASE \"cafe\" CONNECTION LIMIT 23;"},
        planted{"a_service_that_owns_its_database", [](auto& server) { database(server, "erp").owner = {"erp_owner"}; },
                "P14",
                "database \"erp\" belongs to \"erp_owner\", so that log-in \"erp_migrator\" can open it to others",
                "ALTER DATABASE \"erp\" OWNER TO \"admin_user\";"},
        planted{"a_group_of_two_services",
                [](auto& server) {
                  server.roles.push_back({.name = {"team"}});
                  server.memberships.push_back({.role = {"team"}, .member = {"cafe_owner"}});
                  server.memberships.push_back({.role = {"erp_rw"}, .member = {"team"}});
                  std::erase_if(server.memberships, [](const auto& one) {
                    return one.role.value == "erp_access" && one.member.value == "erp_rw";
                  });
                },
                "P16", "log-in \"cafe_user\" can become \"erp_rw\", \"team\", which no manifest declares",
                "REVOKE \"team\" FROM \"cafe_owner\";"},
        planted{"the_admin_s_role",
                [](auto& server) {
                  role(server, "admin_user").superuser = role(server, "admin_user").createdb = false;
                  role(server, "admin_user").createrole = false;
                  for (auto& one : server.databases) {
                    if (one.owner == admin) one.owner = {"postgres"};
                    std::erase_if(one.privileges, [](const auto& item) { return item.grantee == admin; });
                  }
                  server.memberships.push_back({.role = admin, .member = {"treasury_user"}});
                },
                "P16", "log-in \"treasury_user\" can become \"admin_user\", which no manifest declares",
                "REVOKE \"admin_user\" FROM \"treasury_user\";"},
        planted{"reads_every_database",
                [](auto& server) {
                  server.memberships.push_back(
                      {.role = {"pg_read_all_data"}, .member = {"treasury_owner"}, .inherit = false});
                },
                "P17", "log-in \"treasury_user\" can become \"pg_read_all_data\"",
                "REVOKE \"pg_read_all_data\" FROM \"treasury_owner\";"},
        planted{"a_superuser", [](auto& server) { role(server, "erp_user").superuser = true; }, "P18",
                "log-in \"erp_user\" has SUPERUSER", "ALTER ROLE \"erp_user\" NOSUPERUSER;"},
        planted{"createrole_behind_set_role", [](auto& server) { role(server, "cafe_owner").createrole = true; }, "P18",
                "log-in \"cafe_user\" has CREATEROLE, by becoming \"cafe_owner\"",
                "ALTER ROLE \"cafe_owner\" NOCREATEROLE;"},
        planted{"admin_option",
                [](auto& server) {
                  for (auto& one : server.memberships) {
                    if (one.role.value == "treasury_access" && one.member.value == "treasury_user") one.admin = true;
                  }
                },
                "P19", "role \"treasury_user\" may make others members of \"treasury_access\"",
                "REVOKE ADMIN OPTION FOR \"treasury_access\" FROM \"treasury_user\";"},
        planted{"grant_option",
                [](auto& server) {
                  for (auto& item : database(server, "erp").privileges) {
                    if (item.grantee.value == "erp_access") item.grantable = "c";
                  }
                },
                "P19", "role \"erp_access\" may give CONNECT on DATABASE \"erp\" to others",
                "REVOKE GRANT OPTION FOR CONNECT ON DATABASE \"erp\" FROM \"erp_access\" CASCADE;"},
        planted{"a_schema_open_to_all",
                [](auto& server) {
                  database(server, "cafe").contents->schemas.back().privileges.push_back(given({}, "C", admin));
                },
                "P8", "every role that is in holds CREATE on schema \"public\" of database \"cafe\"",
                "REVOKE CREATE ON SCHEMA \"public\" FROM PUBLIC;"},
        planted{"functions_for_all",
                [](auto& server) {
                  std::erase_if(database(server, "cafe").contents->default_privileges,
                                [](const auto& one) { return one.schema.empty() && one.kind == 'f'; });
                },
                "P43", "functions that role \"cafe_owner\" will make in database \"cafe\" are open to every role",
                "ALTER DEFAULT PRIVILEGES FOR ROLE \"cafe_owner\" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;"},
        planted{"tables_for_a_neighbour",
                [](auto& server) {
                  for (auto& one : database(server, "cafe").contents->default_privileges) {
                    if (one.kind == 'r') one.privileges.push_back(given({"erp_rw"}, "r", {"cafe_owner"}));
                  }
                },
                "P43", "TABLES that role \"cafe_owner\" will make in database \"cafe\" give SELECT to \"erp_rw\"",
                "ALTER DEFAULT PRIVILEGES FOR ROLE \"cafe_owner\" IN SCHEMA \"public\" REVOKE SELECT ON TABLES FROM "
                "\"erp_rw\";"},
        planted{"objects_of_another_owner",
                [](auto& server) {
                  database(server, "cafe").contents->objects.push_back({{"public"}, 'r', {"postgres"}, 2});
                },
                "P43", "2 objects in schema \"public\" of database \"cafe\" belong to \"postgres\"",
                "REASSIGN OWNED BY \"postgres\" TO \"cafe_owner\";"},
        planted{"a_neighbour_s_session",
                [](auto& server) {
                  server.sessions.push_back({{"cafe"}, {"erp_user"}, 1});
                },
                "P44", "role \"erp_user\" has 1 session in database \"cafe\"",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'cafe' AND usename = "
                "'erp_user';"}),
    [](const auto& each) { return each.param.name; });

TEST(probes, let_a_log_in_that_gets_in_by_membership_be_seen_by_both_of_its_effects) {
  const auto all = three_services();
  auto server = proved_server(all);
  server.memberships.push_back({.role = {"cafe_owner"}, .member = {"erp_user"}});
  const auto report = judged(all, server);
  EXPECT_EQ(shown(report),
            "P10 leak: log-in \"erp_user\" holds CONNECT, TEMPORARY on database \"cafe\" | "
            "REVOKE \"cafe_owner\" FROM \"erp_user\";\n"
            "P16 leak: log-in \"erp_user\" can become \"cafe_access\", \"cafe_owner\", which no manifest declares | "
            "REVOKE \"cafe_owner\" FROM \"erp_user\";\n");
}

TEST(probes, follow_memberships_that_inherit_nothing) {
  const auto all = three_services();
  auto server = proved_server(all, 16);
  server.memberships.push_back({.role = {"cafe_owner"}, .member = {"erp_rw"}, .inherit = false, .set = true});
  EXPECT_THAT(shown(judged(all, server)), HasSubstr("P16 leak: log-in \"erp_user\" can become \"cafe_access\""));
}

TEST(probes, say_strangers_but_do_not_fail_on_them) {
  const auto all = three_services();
  auto server = proved_server(all);
  server.roles.push_back({.name = {"exporter"}, .can_login = true});
  database(server, "cafe").privileges.push_back(given({"exporter"}, "c", admin));
  server.sessions.push_back({{"cafe"}, {"exporter"}, 2});
  server.sessions.push_back({{"cafe"}, {"treasury_user"}, 2});  // a declared reader
  const auto report = judged(all, server);
  EXPECT_EQ(report.findings.size(), 2) << shown(report);
  for (const auto& one : report.findings) EXPECT_EQ(one.says, verdict::advice);
  EXPECT_EQ(report.code(), exit_code::ok);
}

TEST(probes, say_which_database_they_could_not_look_into) {
  const auto all = three_services();
  auto server = proved_server(all);
  database(server, "erp").contents.reset();
  database(server, "erp").contents_problem = "permission denied for database \"erp\" [42501]";
  const auto report = judged(all, server);
  EXPECT_EQ(report.unprovable, 2) << shown(report);
  EXPECT_EQ(report.findings.front().detail, "permission denied for database \"erp\" [42501]");
  EXPECT_EQ(report.code(), exit_code::ok);
}

TEST(probes, ignore_closed_databases_that_nobody_can_enter) {
  const auto all = three_services();
  auto server = proved_server(all);
  server.databases.push_back(
      {.name = {"template0"}, .allows_connections = false, .is_template = true, .privileges = {given({}, "c", admin)}});
  EXPECT_EQ(shown(judged(all, server)), "");
}

TEST(probes, show_declared_sharing_as_declared) {
  auto user = service("user");
  auto order = service("order", 20);
  user.user = order.user = {{"ecommerce_user"}, user.where, false};
  const auto one_user = estate_of({user, order});
  auto report = judged(one_user, proved_server(one_user));
  EXPECT_EQ(shown(report), "");
  EXPECT_THAT(report.sharing, testing::ElementsAre("user \"ecommerce_user\" logs in for 2 services: user, order"));
  ASSERT_EQ(report.matrix.rows.size(), 1);
  EXPECT_EQ(report.matrix.rows[0].cells[0], access_cell::shared);

  user = service("user");
  order = service("order", 20);
  user.database = order.database = {{"platform"}, user.where, false};
  user.schema = {{"user"}, user.where, true};
  order.schema = {{"order"}, order.where, true};
  const auto one_database = estate_of({user, order});
  report = judged(one_database, proved_server(one_database));
  EXPECT_EQ(shown(report), "");
  EXPECT_THAT(report.sharing, testing::ElementsAre("database \"platform\" holds 2 services, a schema each"));
  EXPECT_EQ(report.matrix.rows[1].cells[0], access_cell::shared);
}

TEST(probes, judge_only_the_log_ins_asked_for) {
  const auto all = three_services();
  auto server = proved_server(all);
  database(server, "cafe").privileges.push_back(given({"erp_user"}, "c", admin));
  EXPECT_EQ(judged(all, server, {}, {"treasury"}).leaks, 0);
  EXPECT_EQ(judged(all, server, {}, {"erp"}).leaks, 1);
}

}  // namespace
}  // namespace innkeeper
