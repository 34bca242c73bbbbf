// What a run over schema files costs, in counts, and what a lost session makes of one.
#include <gmock/gmock.h>

#include <sstream>

#include "exec/migrate.h"
#include "exec/migration_session.h"
#include "pg/connection.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class migrate_counts : public testing::Test {
 protected:
  static test::cluster& server() {
    static test::cluster one{{.settings = {{"log_connections", "on"}, {"autovacuum", "off"}}}};
    return one;
  }

  migrate_counts() : database_{server().fresh_database()}, role_{server().fresh_name("svc")} {
    admin("postgres", fmt::format("CREATE ROLE {} LOGIN", role_));
    admin(database_, fmt::format("ALTER SCHEMA public OWNER TO {0}; CREATE SCHEMA innkeeper AUTHORIZATION {0}", role_));
  }

  static pg::result admin(const std::string& database, const std::string& sql) {
    return pg::connection::open(server().admin(database), {}).query(sql);
  }

  [[nodiscard]] migration_target target(const std::vector<migration::source_file>& files) const {
    migration_target made{.service = "cafe", .server = "shared"};
    made.log_in = server().login(role_, "", database_);
    made.history = {"innkeeper"};
    made.history_elsewhere = {"innkeeper_cafe"};
    made.files = migration::read_schema_directory(files, std::nullopt, "schema");
    return made;
  }

  static migrate_report up(const migration_target& target) {
    return migrate_up(target, {}, [](const event&) {});
  }

  static std::int64_t next_transaction() {
    return std::stoll(admin("postgres", "SELECT pg_snapshot_xmax(pg_current_snapshot())").text(0, 0));
  }

  struct cost {
    int connections = 0;
    int messages = 0;
    std::string log;
  };
  // What the server saw of this log-in.
  template <class Action>
  [[nodiscard]] cost cost_of(const Action& act) const {
    const auto before = server().log().size();
    act();
    cost found;
    std::istringstream lines{server().log().substr(before)};
    for (std::string line; std::getline(lines, line);) {
      if (line.find(fmt::format("] {}@{} ", role_, database_)) == std::string::npos) continue;
      if (line.find("connection authorized") != std::string::npos) ++found.connections;
      const bool is_message =
          line.find("LOG:  statement: ") != std::string::npos || line.find("LOG:  execute ") != std::string::npos;
      if (is_message) ++found.messages;
      found.log += line + "\n";
    }
    return found;
  }

  std::string database_;
  std::string role_;
};

const std::vector<migration::source_file> some_files{
    {"tables/a.sql", "CREATE TABLE IF NOT EXISTS a (n int)"},
    {"migrations/V1__b.sql", "CREATE TABLE b (n int)"},
    {"migrations/V2__i.sql", "-- innkeeper: no-transaction\nCREATE INDEX CONCURRENTLY b_n ON b (n)"},
    {"migrations/R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS n"},
    {"seed/a.sql", "INSERT INTO a SELECT 1 WHERE NOT EXISTS (SELECT FROM a)"},
    {"verify/a.sql", "SELECT n FROM a WHERE n < 0"}};

// Only from 14 on a server says unasked whether it takes writes.
const int one_more = test::postgres_major() < 14 ? 1 : 0;

TEST_F(migrate_counts, an_up_with_nothing_to_do_asks_once_without_a_lock_and_without_a_transaction_id) {
  const auto where = target(some_files);
  ASSERT_EQ(up(where).code, exit_code::ok);
  const auto transactions = next_transaction();
  const auto seen = cost_of([&] { EXPECT_THAT(up(where).ran, IsEmpty()); });
  EXPECT_EQ(next_transaction(), transactions);
  EXPECT_EQ(seen.connections, 1);
  EXPECT_EQ(seen.messages, 1 + one_more) << seen.log;
  EXPECT_THAT(seen.log, Not(HasSubstr("advisory")));
}

