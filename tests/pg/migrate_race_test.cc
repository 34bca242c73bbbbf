// Replicas that start at once, and services that share a database: the losers of PostgreSQL's races over its catalogs
// try again, and all of them end well.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/pg/migrate_fixture.h"
#include "tests/support/majors.h"

namespace innkeeper::exec {
namespace {

using testing::IsEmpty;

// What the winner did before, and what both do: the winner in a transaction that it still has open.
struct race {
  std::string name;
  std::string before;
  std::string statement;
  bool is_lost = true;         // the loser is told so by the server, and has to try again
  std::string directive = {};  // at the top of the file
};

// Each in a transaction of its file; in a long run also on its own.
std::vector<race> in_every_way(std::vector<race> all) {
  if (!test::is_long_run()) return all;
  auto alone = all;
  for (auto& one : alone) {
    one.name += "_alone";
    one.directive = "-- innkeeper: no-transaction\n";
  }
  all.insert(all.end(), alone.begin(), alone.end());
  return all;
}

void PrintTo(const race& one, std::ostream* out) {
  *out << one.name;
}

const std::string set_of_the_database =
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''5MB''', current_database()); END $$";

const std::vector<race> races{
    {"create_table", "", "CREATE TABLE IF NOT EXISTS a (n int)"},
    {"create_index", "CREATE TABLE a (n int)", "CREATE INDEX IF NOT EXISTS a_n ON a (n)"},
    {"create_schema", "", "CREATE SCHEMA IF NOT EXISTS other"},
    {"create_extension", "", "CREATE EXTENSION IF NOT EXISTS citext"},
    {"create_type", "",
     "DO $$ BEGIN CREATE TYPE kind AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$"},
    {"create_sequence", "", "CREATE SEQUENCE IF NOT EXISTS s"},
    {"create_function", "", "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"},
    {"replace_function", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 0'",
     "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"},
    {"grant", "CREATE TABLE a (n int)", "GRANT SELECT ON a TO PUBLIC"},
    {"set_of_a_role", "", "ALTER ROLE CURRENT_USER SET work_mem = '5MB'"},
    {"set_of_a_role_again", "ALTER ROLE CURRENT_USER SET work_mem = '4MB'",
     "ALTER ROLE CURRENT_USER SET work_mem = '5MB'"},
    {"set_of_the_database", "", set_of_the_database},
    {"set_of_the_database_again", set_of_the_database, set_of_the_database},
    {"create_role", "",
     "DO $$ BEGIN EXECUTE 'CREATE ROLE made_by_' || current_database(); EXCEPTION WHEN duplicate_object THEN NULL; END "
     "$$"},
    {"add_column", "CREATE TABLE a (n int)", "ALTER TABLE a ADD COLUMN IF NOT EXISTS m int", false},
    {"add_value", "CREATE TYPE kind AS ENUM ('a')", "ALTER TYPE kind ADD VALUE IF NOT EXISTS 'b'", false},
    {"insert", "CREATE TABLE a (n int PRIMARY KEY)", "INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING", false},
    {"comment", "CREATE TABLE a (n int)", "COMMENT ON TABLE a IS 'b'", false}};

class migrate_race : public migrate, public testing::WithParamInterface<race> {
 protected:
  migrate_race() {
    admin("postgres", fmt::format("ALTER DATABASE {} OWNER TO {}; ALTER ROLE {} CREATEROLE", database_, role_, role_));
    options_.allowed_rules = {"all"};
    options_.lock_timeout = std::chrono::milliseconds{20000};
  }

  // Whether the runner waits for another session.
  [[nodiscard]] bool somebody_waits() const {
    return !admin(database_,
                  "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = "
                  "pg_catalog.current_database() AND application_name LIKE 'innkeeper migrate cafe%'")
                .empty();
  }
};

TEST_P(migrate_race, over_a_catalog_is_run_again_by_its_loser) {
  const auto& one = GetParam();
  if (!one.before.empty()) ask(one.before);
  auto winner = as_service();
  winner.query("BEGIN; " + one.statement);
  files({{"migrations/V1__a.sql", one.directive + one.statement}});
  migrate_report report;
  std::thread loser{[&] { report = migrate_up(target_, options_, [](const event&) {}); }};
  EXPECT_TRUE(test::eventually([&] { return somebody_waits(); }));
  winner.query("COMMIT");
  loser.join();
  EXPECT_EQ(failure_of(report), "");
  ASSERT_EQ(report.ran.size(), 1);
  EXPECT_EQ(report.ran.front().attempts, one.is_lost ? 2 : 1);
}

INSTANTIATE_TEST_SUITE_P(first_boot, migrate_race, testing::ValuesIn(in_every_way(races)),
                         [](const auto& one) { return one.param.name; });

// Another service, with a history of its own.
migration_target second_service(const migration_target& first, const std::string& log_in, const std::string& schema) {
  auto second = first;
  second.service = "treasury";
  second.log_in.user = {log_in};
  second.history = {schema};
  second.history_elsewhere = {"innkeeper"};
  return second;
}

// 8 runners of each, over a database that nothing has run in. Failures, "" for none.
std::string run_all(const std::vector<migration_target>& services, const migrate_options& options) {
  constexpr int replicas = 8;
  std::mutex guard;
  std::map<std::string, int> workers;
  std::string failures;
  std::vector<std::thread> runners;
  std::atomic<int> ready = 0;
  const int all = replicas * static_cast<int>(services.size());
  for (int i = 0; i < all; ++i) {
    runners.emplace_back([&, i] {
      ++ready;
      while (ready < all) std::this_thread::yield();
      const auto report =
          migrate_up(services[static_cast<std::size_t>(i) % services.size()], options, [](const event&) {});
      const std::lock_guard lock{guard};
      if (!report.ran.empty()) ++workers[report.service];
      if (report.state != schema_state::up_to_date) failures += report.service + " is not up to date\n";
      for (const auto& one : report.failures) failures += one.text + "\n";
    });
  }
  for (auto& one : runners) one.join();
  for (const auto& one : services) {
    if (workers[one.service] != 1) failures += fmt::format("{} worked for {}\n", workers[one.service], one.service);
  }
  return failures;
}

TEST_F(migrate_race, of_two_services_with_schemas_of_their_own_in_one_database_fails_nobody) {
  const auto other = server().fresh_name("svc");
  admin("postgres", fmt::format("CREATE ROLE {} LOGIN", other));
  admin(database_, fmt::format("CREATE SCHEMA treasury AUTHORIZATION {0}; CREATE SCHEMA innkeeper_treasury "
                               "AUTHORIZATION {0}; ALTER ROLE {0} SET search_path = treasury",
                               other));
  files({{"types/kind.sql",
          "DO $$ BEGIN CREATE TYPE kind AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$"},
         {"tables/a.sql", "CREATE TABLE IF NOT EXISTS a (id bigint PRIMARY KEY, k kind);"},
         {"functions/f.sql", "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"},
         {"migrations/V1__b.sql", "-- innkeeper: no-transaction\nCREATE INDEX CONCURRENTLY a_k ON a (k);"},
         {"seed/a.sql", "INSERT INTO a VALUES (1, 'a') ON CONFLICT DO NOTHING"}});
  const auto second = second_service(target_, other, "innkeeper_treasury");
  EXPECT_EQ(run_all({target_, second}, options_), "");
  EXPECT_EQ(admin(database_, "SELECT (SELECT count(*) FROM public.a) + (SELECT count(*) FROM treasury.a)").text(0, 0),
            "2");
}

TEST_F(migrate_race, of_two_services_with_one_log_in_over_the_same_objects_fails_nobody) {
  admin(database_, fmt::format("CREATE SCHEMA innkeeper_treasury AUTHORIZATION {}", role_));
  std::vector<migration::source_file> all{{"functions/f.sql",
                                           "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n"
                                           "GRANT EXECUTE ON FUNCTION f() TO PUBLIC;"}};
  for (int i = 0; i < 5; ++i) {
    all.push_back({fmt::format("tables/t{}.sql", i),
                   fmt::format("CREATE TABLE IF NOT EXISTS t{0} (n int); CREATE INDEX IF NOT EXISTS t{0}_n ON t{0} (n);"
                               "CREATE SEQUENCE IF NOT EXISTS s{0}; GRANT SELECT ON t{0} TO PUBLIC;",
                               i)});
  }
  files(all);
  options_.time.sleep = {};
  EXPECT_EQ(run_all({target_, second_service(target_, role_, "innkeeper_treasury")}, options_), "");
}

}  // namespace
}  // namespace innkeeper::exec
