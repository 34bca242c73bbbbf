// Hardening on a real server: what apply does, that it holds against the log-in it binds, and that it can be undone.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/step_sql.h"
#include "exec/apply.h"
#include "exec/observe.h"
#include "pg/catalog.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::IsEmpty;

const event_sink unheard = [](const event&) {};
const location here{"innkeeper.yaml", 7, 3};

class hardening : public testing::Test {
 protected:
  hardening() : cluster_{{.password = "admin's own"}} { access_.admin = cluster_.admin(); }

  void declare(std::vector<service_declaration> services) {
    all_ = test::estate_of(std::move(services));
    all_.secrets_directory = folder_.path() / "secrets";
    access_.server = &all_.servers.front();
  }

  apply_report run() { return apply_server(all_, access_, {}, unheard); }

  // Applied without a failure, and nothing left to do.
  void reach_it() {
    const auto report = run();
    EXPECT_THAT(report.failures, IsEmpty());
    for (const auto& one : report.left.steps) ADD_FAILURE() << "left: " << shown_sql(one);
    const auto again = plan_now();
    for (const auto& one : again.steps) ADD_FAILURE() << "again: " << shown_sql(one);
  }

  plan plan_now() {
    const auto desired = derive_desired(all_, all_.servers.front());
    const auto observed = observe(access_, desired, {}, {}).server;
    const secret_store store{all_.secrets_directory};
    return make_plan(desired, observed,
                     look_up_secrets(store, read_secrets(store, desired), desired, observed, access_, depth::deep), {});
  }

  pg::connection as(const std::string& log_in, const std::string& database) {
    const secret_store store{all_.secrets_directory};
    const auto password = store.read("shared", {log_in}).value.password;
    return pg::connection::open(cluster_.login(log_in, password.expose(), database),
                                {.kind = pg::session_kind::service});
  }

  pg::connection admin(const std::string& database = "postgres") {
    return pg::connection::open(cluster_.admin(database), {});
  }

  // "" where it worked, else the SQLSTATE.
  static std::string answer_to(pg::connection& session, const std::string& sql) {
    try {
      session.query(sql);
      return "";
    } catch (const pg::error& refused) {
      return std::string{refused.sqlstate()};
    }
  }

  std::string answer_as(const std::string& log_in, const std::string& database, const std::string& sql) {
    auto session = as(log_in, database);
    return answer_to(session, sql);
  }

  test::cluster cluster_;
  test::scratch_folder folder_;
  estate all_;
  server_access access_;
};

const std::string emit_text = "SELECT pg_logical_emit_message(false, 'x', 'y')";
const std::string emit_bytes = "SELECT pg_logical_emit_message(false, 'x', 'y'::bytea)";
const std::string any_lock = "SELECT pg_advisory_xact_lock(1), pg_try_advisory_xact_lock_shared(1, 2)";
const std::string large_object = "SELECT lo_create(0)";

// Its arguments differ from major to major.
std::string grant_first_overload_to(const std::string& grantee) {
  return fmt::format(
      "DO $$ BEGIN EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {}', (SELECT min(oid)::oid::regprocedure FROM "
      "pg_proc "
      "WHERE proname = 'pg_logical_emit_message')); END $$",
      grantee);
}

TEST_F(hardening, binds_every_log_in_by_default) {
  auto checkout = test::service("checkout", 20);
  checkout.access = access_mode::readwrite;
  declare({test::service("cafe"), checkout});
  reach_it();
  for (const auto& [log_in, database] : std::vector<std::pair<std::string, std::string>>{
           {"cafe_user", "cafe"}, {"checkout_user", "checkout"}, {"checkout_migrator", "checkout"}}) {
    SCOPED_TRACE(log_in);
    auto session = as(log_in, database);
    EXPECT_EQ(session.query("SHOW temp_file_limit").text(0, 0), "10GB");
    EXPECT_EQ(session.query("SHOW idle_in_transaction_session_timeout").text(0, 0), "5min");
    EXPECT_EQ(answer_to(session, "SET temp_file_limit = -1"), "42501");
    EXPECT_EQ(answer_to(session, "RESET temp_file_limit"), "42501");
    EXPECT_EQ(answer_to(session, "SET ROLE NONE; ALTER ROLE CURRENT_USER SET temp_file_limit = -1"), "42501");
    EXPECT_EQ(answer_to(session, emit_text), "42501");
    EXPECT_EQ(answer_to(session, emit_bytes), "42501");
    EXPECT_EQ(answer_to(session, any_lock), "");
    EXPECT_EQ(answer_to(session, large_object), "");
    // Soft, and said to be.
    EXPECT_EQ(answer_to(session, "SET idle_in_transaction_session_timeout = 0"), "");
  }
}

