#include "exec/wait_for_server.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>

#include "exec/error.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

using std::chrono::milliseconds;

// Short real delays: what is waited for happens meanwhile.
struct waiting {
  std::mutex guard;
  std::vector<std::string> told;  // read by the test's other threads through has_told
  std::atomic<int> sleeps = 0;
  wait_options options{.name = "shared",
                       .rules = {.limits = {.max_retries = 400,
                                            .initial_delay = milliseconds{20},
                                            .max_delay = milliseconds{20},
                                            .timeout = milliseconds{5000}}}};

  pg::connection operator()(const conninfo& target) {
    options.sleep = [this](milliseconds delay) {
      ++sleeps;
      std::this_thread::sleep_for(delay);
    };
    return wait_for_server(target, options, [this](const event& one) {
      const std::lock_guard lock{guard};
      if (one.kind == event_kind::waiting) told.push_back(one.text);
    });
  }

  int count_told(std::string_view word) {
    const std::lock_guard lock{guard};
    return static_cast<int>(
        std::ranges::count_if(told, [&](const auto& one) { return one.find(word) != std::string::npos; }));
  }

  exit_code failure(const conninfo& target, std::string* detail = nullptr) {
    try {
      (void)(*this)(target);
    } catch (const error& failed) {
      if (detail != nullptr) *detail = std::string{failed.what()} + " | " + failed.detail() + " | " + failed.hint();
      return failed.code();
    }
    return exit_code::ok;
  }
};

TEST(wait_for_server, absent_is_told_once_and_ends_with_69) {
  waiting wait;
  wait.options.rules.limits.max_retries = 3;
  std::string text;
  EXPECT_EQ(wait.failure({.endpoints = {{"/nowhere", 5433}}, .user = {"a"}}, &text), exit_code::unavailable);
  EXPECT_EQ(wait.sleeps, 3);
  ASSERT_EQ(wait.told.size(), 1U);
  EXPECT_EQ(wait.told[0].find("server \"shared\" at /nowhere:5433 does not answer: connection to server on socket"),
            0U);
  EXPECT_EQ(text.find("server \"shared\" at /nowhere:5433 does not answer after 4 attempts"), 0U);
  EXPECT_NE(text.find("[08001]"), std::string::npos);
}

TEST(wait_for_server, comes_through_when_the_server_starts_meanwhile) {
  test::cluster server;
  server.stop();
  waiting wait;
  // Started by this thread, since the server dies with the thread that started it.
  std::jthread waiter{[&] { EXPECT_EQ(wait(server.admin()).query("SELECT 1").text(0, 0), "1"); }};
  EXPECT_TRUE(test::eventually([&] { return wait.sleeps > 2; }));
  server.start();
  waiter.join();
  EXPECT_EQ(wait.count_told("does not answer"), 1);
}

TEST(wait_for_server, recovery_and_a_standby_are_told_apart_and_promotion_ends_the_wait) {
  // restore_command hangs until its file is there: the server answers "starting up" as long as the test likes.
  test::cluster server;
  server.stop();
  const auto gate = server.socket_directory() / "gate";
  server.set("restore_command", fmt::format("while [ ! -e {} ]; do sleep 0.02; done; exit 1", gate.string()));
  std::ofstream{server.data() / "standby.signal"};
  server.start_without_wait();

  waiting wait;
  std::jthread helper{[&] {
    ASSERT_TRUE(test::eventually([&] { return wait.sleeps > 3 && wait.count_told("starting up") > 0; }));
    std::ofstream{gate};
    ASSERT_TRUE(test::eventually([&] { return wait.count_told("standby") > 0; }));
    server.wait_until_ready();
    auto session = pg::connection::open(server.admin(), {});
    session.query("SELECT pg_promote(false)");
  }};
  EXPECT_EQ(wait(server.admin()).query("SELECT pg_is_in_recovery()").text(0, 0), "f");
  helper.join();
  EXPECT_EQ(wait.count_told("is starting up or shutting down"), 1);
  EXPECT_EQ(wait.count_told("is a standby and takes no changes"), 1);
}

