// A pool on real servers: shared by threads, exhausted, its connections killed, its server restarted, away, or a
// standby.
#include <atomic>
#include <fstream>
#include <thread>

#include "exec/process.h"
#include "tests/library/service_test.h"
#include "tests/support/pooler.h"

namespace innkeeper::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

int number_of(const result& answer) {
  return answer.front()[0].as<int>();
}

class service_pool : public service_test {
 protected:
  [[nodiscard]] pool_options settings() const {
    return {.connection = options(),
            .name = "orders",
            .acquire_timeout = 20s,
            .initial_retry_delay = 5ms,
            .max_retry_delay = 20ms};
  }

  [[nodiscard]] int sessions() const {
    return std::stoi(
        ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"));
  }
};

TEST_F(service_pool, opens_nothing_before_it_is_needed_and_uses_what_it_has) {
  pool orders{settings()};
  EXPECT_EQ(sessions(), 0);
  int first = 0;
  {
    auto session = orders.acquire();
    first = session->backend_pid();
    EXPECT_EQ(number_of(session->execute("SELECT 1")), 1);
    EXPECT_EQ(orders.metrics().in_use, 1);
  }
  EXPECT_EQ(orders.acquire()->backend_pid(), first);
  EXPECT_EQ(number_of(orders.execute("SELECT pg_backend_pid()")), first);
  const auto now = orders.metrics();
  EXPECT_EQ(now.opened_total, 1U);
  EXPECT_EQ(now.acquired_total, 3U);
  EXPECT_EQ(now.waits_total, 1U) << "for the first to open";
  EXPECT_EQ(now.idle, 1);
}

TEST_F(service_pool, sixty_four_threads_share_twenty_five_connections) {
  pool orders{settings()};
  orders.execute("CREATE TABLE hits (n int)");
  const statement hit{
      "INSERT INTO hits SELECT $1 WHERE (SELECT count(*) FROM pg_stat_activity WHERE datname ="
      " current_database() AND backend_type = 'client backend') <= 26"};
  std::atomic<int> failures = 0;
  std::atomic<int> most = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 64; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i) {
          try {
            auto session = orders.acquire();
            if (session->execute(hit(t)).affected_rows() != 1) ++failures;
            const auto now = orders.metrics();
            for (int seen = most; seen < now.open() && !most.compare_exchange_weak(seen, now.open());) {
            }
          } catch (const error&) {
            ++failures;
          }
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(number_of(orders.execute("SELECT count(*) FROM hits")), 640);
  EXPECT_LE(most, 25);
  const auto now = orders.metrics();
  EXPECT_LE(now.opened_total, 25U);
  EXPECT_EQ(now.in_use + now.waiting, 0);
  EXPECT_GT(now.waits_total, 0U);
  EXPECT_GT(now.wait_time_total, 0ns);
}

TEST_F(service_pool, a_wait_for_a_free_connection_ends_at_the_deadline) {
  auto how = settings();
  how.max_open = 2;
  pool orders{how};
  auto first = orders.acquire();
  auto second = orders.acquire();
  const auto began = steady_clock::now();
  const auto failed = failure_of([&] { (void)orders.acquire(50ms); });
  EXPECT_GE(steady_clock::now() - began, 50ms);
  EXPECT_EQ(failed.sqlstate(), "53300");
  EXPECT_THAT(failed.message(), HasSubstr("no connection came free within "));
  EXPECT_EQ(failed.detail(), "2 of 2 are in use, 0 are being opened, 0 others wait");
  EXPECT_TRUE(failed.is_timeout() && failed.may_retry());
  EXPECT_FALSE(failed.connection_is_lost() || failed.outcome_is_unknown());
  EXPECT_EQ(orders.metrics().timeouts_total, 1U);
  EXPECT_EQ(orders.health(50ms).sqlstate, "53300");
}

TEST_F(service_pool, who_waits_longest_is_served_first_and_health_before_all) {
  auto how = settings();
  how.max_open = 1;
  pool orders{how};
  std::optional<pooled_connection> taken{orders.acquire()};
  std::mutex guard;
  std::vector<std::string> served;
  std::vector<std::jthread> waiting;
  const auto serve = [&](const std::string& who) {
    const std::lock_guard lock{guard};
    served.push_back(who);
  };
  for (const char* who : {"first", "second"}) {
    waiting.emplace_back([&, who] {
      auto session = orders.acquire();
      serve(who);
    });
    ASSERT_TRUE(eventually([&] { return orders.metrics().waiting == static_cast<int>(waiting.size()); }));
  }
  waiting.emplace_back([&] {
    EXPECT_EQ(orders.health(20s).state, server_state::ready);
    serve("health");
  });
  ASSERT_TRUE(eventually([&] { return orders.metrics().waiting == 3; }));
  // Whoever is served gives it back before it says so at the latest in the end: in this order all the same.
  taken.reset();
  waiting.clear();
  EXPECT_EQ(served.size(), 3U);
  EXPECT_LT(std::ranges::find(served, "first"), std::ranges::find(served, "second"));
}

TEST_F(service_pool, surplus_connections_are_closed_after_a_while) {
  auto how = settings();
  how.max_idle = 2;
  how.idle_time = 30ms;
  pool orders{how};
  {
    std::vector<pooled_connection> burst;
    for (int i = 0; i < 6; ++i) burst.push_back(orders.acquire());
  }
  EXPECT_TRUE(eventually([&] { return orders.metrics().idle == 2 && sessions() == 2; }));
  EXPECT_EQ(orders.metrics().closed_idle_total, 4U);
}

TEST_F(service_pool, old_connections_are_replaced_and_never_in_use) {
  auto how = settings();
  how.max_lifetime = 100ms;
  pool orders{how};
  auto session = orders.acquire();
  const auto first = session->backend_pid();
  const auto until = steady_clock::now() + 150ms;
  ASSERT_TRUE(eventually([&] { return steady_clock::now() > until; }));
  EXPECT_EQ(number_of(session->execute("SELECT 1")), 1) << "in use, it may grow old";
  { const auto back = std::move(session); }
  EXPECT_NE(orders.acquire()->backend_pid(), first);
  EXPECT_TRUE(eventually([&] { return orders.metrics().closed_lifetime_total >= 2 && sessions() == 0; }))
      << "idle, it is closed without being asked for";
}

TEST_F(service_pool, a_connection_that_was_killed_while_idle_is_not_given_out) {
  pool orders{settings()};
  const auto first = orders.acquire()->backend_pid();
  end_backend(first);
  auto session = orders.acquire();
  EXPECT_NE(session->backend_pid(), first);
  EXPECT_EQ(number_of(session->execute("SELECT 1")), 1);
  EXPECT_EQ(orders.metrics().closed_lost_total, 1U);
}

TEST_F(service_pool, a_connection_that_is_killed_in_use_fails_there_and_is_replaced) {
  pool orders{settings()};
  const statement one{"SELECT 1"};
  {
    auto session = orders.acquire();
    session->execute(one);
    end_backend(session->backend_pid());
    const auto failed = failure_of([&] { session->execute(one); });
    EXPECT_TRUE(failed.connection_is_lost() && failed.may_retry());
  }
  EXPECT_EQ(number_of(orders.execute(one)), 1) << "and what it had prepared is prepared anew";
  EXPECT_EQ(orders.metrics().closed_lost_total, 1U);
  EXPECT_EQ(orders.metrics().open(), 1);
}

TEST_F(service_pool, a_reload_of_the_servers_settings_costs_no_connection) {
  pool orders{settings()};
  const auto first = orders.acquire()->backend_pid();
  const auto zone = ask("SHOW TimeZone") == "UTC" ? "Asia/Tokyo" : "UTC";
  ask("ALTER SYSTEM SET TimeZone = '" + std::string{zone} + "'");
  server().reload();
  ASSERT_TRUE(eventually([&] { return ask("SHOW TimeZone") == zone; }));
  EXPECT_EQ(orders.acquire()->backend_pid(), first);
  ask("ALTER SYSTEM RESET ALL");
}

TEST_F(service_pool, what_comes_back_unclean_is_not_used_again) {
  pool orders{settings()};
  const auto first = orders.acquire()->backend_pid();
  {
    auto session = orders.acquire();
    session->execute("BEGIN");
  }
  auto session = orders.acquire();
  EXPECT_NE(session->backend_pid(), first);
  session.discard();
  { const auto back = std::move(session); }
  EXPECT_EQ(orders.metrics().closed_discarded_total, 2U);
  EXPECT_EQ(orders.metrics().open(), 0);
  {
    auto rolled_back = orders.acquire();
    transaction unfinished{*rolled_back};
    unfinished.execute("SELECT 1");
  }
  EXPECT_EQ(orders.metrics().idle, 1) << "a transaction that ends with its scope is clean";
}

TEST_F(service_pool, a_deadline_ends_with_the_loan) {
  pool orders{settings()};
  orders.acquire()->set_deadline(0ms);
  EXPECT_EQ(number_of(orders.acquire()->execute("SELECT 1")), 1);
  const auto late = failure_of([&] { orders.execute("SELECT pg_sleep(60)", 50ms); });
  EXPECT_TRUE(late.is_timeout());
}

TEST_F(service_pool, closed_it_gives_out_nothing_and_loans_end_well) {
  auto how = settings();
  how.max_open = 1;
  std::optional<pool> orders{std::in_place, how};
  auto session = orders->acquire();
  std::jthread waits{[&] { EXPECT_EQ(failure_of([&] { (void)orders->acquire(); }).sqlstate(), "08003"); }};
  ASSERT_TRUE(eventually([&] { return orders->metrics().waiting == 1; }));
  orders->close();
  waits.join();
  EXPECT_EQ(failure_of([&] { (void)orders->acquire(); }).message(), "the pool is closed");
  EXPECT_EQ(orders->health().state, server_state::unreachable);
  orders.reset();
  EXPECT_EQ(number_of(session->execute("SELECT 1")), 1) << "it outlives the pool";
  { const auto back = std::move(session); }
  EXPECT_TRUE(eventually([&] { return sessions() == 0; }));
}

TEST_F(service_pool, goes_through_a_pooler_in_session_mode) {
  const pooler between{server(), {"postgres"}, {.mode = "session", .pool_size = 3}};
  auto how = settings();
  how.max_open = 3;
  how.connection.url = url_of(between.through(target()));
  pool orders{how};
  const statement add{"SELECT sum(n) FROM unnest($1::int8[]) AS n"};
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10; ++i) {
          if (number_of(orders.execute(add(std::vector<std::int64_t>{1, 2, i}))) != 3 + i) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  auto session = orders.acquire();
  EXPECT_EQ(session->execute_each({{add(std::vector<int>{1})}, {"SELECT 1/0"}}).size(), 2U);
}

TEST_F(service_pool, its_metrics_are_what_prometheus_reads) {
  auto how = settings();
  how.name = "a \"b\"\\\n";
  pool orders{how};
  orders.execute("SELECT 1");
  pool other{settings()};
  const std::vector<pool_metrics> both{orders.metrics(), other.metrics()};
  const auto text = to_prometheus(both);
  EXPECT_THAT(text, HasSubstr("# HELP innkeeper_pool_connections Connections by what they are doing.\n"
                              "# TYPE innkeeper_pool_connections gauge\n"
                              "innkeeper_pool_connections{pool=\"a \\\"b\\\"\\\\\\n\",state=\"in_use\"} 0\n"
                              "innkeeper_pool_connections{pool=\"a \\\"b\\\"\\\\\\n\",state=\"idle\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("innkeeper_pool_closed_total{pool=\"orders\",reason=\"lost\"} 0\n"));
  const auto checked = exec::run_process({.words = {"/usr/bin/promtool", "check", "metrics"}, .input = secret{text}},
                                         std::chrono::seconds{60});
  EXPECT_EQ(checked.status, 0) << checked.output;
  EXPECT_EQ(checked.output, "");
}

TEST(pool_options, come_from_the_environment) {
  const std::vector<std::string> names{"DATABASE_URL", "DB_MAX_OPEN_CONNS", "DB_MAX_IDLE_CONNS", "DB_CONN_MAX_LIFETIME",
                                       "DB_CONNECT_TIMEOUT"};
  const auto set = [&](std::vector<const char*> values) {
    for (std::size_t i = 0; i < names.size(); ++i) ::setenv(names[i].c_str(), values[i], 1);
  };
  set({"postgresql://a@b/c", "50", "0", "5m", "2"});
  const auto found = pool_options_of_environment();
  EXPECT_EQ(found.connection.url, "postgresql://a@b/c");
  EXPECT_EQ(found.max_open, 50);
  EXPECT_EQ(found.max_idle, 0);
  EXPECT_EQ(found.max_lifetime, 5min);
  EXPECT_EQ(found.connection.connect_timeout, 2s);
  for (const auto& wrong : std::vector<std::vector<const char*>>{
           {"", "0", "", "", ""}, {"", "x", "", "", ""}, {"", "", "-1", "", ""}, {"", "", "", "soon", ""}}) {
    set(wrong);
    EXPECT_THROW((void)pool_options_of_environment(), std::invalid_argument);
  }
  for (const auto& name : names) ::unsetenv(name.c_str());
  const auto defaults = pool_options_of_environment();
  EXPECT_EQ(defaults.max_open, 25);
  EXPECT_EQ(defaults.max_idle, 5);
  EXPECT_EQ(defaults.max_lifetime, 300s);
  EXPECT_EQ(defaults.connection.connect_timeout, 5s);
  EXPECT_THROW(pool{defaults}, std::invalid_argument) << "without an address";
}

TEST(pool_options, that_cannot_be_meant_are_refused) {
  const auto refused = [](const auto& change) {
    pool_options how{.connection = {.url = "postgresql://a@b/c"}};
    change(how);
    EXPECT_THROW(pool{how}, std::invalid_argument);
  };
  refused([](auto& one) { one.max_open = 0; });
  refused([](auto& one) { one.max_idle = -1; });
  refused([](auto& one) { one.idle_time = -1ms; });
  refused([](auto& one) { one.max_lifetime = -1ms; });
  refused([](auto& one) { one.acquire_timeout = 0ms; });
  refused([](auto& one) { one.initial_retry_delay = 0ms; });
  refused([](auto& one) { one.max_retry_delay = 1ms; });
  refused([](auto& one) { one.connection.connect_timeout = 0ms; });
}

// On servers of their own, which are stopped and changed.
class changing_server : public testing::Test {
 protected:
  [[nodiscard]] pool_options settings() const {
    return {.connection = {.url = url_of(server_.admin()), .cancel_timeout = 20s},
            .acquire_timeout = 20s,
            .initial_retry_delay = 5ms,
            .max_retry_delay = 20ms};
  }

  cluster server_;
};

TEST_F(changing_server, a_restart_costs_a_wait_and_nothing_else) {
  pool orders{settings()};
  const statement one{"SELECT 1"};
  orders.execute(one);
  EXPECT_EQ(orders.health().state, server_state::ready);
  server_.stop();
  const auto failed = failure_of([&] { (void)orders.acquire(100ms); });
  EXPECT_EQ(failed.sqlstate(), "08001");
  EXPECT_THAT(failed.message(), HasSubstr("no connection within "));
  EXPECT_TRUE(failed.is_timeout() && failed.connection_is_lost() && failed.may_retry());
  const auto away = orders.health(100ms);
  EXPECT_EQ(away.state, server_state::unreachable);
  EXPECT_THAT(away.reason, HasSubstr("No such file or directory"));
  EXPECT_THAT(away.reason, Not(HasSubstr("\n")));
  EXPECT_GT(orders.metrics().open_failures_total, 1U) << "it goes on trying";
  // The server would end with a thread that had started it.
  std::jthread waits{[&] { EXPECT_EQ(number_of(orders.execute(one)), 1) << "who waits is served once it is back"; }};
  EXPECT_TRUE(eventually([&] { return orders.metrics().waiting == 1; }));
  server_.start();
  waits.join();
  EXPECT_EQ(orders.health().state, server_state::ready);
  EXPECT_EQ(orders.health().reason, "");
}

TEST_F(changing_server, a_crash_in_the_middle_is_survived_and_loses_nothing_that_was_done) {
  auto durable = settings();
  durable.connection.settings["synchronous_commit"] = "on";  // the test server's own is off
  pool orders{durable};
  orders.execute("CREATE TABLE t (n int)");
  const statement insert{"INSERT INTO t SELECT 1 FROM pg_sleep(0.001)"};
  std::atomic<int> done = 0;
  std::atomic<int> unknown = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&](const std::stop_token& is_over) {
      while (!is_over.stop_requested()) {
        try {
          orders.execute(insert);
          ++done;
        } catch (const error& failed) {
          EXPECT_TRUE(failed.connection_is_lost()) << failed.what();
          if (failed.outcome_is_unknown()) ++unknown;
        }
      }
    });
  }
  ASSERT_TRUE(eventually([&] { return done > 20; }));
  server_.kill9();
  server_.recover();
  const int before = done;
  ASSERT_TRUE(eventually([&] { return done > before + 20; }));
  threads.clear();
  const int rows = orders.execute("SELECT count(*) FROM t").front()[0].as<int>();
  EXPECT_GE(rows, done);
  EXPECT_LE(rows, done + unknown);
}

