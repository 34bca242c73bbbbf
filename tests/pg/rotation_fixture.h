#pragma once
// A server whose log-ins take turns, and applications at work on it meanwhile: what its tests have in common.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "exec/apply.h"
#include "exec/rotate.h"
#include "exec/secret_store.h"
#include "exec/service_places.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/applications.h"
#include "tests/support/killed.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {

using test::applications;

inline const event_sink quiet_rotation = [](const event&) {};

class rotation_fixture {
 protected:
  explicit rotation_fixture(bool as_superuser)
      : cluster_{{.settings = {{"log_statement", "all"}, {"max_connections", "150"}}, .password = "admin password"}} {
    by_hand("CREATE ROLE plain LOGIN CREATEDB CREATEROLE PASSWORD 'plain password'");
    all_ = test::estate_of({test::service("cafe")});
    all_.secrets_directory = folder_.path() / "secrets";
    access_.server = &all_.servers.front();
    access_.admin = as_superuser ? cluster_.admin() : cluster_.login("plain", "plain password", "postgres");
    access_.endpoints = cluster_.admin().endpoints;
  }

  void by_hand(const std::string& sql, const std::string& database = "postgres") {
    pg::connection::open(cluster_.admin(database), {}).query(sql);
  }
  std::string ask(const std::string& sql, const std::string& database = "postgres") {
    const auto rows = pg::connection::open(cluster_.admin(database), {}).query(sql);
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) text += (i == 0 ? "" : " ") + rows.text(i, 0);
    return text;
  }
  void apply() {
    for (const auto& one : apply_server(all_, access_, {}, quiet_rotation).failures) ADD_FAILURE() << one.text;
  }
  void expect_nothing_to_do() {
    const auto planned = plan_server(all_, access_, {}).steps;
    for (const auto& one : planned.steps) ADD_FAILURE() << describe(one);
  }

  rotate_report run(const rotate_options& options, const event_sink& tell = quiet_rotation) {
    auto report = rotate_on(all_, access_, options, tell);
    for (const auto& one : report.log_ins) {
      if (one.outcome == rotation_outcome::failed) ADD_FAILURE() << one.log_in.value << ": " << one.text;
    }
    return report;
  }
  static rotate_options at_once(std::chrono::milliseconds grace = std::chrono::milliseconds{0}) {
    return {.grace = grace, .wait = std::chrono::seconds{60}};
  }
  static std::string outcome_of(const rotate_report& report) {
    return report.log_ins.empty() ? "nothing" : std::string{to_string(report.log_ins.front().outcome)};
  }

  [[nodiscard]] const service_declaration& service() const { return all_.services.front(); }
  // As `innkeeper secret show` and the application's library read it.
  [[nodiscard]] conninfo secret_of(const service_declaration& one) const {
    return service_conninfo(store_of(all_), one, access_);
  }
  [[nodiscard]] conninfo secret_now() const { return secret_of(service()); }
  // "open", or the SQLSTATE of the refusal.
  static std::string try_with(const conninfo& target) {
    try {
      auto session = pg::connection::open(target, {.kind = pg::session_kind::service});
      session.query("SELECT 1");
      return "open";
    } catch (const pg::error& refused) {
      return std::string{refused.sqlstate()};
    }
  }
  std::string state() { return ask("SELECT state FROM innkeeper.rotation ORDER BY role LIMIT 1", "innkeeper"); }
  std::string open_log_ins() {
    return ask("SELECT rolname FROM pg_roles WHERE rolname LIKE 'cafe_user%' AND rolcanlogin ORDER BY 1");
  }

  test::scratch_folder folder_;
  test::cluster cluster_;
  estate all_;
  server_access access_;
};

}  // namespace innkeeper::exec