TEST(wait_for_server, a_standby_will_do_for_reading) {
  test::cluster server;
  server.stop();
  std::ofstream{server.data() / "standby.signal"};
  server.start();
  waiting wait;
  wait.options.needs_writable = false;
  EXPECT_EQ(wait(server.admin()).query("SELECT 1").text(0, 0), "1");
  wait.options.needs_writable = true;
  wait.options.rules.limits.max_retries = 2;
  EXPECT_EQ(wait.failure(server.admin()), exit_code::unavailable);
}

TEST(wait_for_server, a_full_server_is_waited_for) {
  test::cluster server{{.settings = {{"max_connections", "2"},
                                     {"superuser_reserved_connections", "0"},
                                     {"max_wal_senders", "0"},
                                     {"wal_level", "replica"}}}};
  std::vector<pg::connection> taken;
  for (int i = 0; i < 2; ++i) taken.push_back(pg::connection::open(server.admin(), {}));
  waiting wait;
  wait.options.sleep = [](milliseconds) {};
  wait.options.rules.limits.max_retries = 3;
  EXPECT_EQ(wait.failure(server.admin()), exit_code::unavailable);
  ASSERT_EQ(wait.told.size(), 1U);
  EXPECT_NE(wait.told[0].find("has no connection left"), std::string::npos);
  taken.clear();
  wait.options.rules.limits.max_retries = 400;
  EXPECT_EQ(wait(server.admin()).query("SELECT 1").text(0, 0), "1");
}

TEST(wait_for_server, a_wrong_password_ends_the_admins_wait_at_once_with_77_and_hides_it) {
  test::cluster server{{.password = "right-password"}};
  waiting wait;
  std::string text;
  EXPECT_EQ(wait.failure(server.login("postgres", "wrong-password", "postgres"), &text), exit_code::not_permitted);
  EXPECT_EQ(wait.sleeps, 0);
  EXPECT_EQ(text.find("wrong-password"), std::string::npos) << text;
  EXPECT_NE(text.find("[28P01]"), std::string::npos) << text;
  EXPECT_EQ(wait.failure(server.login("postgres", "right-password", "nowhere"), &text), exit_code::invalid);
  EXPECT_NE(text.find("[3D000]"), std::string::npos) << text;
}

TEST(wait_for_server, a_service_waits_for_its_login_and_its_database_to_be_made) {
  test::cluster server{{.password = "boss-password"}};
  auto boss = pg::connection::open(server.admin(), {});
  waiting wait;
  wait.options.rules.who = waiter::service;
  wait.options.connection.kind = pg::session_kind::service;
  std::jthread provision{[&] {
    ASSERT_TRUE(test::eventually([&] { return wait.sleeps >= 2; }));
    boss.query("CREATE ROLE cafe_user LOGIN PASSWORD 'pw'");
    const int before = wait.sleeps;
    ASSERT_TRUE(test::eventually([&] { return wait.sleeps >= before + 3; }));
    boss.query("CREATE DATABASE cafe");
  }};
  auto session = wait(server.login("cafe_user", "pw", "cafe"));
  EXPECT_EQ(session.query("SELECT current_user").text(0, 0), "cafe_user");
  provision.join();
  EXPECT_EQ(wait.told.size(), 2U) << "the log-in once, the database once";
}

TEST(wait_for_server, tls_that_does_not_match_ends_at_once_with_65) {
  test::cluster server{{.tcp = true}};
  auto target = server.admin_by_tcp();
  target.parameters["sslmode"] = "require";
  waiting wait;
  std::string text;
  EXPECT_EQ(wait.failure(target, &text), exit_code::invalid);
  EXPECT_EQ(wait.sleeps, 0);
  EXPECT_NE(text.find("has no TLS, and the connection asks for it"), std::string::npos) << text;
}

}  // namespace
}  // namespace innkeeper::exec
