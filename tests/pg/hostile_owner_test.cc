// A database whose former owner left traps: apply and verify go on working, and nothing of theirs runs as the admin.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "core/matrix_text.h"
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

class hostile_owner : public testing::Test {
 protected:
  hostile_owner() : cluster_{{.password = "admin password"}} {
    all_ = test::estate_of({test::service("cafe"), test::service("erp", 20)});
    all_.secrets_directory = folder_.path() / "secrets";
    access_.server = &all_.servers.front();
    access_.admin = cluster_.admin();
  }
  void by_hand(const std::string& sql, const std::string& database = "postgres") {
    pg::connection::open(cluster_.admin(database), {}).query(sql);
  }
  std::string ask(const std::string& sql, const std::string& database = "postgres") {
    return pg::connection::open(cluster_.admin(database), {}).query(sql).text(0, 0);
  }
  apply_report run(const apply_options& options = {}) {
    return apply_server(all_, access_, options, [](const event&) {});
  }
  void expect_done(const apply_report& report) {
    for (const auto& one : report.failures) ADD_FAILURE() << one.text;
    for (const auto& one : plan_server(all_, access_, {}).steps.steps) ADD_FAILURE() << "left: " << describe(one);
  }
  bool tells(const apply_report& report, const std::string& part) {
    return std::ranges::any_of(report.attentions,
                               [&](const attention& one) { return one.text.find(part) != std::string::npos; });
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

TEST_F(hostile_owner, who_set_everything_on_the_database_stops_nobody) {
  expect_done(run());
  by_hand("ALTER DATABASE cafe OWNER TO cafe_user");
  auto owner = as_service("cafe_user", "cafe");
  owner.query("SET ROLE NONE");
  for (const auto* setting :
       {"role = 'cafe_user'", "search_path = 'evil'", "default_transaction_read_only = 'on'",
        "statement_timeout = '1ms'", "lock_timeout = '1ms'", "local_preload_libraries = 'no_such_library'",
        "client_min_messages = 'error'", "idle_in_transaction_session_timeout = '1ms'",
        "default_transaction_isolation = 'serializable'"}) {
    owner.query(fmt::format("ALTER DATABASE cafe SET {}", setting));
  }
  const auto report = run();
  expect_done(report);
  EXPECT_EQ(ask("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'cafe'"), "postgres");
  EXPECT_TRUE(tells(report, "has setting statement_timeout = 1ms"));
  EXPECT_TRUE(tells(report, "has setting default_transaction_read_only = on"));
  EXPECT_TRUE(tells(report, "has setting local_preload_libraries = no_such_library"));
  EXPECT_EQ(ask("SELECT count(*) FROM pg_db_role_setting WHERE setrole = 0 AND setconfig::text LIKE '%role=%'"), "0");
  // What is told is told as the statement that mends it.
  for (const auto& one : report.attentions) {
    if (one.text.find("has setting") != std::string::npos) by_hand(one.statement);
  }
  expect_done(run());
  as_service("cafe_user", "cafe").query("CREATE TABLE t (a int)");
}

TEST_F(hostile_owner, who_left_traps_in_its_schemas_runs_nothing_as_the_admin) {
  expect_done(run());
  auto service = as_service("cafe_user", "cafe");
  service.query(
      "CREATE TABLE public.pg_class (a int); CREATE VIEW public.pg_roles AS SELECT 1 AS a;"
      "CREATE FUNCTION public.trapped(name, text) RETURNS boolean LANGUAGE plpgsql AS "
      "$$ BEGIN ALTER ROLE cafe_user SUPERUSER; RETURN true; END $$;"
      "CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = text, FUNCTION = public.trapped);"
      "CREATE FUNCTION public.format(text, text) RETURNS text LANGUAGE plpgsql AS "
      "$$ BEGIN ALTER ROLE cafe_user SUPERUSER; RETURN 'x'; END $$;"
      "CREATE TYPE public.text AS ENUM ('trap');"
      "CREATE TABLE public.mine (a int);"
      "CREATE FUNCTION public.on_write() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN ALTER ROLE cafe_user SUPERUSER; RETURN NEW; END $$;"
      "CREATE TRIGGER trap BEFORE INSERT ON public.mine FOR EACH ROW EXECUTE FUNCTION public.on_write();"
      "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;");
  by_hand("REVOKE USAGE ON SCHEMA public FROM cafe_rw; CREATE TABLE public.foreign_one (a int)", "cafe");
  expect_done(run());
  const auto proof = verify_server(all_, access_, {.prove = true}, [](const event&) {});
  // What it gives to everybody from now on is its own doing: told, and so its readers can write what it makes.
  std::set<std::string> found;
  for (const auto& one : proof.findings) {
    if (one.says == verdict::leak || one.says == verdict::failed) found.insert(one.probe);
  }
  EXPECT_THAT(found, testing::ElementsAre("P2", "P43")) << findings_text(proof, {});
  EXPECT_EQ(ask("SELECT rolsuper FROM pg_roles WHERE rolname = 'cafe_user'"), "f");
}

TEST_F(hostile_owner, who_renamed_its_schema_gets_a_new_one_and_keeps_the_old) {
  all_.services[0].schema = {{"shop"}, {}, false};
  expect_done(run());
  by_hand("ALTER SCHEMA shop RENAME TO elsewhere", "cafe");
  expect_done(run());
  EXPECT_EQ(ask("SELECT count(*) FROM pg_namespace WHERE nspname IN ('shop', 'elsewhere')", "cafe"), "2");
}

TEST_F(hostile_owner, whose_log_in_has_settings_of_its_own_starts_as_declared) {
  expect_done(run());
  auto service = as_service("cafe_user", "cafe");
  service.query(
      "SET ROLE NONE; ALTER ROLE cafe_user SET search_path = 'evil'; ALTER ROLE cafe_user SET role = 'cafe_user';"
      "ALTER ROLE cafe_user SET work_mem = '64MB'");
  const auto report = run();
  expect_done(report);
  EXPECT_TRUE(tells(report, "role \"cafe_user\" has setting work_mem = 64MB"));
  auto again = as_service("cafe_user", "cafe");
  EXPECT_EQ(again.query("SHOW search_path").text(0, 0), "public, extensions, pg_temp");
  EXPECT_EQ(again.query("SELECT current_user").text(0, 0), "cafe_owner");
}

// Log-in triggers came with 17.
TEST_F_WHERE(test::postgres_major() >= 17, hostile_owner,
             whose_superusers_log_in_trigger_sets_a_role_stops_its_own_service_only) {
  expect_done(run());
  by_hand(
      "CREATE FUNCTION public.on_log_in() RETURNS event_trigger LANGUAGE plpgsql AS "
      "$$ BEGIN IF session_user = 'postgres' THEN PERFORM pg_catalog.set_config('role', 'cafe_user', false); END IF; "
      "END $$; CREATE EVENT TRIGGER trap ON login EXECUTE FUNCTION public.on_log_in()",
      "cafe");
  by_hand("ALTER DATABASE erp CONNECTION LIMIT 1");
  const auto report = run();
  ASSERT_FALSE(report.failures.empty());
  EXPECT_EQ(report.failures[0].service, "cafe");
  EXPECT_THAT(report.failures[0].text, HasSubstr("works as \"cafe_user\""));
  EXPECT_EQ(ask("SELECT datconnlimit FROM pg_database WHERE datname = 'erp'"), "23");
}

TEST_F(hostile_owner, whose_idle_session_holds_a_lock_is_named_and_waited_for_no_longer_than_told) {
  expect_done(run());
  by_hand("CREATE TABLE public.taken (a int)", "cafe");  // belongs to the superuser: to be handed over
  by_hand("GRANT SELECT ON public.taken TO PUBLIC", "cafe");
  auto idle = as_service("cafe_user", "cafe");
  idle.query("SET application_name = 'cafe-backend'; BEGIN; LOCK TABLE public.taken IN ACCESS SHARE MODE");
  const auto report = run({.object_timeout = std::chrono::milliseconds{300}});
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].service, "cafe");
  EXPECT_EQ(report.code, exit_code::may_retry);
  EXPECT_THAT(report.failures[0].text, HasSubstr("55P03"));
  EXPECT_THAT(report.failures[0].text, HasSubstr(fmt::format("pid {} of \"cafe_user\" (\"cafe-backend\"), idle in "
                                                             "transaction since",
                                                             idle.backend_pid())));
  idle.query("ROLLBACK");
  expect_done(run());
}

TEST_F(hostile_owner, has_no_say_over_a_providers_own_databases) {
  for (const auto* name : {"rdsadmin", "cloudsqladmin", "azure_maintenance"}) {
    by_hand(fmt::format("CREATE DATABASE {}", name));  // open to PUBLIC
  }
  expect_done(run());
  const auto proof = verify_server(all_, access_, {.prove = true}, [](const event&) {});
  EXPECT_EQ(proof.leaks, 0);
  EXPECT_EQ(proof.code(), exit_code::ok);
  int said = 0;
  for (const auto& one : proof.findings) {
    if (one.text.find("rdsadmin") == std::string::npos) continue;
    ++said;
    EXPECT_EQ(one.says, verdict::advice);
  }
  EXPECT_EQ(said, 1);
  by_hand("CREATE DATABASE somebodys");
  EXPECT_GT(verify_server(all_, access_, {}, [](const event&) {}).leaks, 0) << "anybody else's database still counts";
}

}  // namespace
}  // namespace innkeeper::exec
