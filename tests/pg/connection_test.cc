#include "pg/connection.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/support/postgres_fixture.h"

namespace innkeeper::pg {
namespace {

using test::shared_cluster;

error_facts refusal_of(const conninfo& target, const connect_options& options = {}) {
  try {
    (void)connection::open(target, options);
  } catch (const error& failure) {
    return failure.facts();
  }
  ADD_FAILURE() << "the connection was not refused";
  return {};
}

template <class Work>
error_facts failure_of(Work work) {
  try {
    work();
  } catch (const error& failure) {
    return failure.facts();
  }
  ADD_FAILURE() << "nothing failed";
  return {};
}

TEST(connection, reads_rows_nulls_and_several_statements) {
  auto session = connection::open(shared_cluster().admin(), {});
  const auto rows = session.query("CREATE TEMPORARY TABLE t (a int); SELECT 'x', NULL UNION ALL SELECT '', 'é'");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.text(0, 0), "x");
  EXPECT_TRUE(rows.is_null(0, 1));
  EXPECT_FALSE(rows.is_null(1, 0));
  EXPECT_EQ(rows.text(1, 1), "é");
  EXPECT_EQ(session.query_with("SELECT $1 || '!', $2::text", {{"hi"}, std::nullopt}).text(0, 0), "hi!");
  EXPECT_GE(session.server_version(), 130000);
  EXPECT_FALSE(session.in_transaction());
}

TEST(connection, several_statements_are_one_transaction) {
  auto session = connection::open(shared_cluster().admin(), {});
  EXPECT_EQ(failure_of([&] { session.query("CREATE TABLE public.kept (a int); SELECT 1/0"); }).sqlstate, "22012");
  EXPECT_TRUE(session.query("SELECT FROM pg_class WHERE relname = 'kept'").empty());
}

TEST(connection, nobody_listening_is_08001) {
  EXPECT_EQ(refusal_of({.endpoints = {{"127.0.0.1", test::free_port()}}, .user = {"a"}}).sqlstate, "08001");
  EXPECT_EQ(refusal_of({.endpoints = {{"/nowhere", 5432}}, .user = {"a"}}).sqlstate, "08001");
}

// Takes connections and never says a word.
class silent_server {
 public:
  silent_server() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder() / ".s.PGSQL.5432";
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    listens_ = ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && ::listen(socket_, 4) == 0;
  }
  silent_server(const silent_server&) = delete;
  silent_server& operator=(const silent_server&) = delete;
  ~silent_server() { ::close(socket_); }

  [[nodiscard]] bool listens() const { return listens_; }
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }

 private:
  const test::scratch_folder folder_;
  const int socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool listens_ = false;
};

TEST(connection, a_server_that_never_answers_ends_with_the_deadline) {
  const silent_server server;
  ASSERT_TRUE(server.listens());
  const auto facts =
      refusal_of({.endpoints = {{server.folder(), 5432}}, .user = {"a"}}, {.timeout = std::chrono::milliseconds{200}});
  EXPECT_EQ(facts.sqlstate, "08001");
  EXPECT_EQ(facts.primary, "no answer within 200 ms");
}

TEST(connection, that_nobody_needs_any_more_is_given_up) {
  const silent_server server;
  ASSERT_TRUE(server.listens());
  std::stop_source stop;
  std::jthread caller{[&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    stop.request_stop();
  }};
  const auto start = std::chrono::steady_clock::now();
  const auto facts = refusal_of({.endpoints = {{server.folder(), 5432}}, .user = {"a"}},
                                {.timeout = std::chrono::seconds{60}, .stop = stop.get_token()});
  EXPECT_EQ(facts.sqlstate, "57014");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{30});
}

TEST(connection, missing_database_is_3d000) {
  const auto facts = refusal_of(shared_cluster().admin("nowhere"));
  EXPECT_EQ(facts.sqlstate, "3D000");
  EXPECT_EQ(facts.primary, "database \"nowhere\" does not exist");
}

TEST(connection, wrong_and_missing_passwords_are_28p01_and_never_shown) {
  test::cluster guarded{{.password = "right-password"}};
  EXPECT_EQ(connection::open(guarded.admin(), {}).query("SELECT 1").text(0, 0), "1");
  const auto wrong = refusal_of(guarded.login("postgres", "wrong-password", "postgres"));
  EXPECT_EQ(wrong.sqlstate, "28P01");
  EXPECT_EQ(wrong.primary.find("wrong-password"), std::string::npos);
  EXPECT_EQ(refusal_of(guarded.login("postgres", "", "postgres")).sqlstate, "28P01");
}