TEST_F(changing_server, a_standby_is_told_apart_and_refused_where_a_primary_is_asked_for) {
  server_.stop();
  std::ofstream{server_.data() / "standby.signal"}.close();
  server_.start();
  pool any{settings()};
  const auto found = any.health(20s);
  EXPECT_EQ(found.state, server_state::read_only);
  EXPECT_EQ(found.reason, "the server is a standby");
  EXPECT_EQ(any.execute("SELECT 1").front()[0].as<int>(), 1);
  EXPECT_EQ(failure_of([&] { any.execute("CREATE TABLE t (n int)"); }).sqlstate(), "25006");
  auto how = settings();
  how.connection.target_session_attrs = "primary";
  pool primary_only{how};
  EXPECT_EQ(primary_only.health(500ms).state, server_state::read_only);
  const auto refused = failure_of([&] { (void)primary_only.acquire(500ms); });
  EXPECT_EQ(refused.sqlstate(), "25006");
  EXPECT_TRUE(refused.is_timeout()) << "a failover may be under way: it waits";
  any.execute("SELECT pg_promote()");
  EXPECT_EQ(primary_only.health(20s).state, server_state::ready);
  ASSERT_TRUE(eventually([&] { return any.health(20s).state == server_state::ready; }));
  any.execute("ALTER SYSTEM SET default_transaction_read_only = on");
  any.execute("SELECT pg_reload_conf()");
  EXPECT_TRUE(
      eventually([&] { return any.health(20s).reason == "the server's transactions are read-only by default"; }));
}

