#pragma once
// A service with a database and a log-in of its own, as apply leaves them, and schema files that a test writes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "exec/migrate.h"
#include "migration/directory.h"
#include "pg/connection.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {

class migrate : public testing::Test {
 protected:
  migrate() : database_{server().fresh_database()}, role_{server().fresh_name("svc")} {
    admin("postgres", fmt::format("CREATE ROLE {} LOGIN", role_));
    admin(database_, fmt::format("ALTER SCHEMA public OWNER TO {0}; CREATE SCHEMA innkeeper AUTHORIZATION {0}; "
                                 "REVOKE ALL ON SCHEMA public FROM PUBLIC",
                                 role_));
    target_.service = "cafe";
    target_.server = "shared";
    target_.log_in = server().login(role_, "", database_);
    target_.log_in.password.reset();
    target_.wait.max_retries = 3;
    target_.history = {"innkeeper"};
    target_.history_elsewhere = {"innkeeper_cafe"};
    target_.directory = "cafe/schema";
    options_.time.sleep = [this](std::chrono::milliseconds time) { slept_.push_back(time); };
  }

  static test::cluster& server() { return test::shared_cluster(); }

  static pg::result admin(const std::string& database, const std::string& sql) {
    return pg::connection::open(server().admin(database), {}).query(sql);
  }

  [[nodiscard]] pg::connection as_service() const {
    return pg::connection::open(target_.log_in, {.kind = pg::session_kind::service});
  }

  pg::result ask(const std::string& sql) const { return as_service().query(sql); }

  void files(std::vector<migration::source_file> all) {
    files_ = std::move(all);
    target_.files = migration::read_schema_directory(files_, std::nullopt, target_.directory.string());
    for (const auto& one : target_.files.problems) {
      if (one.level == severity::error) ADD_FAILURE() << to_string(one);
    }
  }

  void file(const std::string& name, const std::string& text) {
    auto all = files_;
    std::erase_if(all, [&](const auto& one) { return one.name == name; });
    all.push_back({name, text});
    files(std::move(all));
  }

  void no_file(const std::string& name) {
    auto all = files_;
    std::erase_if(all, [&](const auto& one) { return one.name == name; });
    files(std::move(all));
  }

  migrate_report up() { return migrate_up(target_, options_, tell_); }
  migrate_report down(migration::down_target to) { return migrate_down(target_, to, options_, tell_); }
  migrate_report status() { return migration_status(target_, options_, tell_); }

  static std::vector<std::string> files_of(const std::vector<schema_item>& items) {
    std::vector<std::string> names;
    for (const auto& one : items) names.push_back(one.file);
    return names;
  }

  static std::string failure_of(const migrate_report& report) {
    return report.failures.empty() ? std::string{} : report.failures.front().text;
  }

  static std::vector<std::string> problems_of(const migrate_report& report) {
    std::vector<std::string> all;
    for (const auto& one : report.problems) all.push_back(to_string(one));
    return all;
  }

  // "state version k/n" of each row that counts, in the order of their ids.
  std::vector<std::string> history() const {
    const auto rows =
        ask("SELECT state || ' ' || version || ' ' || statements_done || '/' || statements_total "
            "FROM innkeeper.current ORDER BY id");
    std::vector<std::string> all;
    for (std::size_t i = 0; i < rows.size(); ++i) all.push_back(rows.text(i, 0));
    return all;
  }

  std::string database_;
  std::string role_;
  migration_target target_;
  migrate_options options_;
  std::vector<std::chrono::milliseconds> slept_;
  std::vector<std::string> told_;
  event_sink tell_ = [this](const event& one) {
    if (!one.text.empty() && one.kind != event_kind::detail) told_.push_back(one.text);
  };

 private:
  std::vector<migration::source_file> files_;
};

}  // namespace innkeeper::exec
