// An admin with CREATEDB and CREATEROLE only: it does what it may, keeps no way into a service, and asks for the rest
// in words that a superuser can run.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "core/step_sql.h"
#include "exec/apply.h"
#include "exec/prove.h"
#include "exec/secret_store.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/majors.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class plain_admin : public testing::Test {
 protected:
  plain_admin() : cluster_{{.settings = {{"log_statement", "all"}}, .password = "admin password"}} {
    all_ = test::estate_of({});
    all_.secrets_directory = folder_.path() / "secrets";
    access_.server = &all_.servers.front();
    superuser("CREATE ROLE plain LOGIN CREATEDB CREATEROLE PASSWORD 'plain password'");
    access_.admin = cluster_.login("plain", "plain password", "postgres");
    auto alpha = test::service("alpha");
    alpha.may_create_schemas = true;
    alpha.extensions = {{{"pgcrypto"}, "", false, alpha.where}};
    alpha.readers = {{"beta", alpha.where, false}};
    auto beta = test::service("beta", 20);
    beta.access = access_mode::readwrite;
    all_.services = {alpha, beta};
  }

  void superuser(const std::string& sql, const std::string& database = "postgres") {
    pg::connection::open(cluster_.admin(database), {}).query(sql);
  }
  std::string ask(const std::string& sql, const std::string& database = "postgres") {
    return pg::connection::open(cluster_.admin(database), {}).query(sql).text(0, 0);
  }
  apply_report run(const apply_options& options = {}) {
    return apply_server(all_, access_, options, [](const event&) {});
  }
  plan plan_now() { return plan_server(all_, access_, {}).steps; }
  void expect_done(const apply_report& report) {
    for (const auto& one : report.failures) ADD_FAILURE() << one.text;
    for (const auto& one : plan_now().steps) ADD_FAILURE() << "left: " << describe(one);
  }
  // The admin's own memberships, but for the ADMIN option that the server gives to a role's maker.
  std::string memberships_of_admin() {
    return ask(
        "SELECT coalesce(string_agg(format('%s %s', roleid::regrole, to_jsonb(m) - 'oid' - 'roleid' - 'member'), ', ' "
        "ORDER BY roleid::regrole::text, m::text), '') FROM pg_auth_members AS m WHERE member = 'plain'::regrole "
        "AND NOT (admin_option AND coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) = false)");
  }
  void run_script(const std::string& script) {
    const auto file = folder_.path() / "preflight.sql";
    std::ofstream{file} << script;
    const auto target = cluster_.admin();
    FILE* psql = ::popen(fmt::format("PGPASSWORD='admin password' psql -X -q -h {} -p {} -U postgres -d postgres -f {} "
                                     "2>&1",
                                     target.endpoints[0].host, target.endpoints[0].port, file.string())
                             .c_str(),
                         "r");
    std::string printed;
    for (int c = ::fgetc(psql); c != EOF; c = ::fgetc(psql)) printed += static_cast<char>(c);
    EXPECT_EQ(::pclose(psql), 0) << printed << script;
  }
  pg::connection as_service(const std::string& login, const std::string& database) {
    const auto entry = secret_store{all_.secrets_directory}.read("shared", {login});
    return pg::connection::open(cluster_.login(login, entry.value.password.expose(), database),
                                {.kind = pg::session_kind::service});
  }

  test::cluster cluster_;
  test::scratch_folder folder_;
  estate all_;
  server_access access_;
};

TEST_F(plain_admin, keeps_no_membership_of_a_service_after_an_apply) {
  const auto before = memberships_of_admin();
  expect_done(run());
  EXPECT_EQ(memberships_of_admin(), before);
  EXPECT_THAT(cluster_.log(), HasSubstr("GRANT \"alpha_owner\" TO \"plain\""));
  as_service("alpha_user", "alpha").query("CREATE TABLE t (a int); CREATE SCHEMA more");
  (void)as_service("beta_user", "alpha").query("SELECT a FROM t");
}

TEST_F(plain_admin, keeps_none_where_each_step_runs_by_itself) {
  const auto before = memberships_of_admin();
  expect_done(run({.one_by_one = true}));
  EXPECT_EQ(memberships_of_admin(), before);
}

// createrole_self_grant came with 16.
TEST_F_WHERE(test::postgres_major() >= 16, plain_admin, keeps_none_where_the_server_would_grant_them_by_itself) {
  superuser("ALTER ROLE plain SET createrole_self_grant = 'set, inherit'");
  const auto before = memberships_of_admin();
  expect_done(run());
  EXPECT_EQ(memberships_of_admin(), before);
}

TEST_F(plain_admin, gives_back_what_an_earlier_version_kept) {
  expect_done(run());
  const auto clean = memberships_of_admin();
  const bool has_options = cluster_.major() >= 16;
  auto session = pg::connection::open(access_.admin, {});
  session.query(
      fmt::format("GRANT alpha_owner, beta_owner TO plain{}", has_options ? " WITH INHERIT FALSE, SET TRUE" : ""));
  ASSERT_NE(memberships_of_admin(), clean);
  const auto report = run();
  expect_done(report);
  EXPECT_EQ(report.steps, 2);
  EXPECT_EQ(memberships_of_admin(), clean);
}

