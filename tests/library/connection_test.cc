// A connection: statements, what the server keeps of them, deadlines, and what is told of failures.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/library/service_test.h"

namespace innkeeper::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class service_connection : public service_test {
 protected:
  static int kept_by(connection& session) {
    return session.execute("SELECT count(*) FROM pg_prepared_statements").front()[0].as<int>();
  }
};

TEST_F(service_connection, a_statement_is_prepared_once_and_text_is_not_kept) {
  auto session = connect();
  const statement ask_it{"SELECT $1::int + 1"};
  const statement the_same{"SELECT $1::int + 1"};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(session.execute(ask_it(i)).front()[0].as<int>(), i + 1);
  session.execute(the_same(1));
  session.execute("SELECT 'text'");
  session.execute(statement::once("SELECT $1::int")(4));
  EXPECT_EQ(kept_by(session), 1);
}

TEST_F(service_connection, what_the_server_forgot_is_prepared_again) {
  auto session = connect();
  const statement ask_it{"SELECT $1::int + 1"};
  for (const char* forget : {"DEALLOCATE ALL", "DISCARD ALL"}) {
    session.execute(ask_it(1));
    session.execute(forget);
    EXPECT_EQ(session.execute(ask_it(2)).front()[0].as<int>(), 3) << forget;
  }
}