TEST_F(hardening, closes_every_overload_that_the_server_has) {
  declare({test::service("cafe")});
  reach_it();
  EXPECT_EQ(admin("cafe")
                .query("SELECT count(*) FROM pg_proc WHERE proname = 'pg_logical_emit_message' AND "
                       "has_function_privilege('cafe_user', oid, 'EXECUTE')")
                .text(0, 0),
            "0");
}

TEST_F(hardening, sees_of_every_function_that_it_may_close_whether_it_is) {
  auto session = admin();
  const auto functions = pg::observe_shared(session, false).functions;
  ASSERT_GE(functions.size(), 20U);
  EXPECT_TRUE(pg::observe_contents(session).functions.empty());
  for (const auto& one : functions) {
    session.query(fmt::format("REVOKE EXECUTE ON FUNCTION pg_catalog.{} FROM PUBLIC", one.signature));
  }
  const auto found = pg::observe_contents(session).functions;
  for (const auto& one : functions) EXPECT_TRUE(found.contains(one.oid)) << one.signature << " " << one.oid;
  EXPECT_EQ(found.size(), functions.size());
}

TEST_F(hardening, is_a_step_of_its_own_for_each_hand_that_undoes_it) {
  declare({test::service("cafe")});
  reach_it();
  const std::vector<std::pair<std::string, std::string>> hands{
      {"postgres", "ALTER ROLE cafe_user RESET temp_file_limit"},
      {"postgres", "ALTER ROLE cafe_user SET temp_file_limit = '100GB'"},
      {"postgres", "ALTER ROLE cafe_user RESET ALL"},
      {"cafe", grant_first_overload_to("PUBLIC")},
      {"cafe", grant_first_overload_to("cafe_owner")},
      {"postgres", "GRANT cafe_owner TO cafe_user WITH ADMIN OPTION"},
      {"postgres", "GRANT CONNECT ON DATABASE cafe TO cafe_access WITH GRANT OPTION"},
      {"postgres",
       "CREATE ROLE stranger; GRANT CONNECT ON DATABASE cafe TO cafe_access WITH GRANT OPTION; "
       "SET ROLE cafe_access; GRANT CONNECT ON DATABASE cafe TO stranger; RESET ROLE"},
      {"postgres",
       "GRANT CREATE ON DATABASE cafe TO cafe_user WITH GRANT OPTION; SET ROLE cafe_user; "
       "GRANT CREATE ON DATABASE cafe TO stranger; RESET ROLE"},
      {"cafe", "GRANT USAGE ON SCHEMA public TO cafe_rw WITH GRANT OPTION"},
      {"cafe", "GRANT USAGE ON SCHEMA extensions TO cafe_access WITH GRANT OPTION"},
  };
  for (const auto& [database, statement] : hands) {
    SCOPED_TRACE(statement);
    admin(database).query(statement);
    EXPECT_FALSE(plan_now().empty());
    reach_it();
  }
  EXPECT_EQ(admin().query("SELECT has_database_privilege('stranger', 'cafe', 'CONNECT')").text(0, 0), "f");
}

TEST_F(hardening, goes_back_to_what_postgresql_has_where_it_is_switched_off) {
  auto cafe = test::service("cafe");
  declare({cafe});
  reach_it();
  cafe.hardening.temp_file_limit = {"", "reports", here};
  cafe.hardening.idle_in_transaction_session_timeout = {"", "batches", here};
  cafe.hardening.wal_messages = {function_access::open, "our CDC emits messages", here};
  declare({cafe});
  reach_it();
  auto session = as("cafe_user", "cafe");
  EXPECT_EQ(session.query("SHOW temp_file_limit").text(0, 0), "-1");
  EXPECT_EQ(session.query("SHOW idle_in_transaction_session_timeout").text(0, 0), "0");
  EXPECT_EQ(answer_to(session, emit_text), "");
  EXPECT_EQ(answer_to(session, emit_bytes), "");
  declare({test::service("cafe")});
  reach_it();
  EXPECT_EQ(answer_as("cafe_user", "cafe", emit_text), "42501");
}

TEST_F(hardening, leaves_locks_and_large_objects_to_the_owner_where_they_are_closed) {
  auto checkout = test::service("checkout");
  checkout.access = access_mode::readwrite;
  checkout.hardening.advisory_locks = {function_access::closed, "", here};
  checkout.hardening.large_objects = {function_access::closed, "", here};
  declare({checkout});
  reach_it();
  EXPECT_EQ(answer_as("checkout_user", "checkout", any_lock), "42501");
  EXPECT_EQ(answer_as("checkout_user", "checkout", large_object), "42501");
  EXPECT_EQ(answer_as("checkout_user", "checkout", "SELECT lo_from_bytea(0, 'x')"), "42501");
  EXPECT_EQ(answer_as("checkout_migrator", "checkout", any_lock), "");
  EXPECT_EQ(answer_as("checkout_migrator", "checkout", large_object), "");
}