TEST_F(migrate_counts, a_session_that_began_while_the_files_were_read_is_the_only_one) {
  auto where = target(some_files);
  ASSERT_EQ(up(where).code, exit_code::ok);
  const auto seen = cost_of([&] {
    where.early = begin_session(where);
    EXPECT_THAT(up(where).ran, IsEmpty());
  });
  EXPECT_EQ(seen.connections, 1);
  EXPECT_EQ(seen.messages, 1 + one_more) << seen.log;
}

TEST_F(migrate_counts, what_ran_after_an_early_look_is_seen_under_the_lock) {
  auto where = target(some_files);
  where.early = begin_session(where);
  const auto looked = [&] {
    return admin(database_,
                 fmt::format("SELECT FROM pg_stat_activity WHERE usename = '{}' AND state = 'idle' AND query LIKE "
                             "'-- Whose history%'",
                             role_))
               .size() == 1;
  };
  ASSERT_TRUE(test::eventually(looked));
  ASSERT_EQ(up(target(some_files)).ran.size(), some_files.size());
  const auto report = up(where);
  EXPECT_EQ(report.code, exit_code::ok);
  EXPECT_THAT(report.ran, IsEmpty());
}

TEST_F(migrate_counts, an_early_session_that_was_refused_is_told_as_any_other) {
  auto where = target(some_files);
  where.log_in.user = {"nobody_of_that_name"};
  where.wait.max_retries = 0;
  where.early = begin_session(where);
  const auto report = up(where);
  EXPECT_EQ(report.code, exit_code::not_permitted);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_THAT(report.failures.front().text, HasSubstr("[28000]"));
}

TEST_F(migrate_counts, a_status_costs_two_messages_where_something_is_pending) {
  auto files = some_files;
  ASSERT_EQ(up(target(files)).code, exit_code::ok);
  files.push_back({"migrations/V3__c.sql", "CREATE TABLE c (n int)"});
  const auto seen = cost_of(
      [&] { EXPECT_EQ(migration_status(target(files), {}, [](const event&) {}).state, schema_state::pending); });
  EXPECT_EQ(seen.connections, 1);
  EXPECT_EQ(seen.messages, 2 + one_more) << seen.log;
}

TEST_F(migrate_counts, a_file_in_a_transaction_is_one_message_whatever_the_number_of_its_statements) {
  const auto messages_for = [&](int statements) {
    std::string text;
    for (int i = 0; i < statements; ++i) text += fmt::format("CREATE TABLE t{}_{} (n int);\n", statements, i);
    return cost_of([&] {
             EXPECT_EQ(up(target({{fmt::format("migrations/V{}__a.sql", statements), text}})).code, exit_code::ok);
           })
        .messages;
  };
  (void)messages_for(1);  // makes the history
  admin(database_, fmt::format("DELETE FROM innkeeper.history"));
  const int few = messages_for(2);
  admin(database_, fmt::format("DELETE FROM innkeeper.history"));
  EXPECT_EQ(messages_for(50), few);
}

TEST_F(migrate_counts, a_session_lost_half_way_does_not_let_the_linter_refuse_the_rest) {
  const std::vector<migration::source_file> files{
      {"migrations/V1__a.sql", "CREATE TABLE a (n int); INSERT INTO a SELECT generate_series(1, 200000); ANALYZE a"},
      {"migrations/V2__i.sql", "CREATE INDEX a_n ON a (n)"}};
  bool was_ended = false;
  const auto end_once = [&](const event& one) {
    if (one.kind != event_kind::step_begun || one.text != "migrations/V2__i.sql" || was_ended) return;
    was_ended = true;
    admin(database_,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
          "application_name = 'innkeeper migrate cafe'");
  };
  const auto report = migrate_up(target(files), {}, end_once);
  EXPECT_TRUE(was_ended);
  EXPECT_EQ(report.code, exit_code::ok);
  EXPECT_EQ(report.ran.size(), 2);
}

}  // namespace
}  // namespace innkeeper::exec