TEST(connection, a_full_server_is_53300) {
  test::cluster small{{.settings = {{"max_connections", "4"},
                                    {"superuser_reserved_connections", "0"},
                                    {"max_wal_senders", "0"},
                                    {"wal_level", "replica"}}}};
  std::vector<connection> taken;
  for (int i = 0; i < 4; ++i) taken.push_back(connection::open(small.admin(), {}));
  EXPECT_EQ(refusal_of(small.admin()).sqlstate, "53300");
}

TEST(connection, tls_that_the_server_does_not_have_is_told_apart) {
  test::cluster plain{{.tcp = true}};
  auto target = plain.admin_by_tcp();
  target.parameters["sslmode"] = "require";
  const auto facts = refusal_of(target);
  EXPECT_EQ(facts.tls, tls_trouble::not_offered);
  EXPECT_EQ(facts.sqlstate, "08001");

  target.endpoints.insert(target.endpoints.begin(), {"127.0.0.1", test::free_port()});
  target.parameters["sslmode"] = "disable";
  EXPECT_EQ(connection::open(target, {}).query("SELECT 1").text(0, 0), "1") << "the second host answers";
}

TEST(connection, settings_that_an_owner_left_do_not_reach_the_admin) {
  const auto database = shared_cluster().fresh_database();
  const auto owner = shared_cluster().fresh_name("hostile");
  auto boss = connection::open(shared_cluster().admin(), {});
  boss.query(fmt::format("CREATE ROLE {0}; ALTER DATABASE {1} OWNER TO {0}", owner, database));
  for (const auto* setting :
       {"role = '{0}'", "search_path = public", "default_transaction_read_only = on", "statement_timeout = 1",
        "lock_timeout = 1", "standard_conforming_strings = off", "transform_null_equals = on",
        "client_min_messages = error", "synchronous_commit = off", "default_transaction_isolation = serializable",
        "DateStyle = 'SQL, DMY'", "default_tablespace = nowhere", "row_security = off", "quote_all_identifiers = on",
        "idle_in_transaction_session_timeout = 1"}) {
    boss.query(fmt::format("ALTER DATABASE {} SET {}", database, fmt::format(fmt::runtime(setting), owner)));
  }

  auto session = connection::open(shared_cluster().admin(database), {.lock_timeout = std::chrono::seconds{7}});
  const auto seen = session.query(
      "SELECT current_user = session_user, current_setting('search_path'), current_setting('transaction_read_only'),"
      " current_setting('statement_timeout'), current_setting('lock_timeout'),"
      " current_setting('standard_conforming_strings'), current_setting('transform_null_equals'),"
      " current_setting('client_min_messages'), current_setting('transaction_isolation'),"
      " current_setting('default_tablespace'), current_setting('synchronous_commit')");
  EXPECT_EQ(seen.text(0, 0), "t");
  EXPECT_EQ(seen.text(0, 1), "pg_catalog,pg_temp");
  EXPECT_EQ(seen.text(0, 2), "off");
  EXPECT_EQ(seen.text(0, 3), "0");
  EXPECT_EQ(seen.text(0, 4), "7s");
  EXPECT_EQ(seen.text(0, 5), "on");
  EXPECT_EQ(seen.text(0, 6), "off");
  EXPECT_EQ(seen.text(0, 7), "warning");
  EXPECT_EQ(seen.text(0, 8), "read committed");
  EXPECT_EQ(seen.text(0, 9), "");
  EXPECT_EQ(seen.text(0, 10), "local");

  boss.query(fmt::format("ALTER DATABASE {} RESET statement_timeout", database));
  auto service = connection::open(shared_cluster().admin(database), {.kind = session_kind::service});
  EXPECT_EQ(service.query("SELECT current_user").text(0, 0), owner) << "a service's session pins nothing";
}

TEST(connection, options_of_the_address_do_not_undo_the_pins) {
  auto target = shared_cluster().admin();
  target.parameters["options"] = "-c search_path=public -c work_mem=8MB";
  auto session = connection::open(target, {});
  EXPECT_EQ(session.query("SHOW search_path").text(0, 0), "pg_catalog,pg_temp");
  EXPECT_EQ(session.query("SHOW work_mem").text(0, 0), "8MB");
}