TEST_F(service_connection, a_plan_that_ddl_made_obsolete_is_made_again) {
  auto session = connect();
  session.execute("CREATE TABLE t (a int)");
  session.execute("INSERT INTO t VALUES (1)");
  const statement all{"SELECT * FROM t"};
  const statement count_all{"SELECT count(*), max(a) FROM t"};
  EXPECT_THAT(session.execute(all).columns(), ElementsAre("a"));
  ask("ALTER TABLE t ADD b int");
  EXPECT_THAT(session.execute(all).columns(), ElementsAre("a", "b"));
  ask("ALTER TABLE t ADD c int");
  // In the middle of others, which are done once all the same.
  const statement insert{"INSERT INTO t (a) VALUES ($1)"};
  const auto results = session.execute_all({insert(2), all, insert(3), count_all});
  EXPECT_THAT(results[1].columns(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(results[3].front()[0].as<int>(), 3);
}

TEST_F(service_connection, inside_a_transaction_an_obsolete_plan_is_an_error_that_another_try_mends) {
  auto session = connect();
  session.execute("CREATE TABLE t (a int)");
  const statement all{"SELECT * FROM t"};
  session.execute(all);
  {
    transaction both{session};
    both.execute("SELECT 1");
    ask("ALTER TABLE t ADD b int");
    const auto failed = failure_of([&] { both.execute(all); });
    EXPECT_EQ(failed.sqlstate(), "0A000");
    EXPECT_TRUE(failed.may_retry());
    EXPECT_FALSE(failed.connection_is_lost());
  }
  {
    // As the first statement of a transaction it is no error at all.
    ask("ALTER TABLE t ADD c int");
    transaction both{session};
    EXPECT_THAT(both.execute(all).columns(), ElementsAre("a", "b", "c"));
    both.commit();
  }
}

TEST_F(service_connection, statements_made_without_end_do_not_fill_the_server) {
  auto session = connect();
  for (int i = 0; i < 300; ++i) session.execute(statement{"SELECT " + std::to_string(i)});
  EXPECT_LE(kept_by(session), 256);
  const statement first{"SELECT 0"};
  EXPECT_EQ(session.execute(first).front()[0].as<int>(), 0);
}

TEST_F(service_connection, tells_what_the_server_said_of_a_failure) {
  auto session = connect();
  session.execute("CREATE TABLE orders (id int PRIMARY KEY, email text CHECK (email <> ''))");
  const statement insert{"INSERT INTO orders VALUES ($1, $2)"};
  session.execute(insert(1, "a@example.com"));
  const auto failed = failure_of([&] { session.execute(insert(1, "secret@example.com")); });
  EXPECT_EQ(failed.sqlstate(), "23505");
  EXPECT_STREQ(failed.what(), "duplicate key value violates unique constraint \"orders_pkey\" [23505]");
  EXPECT_EQ(failed.table(), "orders");
  EXPECT_EQ(failed.constraint(), "orders_pkey");
  EXPECT_EQ(failed.detail(), "Key (id)=(1) already exists.");
  EXPECT_EQ(failed.statement(), "INSERT INTO orders VALUES ($1, $2)");
  EXPECT_FALSE(failed.connection_is_lost() || failed.may_retry() || failed.outcome_is_unknown() || failed.is_timeout());
  EXPECT_EQ(failure_of([&] { session.execute(insert(2)); }).sqlstate(), "08P01");
  EXPECT_EQ(failure_of([&] { session.execute(insert("x", "y")); }).sqlstate(), "22P02");
  EXPECT_EQ(failure_of([&] { session.execute(statement{"SELEKT"}); }).sqlstate(), "42601");
  EXPECT_TRUE(session.is_usable());
  EXPECT_EQ(session.execute("SELECT count(*) FROM orders").front()[0].as<int>(), 1);
}

TEST_F(service_connection, notices_stand_with_the_statement_that_they_are_about) {
  auto session = connect();
  const auto raise = [](const std::string& what) {
    return bound_statement{"DO $$ BEGIN RAISE WARNING '" + what + "' USING ERRCODE = '01ABC', HINT = 'hm'; END $$"};
  };
  const auto results = session.execute_all({raise("first"), "SELECT 1", raise("third")});
  ASSERT_EQ(results[0].notices().size(), 1U);
  EXPECT_EQ(results[0].notices()[0], (notice{"WARNING", "01ABC", "first", "", "hm"}));
  EXPECT_TRUE(results[1].notices().empty());
  EXPECT_TRUE(results[2].has_warning("01ABC"));
  EXPECT_FALSE(results[2].has_warning("01000"));
  EXPECT_TRUE(session.execute("SELECT 1").notices().empty());
}

TEST_F(service_connection, a_late_call_is_cancelled_and_the_connection_goes_on) {
  auto session = connect();
  const auto began = std::chrono::steady_clock::now();
  session.set_deadline(milliseconds{50});
  const auto failed = failure_of([&] { session.execute("SELECT pg_sleep(60)"); });
  EXPECT_EQ(failed.sqlstate(), "57014");
  EXPECT_TRUE(failed.is_timeout());
  EXPECT_FALSE(failed.connection_is_lost() || failed.outcome_is_unknown() || failed.may_retry());
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds{30});
  const auto too_late = failure_of([&] { session.execute("SELECT 1"); });
  EXPECT_EQ(too_late.message(), "the deadline had passed before anything was sent");
  EXPECT_FALSE(too_late.outcome_is_unknown());
  session.set_deadline({});
  EXPECT_EQ(session.execute("SELECT 7").front()[0].as<int>(), 7);
}

TEST_F(service_connection, is_lost_where_the_server_does_not_even_cancel_in_time) {
  auto how = options();
  how.cancel_timeout = milliseconds{100};
  connection session{how};
  session.execute("CREATE TABLE t (a int)");
  // The postmaster, which takes cancellations, and the backend both stand still.
  const pid_t backend = session.backend_pid();
  session.set_deadline(milliseconds{50});
  ::kill(backend, SIGSTOP);
  ::kill(server().postmaster(), SIGSTOP);
  std::atomic<bool> is_over{false};
  std::jthread goes_on{[&] {
    (void)eventually([&] { return is_over.load(); });
    ::kill(server().postmaster(), SIGCONT);
    ::kill(backend, SIGCONT);
  }};
  const auto failed = failure_of([&] { session.execute("INSERT INTO t VALUES (1)"); });
  is_over = true;
  EXPECT_EQ(failed.sqlstate(), "08006");
  EXPECT_TRUE(failed.connection_is_lost() && failed.is_timeout() && failed.outcome_is_unknown());
  EXPECT_FALSE(failed.may_retry());
  EXPECT_FALSE(session.is_usable());
  const auto again = failure_of([&] { session.execute("SELECT 1"); });
  EXPECT_EQ(again.sqlstate(), "08003");
  EXPECT_TRUE(again.may_retry());
}

TEST_F(service_connection, cancel_ends_what_runs_from_another_thread) {
  auto session = connect();
  std::atomic<bool> is_over{false};
  std::jthread canceller{[&] {
    // Again and again: the first one may come before the statement.
    (void)eventually([&] {
      session.cancel();
      return is_over.load();
    });
  }};
  const auto failed = failure_of([&] { session.execute("SELECT pg_sleep(60)"); });
  is_over = true;
  EXPECT_EQ(failed.sqlstate(), "57014");
  EXPECT_FALSE(failed.is_timeout());
}

TEST_F(service_connection, a_backend_that_was_ended_did_nothing_of_what_came_later) {
  auto session = connect();
  session.execute("CREATE TABLE t (a int)");
  end_backend(session.backend_pid());
  const auto failed = failure_of([&] { session.execute("INSERT INTO t VALUES (1)"); });
  EXPECT_EQ(failed.sqlstate(), "57P01");
  EXPECT_TRUE(failed.connection_is_lost());
  EXPECT_FALSE(failed.outcome_is_unknown());
  EXPECT_TRUE(failed.may_retry());
  EXPECT_FALSE(session.is_usable());
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "0");
}