TEST(pool_log_in, a_wrong_password_fails_at_once_and_is_tried_again_later) {
  cluster guarded{{.password = "right-password"}};
  pool orders{{.connection = {.url = url_of(guarded.login("postgres", "wrong-password", "postgres"))},
               .initial_retry_delay = 10min,
               .max_retry_delay = 10min}};
  for (int i = 0; i < 3; ++i) {
    const auto failed = failure_of([&] { (void)orders.acquire(10min); });
    EXPECT_EQ(failed.sqlstate(), "28P01");
    EXPECT_FALSE(failed.is_timeout() || failed.may_retry());
    EXPECT_THAT(failed.what(), Not(HasSubstr("wrong-password")));
  }
  EXPECT_EQ(orders.metrics().open_failures_total, 1U) << "the server is spared the others";
  const auto told = orders.health();
  EXPECT_EQ(told.state, server_state::unreachable);
  EXPECT_EQ(told.sqlstate, "28P01");
  pool patient{{.connection = {.url = url_of(guarded.login("postgres", "right-password", "nowhere"))},
                .initial_retry_delay = 5ms,
                .max_retry_delay = 5ms}};
  EXPECT_EQ(failure_of([&] { (void)patient.acquire(10min); }).sqlstate(), "3D000");
  pg::connection::open(guarded.admin(), {}).query("CREATE DATABASE nowhere");
  EXPECT_TRUE(eventually([&] { return patient.health(20s).state == server_state::ready; }));
}

}  // namespace
}  // namespace innkeeper::test