TEST_F(hardening, opens_a_closed_group_to_the_one_service_of_a_database_that_needs_it) {
  auto user = test::service("user");
  auto order = test::service("order", 20);
  user.database = order.database = {{"platform"}, user.where, false};
  user.schema = {{"user"}, user.where, true};
  order.schema = {{"order"}, order.where, true};
  order.hardening.wal_messages = {function_access::open, "outbox", here};
  declare({user, order});
  reach_it();
  EXPECT_EQ(answer_as("user_user", "platform", emit_text), "42501");
  EXPECT_EQ(answer_as("order_user", "platform", emit_text), "");
  order.hardening.wal_messages = hardening_rules{}.wal_messages;
  declare({user, order});
  reach_it();
  EXPECT_EQ(answer_as("order_user", "platform", emit_text), "42501");
}

TEST_F(hardening, makes_the_server_keep_passwords_as_scram) {
  admin().query("ALTER SYSTEM SET password_encryption = 'md5'");
  admin().query("SELECT pg_reload_conf()");
  declare({test::service("cafe")});
  const auto report = run();
  EXPECT_THAT(report.failures, IsEmpty());
  // The reload reaches a new session as soon as the postmaster has read its files.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  std::string found;
  while (found != "scram-sha-256" && std::chrono::steady_clock::now() < until) {
    found = admin().query("SHOW password_encryption").text(0, 0);
  }
  EXPECT_EQ(found, "scram-sha-256");
  reach_it();
}

// Every combination of the switches, one after the other on one server, so that each is reached from another.
TEST_F(hardening, reaches_every_combination_of_switches_from_the_one_before) {
  for (const unsigned switches : {0U, 31U, 5U, 26U, 12U, 19U, 8U, 23U}) {
    SCOPED_TRACE(switches);
    const auto is_on = [&](unsigned bit) { return (switches >> bit & 1U) != 0; };
    const auto access = [&](unsigned bit) { return is_on(bit) ? function_access::closed : function_access::open; };
    auto cafe = test::service("cafe");
    cafe.hardening.temp_file_limit = {is_on(0) ? "1GB" : "", "why", here};
    cafe.hardening.idle_in_transaction_session_timeout = {is_on(1) ? "30s" : "", "why", here};
    cafe.hardening.wal_messages = {access(2), "why", here};
    cafe.hardening.advisory_locks = {access(3), "why", here};
    cafe.hardening.large_objects = {access(4), "why", here};
    declare({cafe});
    reach_it();
    auto session = as("cafe_user", "cafe");
    EXPECT_EQ(answer_to(session, emit_text).empty(), !is_on(2));
    EXPECT_EQ(session.query("SHOW temp_file_limit").text(0, 0), is_on(0) ? "1GB" : "-1");
    EXPECT_EQ(admin("cafe")
                  .query("SELECT has_function_privilege('cafe_rw', 'pg_advisory_lock(bigint)', 'EXECUTE')")
                  .text(0, 0),
              is_on(3) ? "f" : "t");
  }
}

TEST_F(hardening, of_a_plain_admin_leaves_no_step_and_says_what_a_superuser_would_run) {
  admin().query("CREATE ROLE plain LOGIN CREATEDB CREATEROLE PASSWORD 'plain password'");
  admin().query("GRANT CONNECT ON DATABASE postgres TO plain");
  access_.admin = cluster_.login("plain", "plain password", "postgres");
  auto cafe = test::service("cafe");
  cafe.hardening.advisory_locks = {function_access::closed, "", here};
  declare({cafe});
  reach_it();
  // A superuser does as it was asked to; then nothing is left to ask, and the plain admin still gets its work done.
  for (int round = 0; round < 2; ++round) {
    for (const auto& one : plan_now().attentions) {
      if (one.is_advice || one.statement.empty() || one.who != "a superuser") continue;
      admin(one.database.empty() ? "postgres" : one.database.value).query(one.statement);
    }
    reach_it();
  }
  for (const auto& one : plan_now().attentions) {
    EXPECT_EQ(one.text.find("WAL"), std::string::npos) << one.text;
    EXPECT_EQ(one.text.find("temporary files"), std::string::npos) << one.text;
    EXPECT_EQ(one.text.find("advisory"), std::string::npos) << one.text;
  }
  EXPECT_EQ(answer_as("cafe_user", "cafe", emit_text), "42501");
  EXPECT_EQ(as("cafe_user", "cafe").query("SHOW temp_file_limit").text(0, 0), "10GB");
  cafe.may_create_schemas = true;
  declare({cafe});
  reach_it();
}

}  // namespace
}  // namespace innkeeper::exec