TEST(connection, a_grant_that_did_nothing_is_an_error) {
  auto& server = shared_cluster();
  const auto database = server.fresh_database();
  const auto nobody = server.fresh_name("nobody");
  auto boss = connection::open(server.admin(database), {});
  boss.query(fmt::format("CREATE ROLE {} LOGIN; CREATE TABLE public.t (a int); GRANT SELECT ON public.t TO {}", nobody,
                         nobody));
  auto session = connection::open(server.login(nobody, "", database), {});
  const auto facts = failure_of([&] { session.query("GRANT SELECT ON public.t TO PUBLIC"); });
  EXPECT_EQ(facts.sqlstate, "01007");
  EXPECT_EQ(facts.statement, "GRANT SELECT ON public.t TO PUBLIC");
  EXPECT_EQ(failure_of([&] { session.query("REVOKE SELECT ON public.t FROM PUBLIC"); }).sqlstate, "01006");
  EXPECT_EQ(session.query("SELECT 1").text(0, 0), "1") << "the session goes on";
}

TEST(connection, a_statement_with_a_secret_is_never_shown) {
  auto session = connection::open(shared_cluster().admin(), {});
  for (const std::string statement :
       {"ALTER ROLE nobody_here PASSWORD 'hush-hush'", "ALTER ROLE postgres PASSWORT 'hush-hush'",
        "ALTER ROLE postgres PASSWORD 'hush-hush",
        "DO $$ BEGIN EXECUTE 'ALTER ROLE gone PASSWORD ''hush-hush'''; END $$"}) {
    try {
      session.query(statement, "ALTER ROLE … PASSWORD …");
      ADD_FAILURE() << statement;
    } catch (const error& failure) {
      const auto& facts = failure.facts();
      EXPECT_EQ(facts.statement, "ALTER ROLE … PASSWORD …");
      for (const auto& text : {facts.primary, facts.detail, facts.hint, facts.context, std::string{failure.what()}}) {
        EXPECT_EQ(text.find("hush"), std::string::npos) << text;
      }
    }
  }
}

TEST(connection, cancel_ends_what_runs) {
  auto session = connection::open(shared_cluster().admin(), {});
  std::atomic<bool> is_over{false};
  std::jthread canceller{[&] {
    // Again and again: the first one may come before the statement.
    (void)test::eventually([&] {
      session.cancel();
      return is_over.load();
    });
  }};
  EXPECT_EQ(failure_of([&] { session.query("SELECT pg_sleep(60)"); }).sqlstate, "57014");
  is_over = true;
}

TEST(connection, a_killed_backend_is_a_lost_connection) {
  auto session = connection::open(shared_cluster().admin(), {});
  auto other = connection::open(shared_cluster().admin(), {});
  const auto backend = session.backend_pid();
  other.query(fmt::format("SELECT pg_terminate_backend({})", backend));
  const auto is_gone = [&] {
    return other.query(fmt::format("SELECT count(*) FROM pg_stat_activity WHERE pid = {}", backend)).text(0, 0) == "0";
  };
  ASSERT_TRUE(test::eventually(is_gone));
  try {
    session.query("SELECT 1");
    ADD_FAILURE();
  } catch (const error& failure) {
    EXPECT_TRUE(failure.connection_is_lost()) << failure.what();
  }
}

TEST(connection, copy_is_refused_or_discarded_and_never_hangs) {
  auto session = connection::open(shared_cluster().admin(), {});
  session.query("COPY (SELECT generate_series(1, 1000)) TO STDOUT");
  session.query("CREATE TEMPORARY TABLE c (a int)");
  EXPECT_EQ(failure_of([&] { session.query("COPY c FROM STDIN"); }).sqlstate, "57014");
  EXPECT_EQ(session.query("SELECT 1").text(0, 0), "1");
}

TEST(connection, an_address_in_the_environment_does_not_lead_the_session_elsewhere) {
  test::cluster elsewhere{{.tcp = true}};
  auto target = shared_cluster().admin();
  target.endpoints[0].port = elsewhere.port();
  ::setenv("PGHOSTADDR", "127.0.0.1", 1);
  const auto facts = refusal_of(target);
  ::unsetenv("PGHOSTADDR");
  EXPECT_EQ(facts.sqlstate, "22023") << "there is no such socket, but such a port";
}

TEST(connection, notices_stay_off_our_stderr) {
  testing::internal::CaptureStderr();
  auto session = connection::open(shared_cluster().admin(), {.kind = session_kind::service});
  session.query("DO $$ BEGIN RAISE WARNING 'noise'; END $$; DROP TABLE IF EXISTS nothing_here");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace innkeeper::pg
