// Schema files through a pooler: one that gives a session to a backend of its own works; one that gives statements to
// whichever backend is idle is refused before anything ran.
#include <gmock/gmock.h>

#include <list>

#include "exec/migrate.h"
#include "pg/connection.h"
#include "tests/support/pooler.h"

namespace innkeeper::exec {
namespace {

using testing::HasSubstr;

class migrate_pooler : public testing::Test {
 protected:
  static test::cluster& server() {
    static test::cluster one{{.tcp = true}};
    return one;
  }

  migrate_pooler() : database_{server().fresh_database()}, role_{server().fresh_name("svc")} {
    admin("postgres", fmt::format("CREATE ROLE {} LOGIN", role_));
    admin(database_, fmt::format("ALTER SCHEMA public OWNER TO {0}; CREATE SCHEMA innkeeper AUTHORIZATION {0}", role_));
  }

  static pg::result admin(const std::string& database, const std::string& sql) {
    return pg::connection::open(server().admin(database), {}).query(sql);
  }

  [[nodiscard]] migration_target through(const test::pooler& pooler) const {
    migration_target target{.service = "cafe", .server = "shared"};
    target.log_in = pooler.through(server().login(role_, "", database_));
    target.history = {"innkeeper"};
    target.history_elsewhere = {"innkeeper_cafe"};
    target.files = migration::read_schema_directory(
        {{"migrations/V1__a.sql", "CREATE TABLE a (n int)"},
         {"migrations/V2__i.sql", "-- innkeeper: no-transaction\nCREATE INDEX CONCURRENTLY a_n ON a (n)"}},
        std::nullopt, "schema");
    return target;
  }

  // Backends that the pooler keeps for the next who asks.
  void warm_up(const test::pooler& pooler, int backends) const {
    std::list<pg::connection> clients;
    for (int i = 0; i < backends; ++i) {
      clients.push_back(pg::connection::open(through(pooler).log_in, {.kind = pg::session_kind::service}));
      clients.back().query("BEGIN; SELECT 1");
    }
    for (auto& one : clients) one.query("COMMIT");
  }

  static migrate_report up(const migration_target& target) {
    return migrate_up(target, {}, [](const event&) {});
  }

  void expect_refused(const test::pooler_options& options, int warm) const {
    const test::pooler pooler{server(), {role_}, options};
    warm_up(pooler, warm);
    const auto report = up(through(pooler));
    EXPECT_EQ(report.code, exit_code::invalid);
    ASSERT_EQ(report.failures.size(), 1);
    EXPECT_EQ(report.failures.front().text,
              "schema files can't run through a pooler in transaction mode\n"
              "  detail: locks and settings of a session would stay with a backend that others get next\n"
              "  hint: Give the service an address that leads to the server directly, or to a pool in session mode.");
    EXPECT_TRUE(admin(database_, "SELECT FROM pg_tables WHERE schemaname IN ('public', 'innkeeper')").empty());
    EXPECT_TRUE(admin(database_, "SELECT FROM pg_locks WHERE locktype = 'advisory'").empty());
  }

  std::string database_;
  std::string role_;
};

TEST_F(migrate_pooler, in_transaction_mode_is_refused_with_advice) {
  expect_refused({}, 0);
}

TEST_F(migrate_pooler, in_transaction_mode_is_refused_also_where_many_backends_are_idle) {
  expect_refused({}, 4);
  expect_refused({.round_robin = true}, 4);
  expect_refused({.round_robin = true}, 12);
}

TEST_F(migrate_pooler, in_session_mode_works) {
  const test::pooler pooler{server(), {role_}, {.mode = "session"}};
  const auto first = up(through(pooler));
  EXPECT_EQ(first.code, exit_code::ok) << (first.failures.empty() ? "" : first.failures.front().text);
  EXPECT_EQ(first.ran.size(), 2);
  EXPECT_TRUE(up(through(pooler)).ran.empty());
}

TEST_F(migrate_pooler, in_session_mode_works_where_it_has_one_backend_only) {
  const test::pooler pooler{server(), {role_}, {.mode = "session", .pool_size = 1}};
  auto target = through(pooler);
  target.files =
      migration::read_schema_directory({{"migrations/V1__a.sql", "SELECT pg_sleep(0.6)"}}, std::nullopt, "schema");
  const auto report = up(target);
  EXPECT_LT(report.duration, std::chrono::seconds{60})
      << "the pooler lets who asks for a second one wait for two minutes";
  EXPECT_EQ(report.code, exit_code::ok) << (report.failures.empty() ? "" : report.failures.front().text);
}

}  // namespace
}  // namespace innkeeper::exec