TEST_F(service_connection, a_backend_that_is_ended_at_work_did_not_finish_it) {
  auto session = connect();
  std::jthread killer{[&, pid = std::to_string(session.backend_pid())] {
    (void)eventually([&] {
      return ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = " + pid +
                 " AND wait_event = 'PgSleep'") == "t";
    });
  }};
  const auto failed = failure_of([&] { session.execute("SELECT pg_sleep(60)"); });
  EXPECT_EQ(failed.sqlstate(), "57P01");
  EXPECT_TRUE(failed.connection_is_lost() && failed.may_retry());
  EXPECT_FALSE(failed.outcome_is_unknown());
}

TEST_F(service_connection, copy_is_refused_and_costs_the_session) {
  for (const char* copy : {"COPY (SELECT 1) TO STDOUT", "COPY t FROM STDIN"}) {
    auto session = connect();
    session.execute("CREATE TABLE IF NOT EXISTS t (a int)");
    const auto failed = failure_of([&] { session.execute(copy); });
    EXPECT_EQ(failed.sqlstate(), "0A000");
    EXPECT_TRUE(failed.connection_is_lost());
    EXPECT_FALSE(failed.outcome_is_unknown());
  }
}

TEST_F(service_connection, much_in_both_directions_at_once_does_not_block) {
  auto session = connect();
  const statement echo{"SELECT $1::text, repeat('x', 100000)"};
  std::vector<bound_statement> many;
  for (int i = 0; i < 200; ++i) many.push_back(echo(std::string(100'000, 'y')));
  const auto results = session.execute_all(many);
  ASSERT_EQ(results.size(), 200U);
  EXPECT_EQ(results.back().front()[0].text().size(), 100'000U);
}

TEST_F(service_connection, finds_the_server_that_it_wants_among_several_hosts) {
  auto where = server().admin_by_tcp(database_);
  where.endpoints.insert(where.endpoints.begin(), {"127.0.0.1", free_port()});
  EXPECT_TRUE(connection{{.url = url_of(where)}}.is_usable());
  EXPECT_TRUE((connection{{.url = url_of(where), .target_session_attrs = "primary"}}.is_usable()));
  const auto refused = failure_of([&] { connection{{.url = url_of(where), .target_session_attrs = "standby"}}; });
  EXPECT_EQ(refused.sqlstate(), "25006");
  EXPECT_THAT(refused.detail(), HasSubstr(": server is not in hot standby mode [25006]"));
  EXPECT_THAT(refused.detail(), HasSubstr("Connection refused"));
  EXPECT_TRUE((connection{{.url = url_of(where), .target_session_attrs = "prefer-standby"}}.is_usable()));
}

TEST_F(service_connection, a_first_host_that_never_answers_leaves_time_for_the_second) {
  const scratch_folder folder;
  const int silent = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder.path() / ".s.PGSQL.5432";
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(silent, 4), 0);
  auto where = target();
  where.endpoints.insert(where.endpoints.begin(), {folder.path(), 5432});
  where.parameters["connect_timeout"] = "1";
  EXPECT_TRUE((connection{{.url = url_of(where), .connect_timeout = seconds{20}}}.is_usable()));
  where.endpoints.pop_back();
  const auto refused = failure_of([&] { connection{{.url = url_of(where), .connect_timeout = milliseconds{100}}}; });
  EXPECT_EQ(refused.sqlstate(), "08001");
  EXPECT_TRUE(refused.connection_is_lost() && refused.may_retry());
  ::close(silent);
}

TEST_F(service_connection, takes_settings_and_shows_its_name) {
  auto how = options();
  how.application_name = "orders 1";
  how.settings = {{"synchronous_commit", "remote_apply"}, {"orders.motto", "a b\\c"}};
  connection session{how};
  EXPECT_EQ(session.execute("SHOW synchronous_commit").front()[0].text(), "remote_apply");
  EXPECT_EQ(session.execute("SHOW orders.motto").front()[0].text(), "a b\\c");
  EXPECT_EQ(session.execute("SHOW application_name").front()[0].text(), "orders 1");
  EXPECT_EQ(session.execute("SHOW client_encoding").front()[0].text(), "UTF8");
  EXPECT_GE(session.server_version(), 130000);
}

TEST_F(service_connection, refuses_options_that_cannot_be_meant) {
  EXPECT_THROW(connection{{}}, std::invalid_argument);
  EXPECT_THROW(connection{{.url = "mysql://a"}}, std::invalid_argument);
  EXPECT_THROW((connection{{.url = "host=a", .target_session_attrs = "master"}}), std::invalid_argument);
  EXPECT_THROW((connection{{.url = "host=a", .connect_timeout = milliseconds{0}}}), std::invalid_argument);
  EXPECT_THROW((connection{{.url = "host=a", .cancel_timeout = milliseconds{-1}}}), std::invalid_argument);
}

TEST_F(service_connection, no_error_holds_a_password) {
  const cluster guarded{{.password = "right-password", .tcp = true}};
  const auto port = guarded.port();
  const std::string urls[] = {
      "postgresql://postgres:hush-hush@127.0.0.1:" + std::to_string(port) + "/postgres",
      "postgresql+asyncpg://postgres:hush-hush@127.0.0.1:" + std::to_string(port) + "/postgres",
      "jdbc:postgresql://127.0.0.1:" + std::to_string(port) + "/postgres?user=postgres&password=hush-hush",
      "Host=127.0.0.1;Port=" + std::to_string(port) + ";Username=postgres;Password=hush-hush;Database=postgres",
      "postgresql://postgres:hush-hush@127.0.0.1:" + std::to_string(free_port()) + "/postgres"};
  for (const auto& url : urls) {
    const auto failed = failure_of([&] { connection{{.url = url}}; });
    EXPECT_TRUE(failed.sqlstate() == "28P01" || failed.sqlstate() == "08001") << failed.what();
    for (const auto& text : {std::string{failed.what()}, failed.detail(), failed.hint(), failed.statement()}) {
      EXPECT_THAT(text, Not(HasSubstr("hush")));
    }
  }
  try {
    connection{{.url = "postgresql://postgres:hush-hush@127.0.0.1/db?sslmod=require"}};
    ADD_FAILURE();
  } catch (const std::invalid_argument& failed) {
    EXPECT_THAT(failed.what(), Not(HasSubstr("hush")));
  }
  EXPECT_TRUE(
      connection{{.url = "postgresql://postgres:right-password@127.0.0.1:" + std::to_string(port) + "/postgres"}}
          .is_usable());
}

}  // namespace
}  // namespace innkeeper::test