TEST_F(plain_admin, leaves_what_a_superuser_granted_it) {
  expect_done(run());
  superuser("GRANT alpha_owner TO plain");
  const auto given = memberships_of_admin();
  superuser("ALTER DEFAULT PRIVILEGES FOR ROLE alpha_owner REVOKE SELECT ON TABLES FROM alpha_ro", "alpha");
  const auto report = run();
  expect_done(report);
  EXPECT_GT(report.steps, 0);
  EXPECT_EQ(memberships_of_admin(), given);
}

// Membership options came with 16.
TEST_F_WHERE(test::postgres_major() >= 16, plain_admin, adds_only_the_option_that_its_own_grant_lacks) {
  expect_done(run());
  pg::connection::open(access_.admin, {}).query("GRANT alpha_owner TO plain WITH INHERIT TRUE, SET FALSE");
  const auto own = memberships_of_admin();
  superuser("ALTER DEFAULT PRIVILEGES FOR ROLE alpha_owner REVOKE SELECT ON TABLES FROM alpha_ro", "alpha");
  expect_done(run());
  EXPECT_EQ(memberships_of_admin(), own);
}

TEST_F(plain_admin, ends_a_neighbours_session_by_a_membership_for_the_moment) {
  expect_done(run());
  const auto before = memberships_of_admin();
  superuser("GRANT CONNECT ON DATABASE alpha TO beta_migrator");
  auto inside = as_service("beta_migrator", "alpha");
  expect_done(run());
  EXPECT_THROW(inside.query("SELECT 1"), pg::error);
  EXPECT_EQ(memberships_of_admin(), before);
}

TEST_F(plain_admin, takes_over_a_table_that_a_log_in_owns) {
  expect_done(run());
  superuser("CREATE TABLE public.mine (a int); ALTER TABLE public.mine OWNER TO alpha_user", "alpha");
  const auto before = memberships_of_admin();
  expect_done(run());
  EXPECT_EQ(ask("SELECT tableowner FROM pg_tables WHERE tablename = 'mine'", "alpha"), "alpha_owner");
  EXPECT_EQ(memberships_of_admin(), before);
  (void)as_service("beta_user", "alpha").query("SELECT a FROM mine");
}

// Before 16, CREATEROLE reaches every role.
TEST_F_WHERE(test::postgres_major() >= 16, plain_admin, names_the_grant_that_it_lacks_on_roles_of_others) {
  superuser("CREATE ROLE alpha_owner; CREATE ROLE alpha_user LOGIN");
  const auto report = run();
  EXPECT_EQ(report.code, exit_code::not_permitted);
  ASSERT_FALSE(report.failures.empty());
  std::string all;
  for (const auto& one : report.failures) all += one.text;
  EXPECT_THAT(all, HasSubstr("GRANT \"alpha_owner\" TO \"plain\" WITH ADMIN OPTION;"));
  (void)as_service("beta_user", "beta");
  run_script(to_preflight_script(plan_now()));
  expect_done(run());
  (void)as_service("alpha_user", "alpha").query("CREATE TABLE t (a int)");
}

TEST_F(plain_admin, never_names_an_attribute_that_does_not_change) {
  expect_done(run());
  EXPECT_THAT(cluster_.log(), Not(HasSubstr("NOSUPERUSER")));
  EXPECT_THAT(cluster_.log(), Not(HasSubstr("NOBYPASSRLS")));
}

TEST_F(plain_admin, does_everything_once_a_superuser_ran_the_preflight) {
  const auto asked = plan_now();
  ASSERT_FALSE(asked.preflight.empty());
  run_script(to_preflight_script(asked));
  const auto report = run();
  expect_done(report);
  for (const auto& one : report.attentions) {
    if (!one.is_advice) ADD_FAILURE() << one.text << " " << one.statement;
  }
  EXPECT_THAT(report.preflight, IsEmpty());
  const auto proof = verify_server(all_, access_, {.prove = true}, [](const event&) {});
  EXPECT_EQ(proof.unprovable, 0);
  EXPECT_EQ(proof.leaks, 0);
  EXPECT_EQ(proof.failed, 0);
  EXPECT_EQ(proof.code(), exit_code::ok);
  for (const auto& one : proof.findings) {
    if (one.says != verdict::advice) ADD_FAILURE() << one.probe << ": " << one.text << " " << one.statement;
  }
}

TEST_F(plain_admin, does_what_it_may_without_it_and_says_so_honestly) {
  const auto report = run();
  expect_done(report);
  EXPECT_EQ(report.code, exit_code::ok);
  for (const auto& one : report.attentions) EXPECT_FALSE(one.statement.empty()) << one.text;
  EXPECT_FALSE(report.preflight.empty());
  const auto proof = verify_server(all_, access_, {.prove = true}, [](const event&) {});
  EXPECT_GT(proof.leaks, 0) << "the maintenance databases are open";
  EXPECT_EQ(proof.code(), exit_code::differences);
}

}  // namespace
}  // namespace innkeeper::exec
