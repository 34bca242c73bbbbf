// A run over schema files that is cut off at each of its messages: killed, orphaned, disconnected, left without an
// answer. The next run completes it, and what comes out is what an undisturbed run makes.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <thread>

#include "core/text.h"
#include "exec/migrate.h"
#include "pg/connection.h"
#include "tests/support/catalog_text.h"
#include "tests/support/fault_lab.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/majors.h"

namespace innkeeper::exec {
namespace {

using test::fault;
using test::fault_kind;

// Every kind of file, and of statement outside a transaction.
const std::vector<migration::source_file> files_of_every_kind{
    {"types/kind.sql",
     "DO $$ BEGIN CREATE TYPE kind AS ENUM ('hot'); EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; "
     "END $$;\n"},
    {"tables/menu.sql", "CREATE TABLE IF NOT EXISTS menu (id bigint PRIMARY KEY, name text NOT NULL);\n"},
    {"functions/price.sql", "CREATE OR REPLACE FUNCTION price() RETURNS int LANGUAGE sql AS 'SELECT 1';\n"},
    {"migrations/V1__orders.sql",
     "-- innkeeper: up\nCREATE TABLE orders (n int);\nINSERT INTO orders VALUES (1);\nALTER TABLE orders ADD m int;\n"
     "-- innkeeper: down\nINSERT INTO menu VALUES (100, 'no orders');\nDROP TABLE orders;\n"},
    {"migrations/V2__audit.sql",
     "-- innkeeper: up\n-- innkeeper: no-transaction\n"
     "CREATE TABLE audit (n int, t text);\nINSERT INTO audit VALUES (1, 'once');\n"
     "CREATE INDEX CONCURRENTLY audit_n ON audit (n);\nALTER TYPE kind ADD VALUE 'cold';\n"
     "COPY audit FROM stdin;\n2\ttwice\n3\t\\N\n\\.\n"
     "DO $$ BEGIN INSERT INTO audit VALUES (4, 'by a block'); END $$;\n"
     "BEGIN;\nINSERT INTO audit VALUES (5, 'with');\nCOPY audit (n) FROM stdin;\n6\n\\.\nCOMMIT;\n"
     "CREATE UNIQUE INDEX CONCURRENTLY audit_u ON audit (n, t);\nREINDEX INDEX CONCURRENTLY audit_n;\n"
     "VACUUM audit;\n"
     "-- innkeeper: down\n-- innkeeper: no-transaction\n"
     "DROP INDEX CONCURRENTLY audit_n;\nINSERT INTO menu VALUES (200, 'no audit');\n"
     "DROP INDEX CONCURRENTLY audit_u;\nDROP TABLE audit;\n"},
    {"migrations/V3__more.sql",
     "-- innkeeper: up\nCOPY orders FROM stdin;\n2\t3\n4\t5\n\\.\nUPDATE orders SET n = n + 10;\n"
     "-- innkeeper: down\nUPDATE orders SET n = n - 10;\nINSERT INTO menu VALUES (300, 'fewer');\n"},
    {"migrations/R__board.sql", "CREATE OR REPLACE VIEW board AS SELECT name FROM menu;\n"},
    {"seed/menu.sql", "INSERT INTO menu VALUES (1, 'tea') ON CONFLICT DO NOTHING;\n"},
    {"verify/menu.sql", "SELECT 'no tea' AS problem WHERE NOT EXISTS (SELECT FROM menu WHERE id = 1);\n"}};

bool kills(fault_kind kind) {
  return kind == fault_kind::kill_runner || kind == fault_kind::orphan;
}

using action = std::function<migrate_report(const migration_target& target)>;

migrate_options options() {
  migrate_options chosen;
  chosen.allowed_rules = {"all"};
  return chosen;
}

migrate_report go_up(const migration_target& target) {
  return migrate_up(target, options(), [](const event&) {});
}

migrate_report go_down(const migration_target& target) {
  return migrate_down(target, {.to = migration::version{"0"}}, options(), [](const event&) {});
}

// By number, not by version.
migrate_report go_two_steps_down(const migration_target& target) {
  return migrate_down(target, {.steps = 2}, options(), [](const event&) {});
}

std::string failure_of(const migrate_report& report) {
  std::string text;
  for (const auto& one : report.failures) text += one.text + "\n";
  for (const auto& one : report.problems) text += to_string(one);
  return text;
}

std::vector<std::string> files_of(const migrate_report& report) {
  std::vector<std::string> all;
  for (const auto& one : report.ran) all.push_back(one.file);
  return all;
}

// A server with databases to copy, "fresh" and "done": before and after an undisturbed `up`.
class crash_lab {
 public:
  crash_lab() {
    admin("postgres", "CREATE ROLE svc LOGIN");
    admin("postgres", "CREATE DATABASE fresh TEMPLATE template0");
    admin("fresh",
          "ALTER SCHEMA public OWNER TO svc; CREATE SCHEMA innkeeper AUTHORIZATION svc; "
          "REVOKE ALL ON SCHEMA public FROM PUBLIC");
    copy("fresh", "done");
    const auto report = go_up(target("done", server_.port()));
    if (report.code != exit_code::ok) throw std::runtime_error{"an undisturbed run failed: " + failure_of(report)};
  }

  [[nodiscard]] migration_target target(const std::string& database, int port) const {
    migration_target made{.service = "cafe", .server = "shared"};
    made.log_in = server_.admin_by_tcp(database);
    made.log_in.endpoints = {{"127.0.0.1", port}};
    made.log_in.user = {"svc"};
    made.wait.initial_delay = std::chrono::milliseconds{20};
    made.wait.max_retries = 100;
    made.history = {"innkeeper"};
    made.history_elsewhere = {"innkeeper_cafe"};
    made.directory = "schema";
    made.files = migration::read_schema_directory(files_of_every_kind, std::nullopt, "schema");
    return made;
  }

  // What an undisturbed run of it makes of a copy of `from`, and with how many messages.
  struct course {
    std::vector<std::string> ran;
    std::vector<std::string> end;
    test::traffic_counts counts;
  };
  course undisturbed(const std::string& from, const action& act) {
    copy(from, "undisturbed");
    course made;
    {
      test::fault_proxy proxy{{"127.0.0.1", server_.port()}, std::nullopt, {}};
      const auto report = act(target("undisturbed", proxy.port()));
      EXPECT_EQ(report.code, exit_code::ok) << failure_of(report);
      made.counts = proxy.counts();
      made.ran = files_of(report);
    }
    made.end = end_of("undisturbed");
    drop("undisturbed");
    return made;
  }

  // A first run that `planned` befalls, and where it was killed a second one that nothing does; complaints, "" for
  // none.
  std::string try_point(const std::string& from, const action& act, const fault& planned, const course& wanted) {
    copy(from, "point");
    std::string complaints;
    const auto complain = [&](const std::string& what) { complaints += what + "\n"; };
    {
      std::atomic<pid_t> runner = 0;
      test::fault_proxy proxy{{"127.0.0.1", server_.port()}, planned, [&](fault_kind kind, pid_t backend) {
                                strike(kind, backend, runner);
                              }};
      const auto run = [&](const char* which, int port) {
        auto report = act(target("point", port));
        if (report.code != exit_code::ok) complain(fmt::format("the {} run failed: {}", which, failure_of(report)));
        return report;
      };
      if (kills(planned.kind)) {
        run_in_child(act, target("point", proxy.port()), runner);
        (void)run("next", server_.port());
      } else if (const auto ran = files_of(run("disturbed", proxy.port())); ran != wanted.ran) {
        complain(fmt::format("it says that it ran {}", fmt::join(ran, ", ")));
      }
      // The last one says good-bye, and nobody waits for that.
      if (!test::eventually([&] { return proxy.has_struck(); })) complain("no such message");
      const auto end = end_of("point");
      if (end != wanted.end) complain("another end:" + difference(wanted.end, end));
      if (!complaints.empty()) complain("the fault met " + proxy.struck());
    }
    drop("point");
    return complaints;
  }

 private:
  pg::result admin(const std::string& database, const std::string& sql) const {
    return pg::connection::open(server_.admin(database), {}).query(sql);
  }

  // A killed run's backend may be about to end.
  void drop(const std::string& database) { admin("postgres", fmt::format("DROP DATABASE {} WITH (FORCE)", database)); }
  void copy(const std::string& from, const std::string& name) {
    EXPECT_TRUE(nobody_is_in(from));
    admin("postgres", fmt::format("CREATE DATABASE {} TEMPLATE {}", name, from));
  }

  [[nodiscard]] bool nobody_is_in(const std::string& database) const {
    return test::eventually([&] {
      return admin("postgres", fmt::format("SELECT FROM pg_stat_activity WHERE datname = '{}'", database)).empty();
    });
  }

  static void strike(fault_kind kind, pid_t backend, const std::atomic<pid_t>& runner) {
    switch (kind) {
      case fault_kind::kill_runner:
      case fault_kind::orphan:
        while (runner == 0) std::this_thread::yield();
        ::kill(runner, SIGKILL);
        break;
      case fault_kind::end_backend:
        if (backend != 0) ::kill(backend, SIGTERM);
        break;
      default:
        break;
    }
  }

  static void run_in_child(const action& act, const migration_target& target, std::atomic<pid_t>& runner) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto report = act(target);
      if (report.code != exit_code::ok) fmt::print(stderr, "the child failed: {}\n", failure_of(report));
      ::_exit(report.code == exit_code::ok ? 0 : 1);
    }
    runner = child;
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  }

  // All that the database holds, and what its history says. Leavings are lines of their own.
  std::vector<std::string> end_of(const std::string& database) {
    EXPECT_TRUE(nobody_is_in(database)) << "a session of a run is left, and its lock";
    const auto beginning = fmt::format("in {}: ", database);
    std::vector<std::string> all;
    for (const auto& line : test::read_catalogs(server_.admin(), {database}).about({beginning}).lines) {
      all.push_back(line.substr(beginning.size()));
    }
    const auto add = [&](const std::string& sql) {
      const auto rows = admin(database, sql);
      for (std::size_t i = 0; i < rows.size(); ++i) all.push_back(rows.text(i, 0));
    };
    add("SELECT format('history: %s %s %s %s %s/%s', kind, version, direction, state, statements_done, "
        "statements_total) FROM innkeeper.current ORDER BY 1");
    add("SELECT format('history: left running: %s', version) FROM innkeeper.history WHERE state = 'running'");
    add("SELECT format('INVALID index %s', indexrelid::regclass) FROM pg_index WHERE NOT indisvalid");
    return all;
  }

  static std::string difference(const std::vector<std::string>& wanted, const std::vector<std::string>& found) {
    return test::difference({.lines = {wanted.begin(), wanted.end()}}, {.lines = {found.begin(), found.end()}});
  }

  test::cluster server_{{.tcp = true}};
};

class migrate_crash : public testing::TestWithParam<fault_kind> {
 protected:
  void try_all(const std::string& from, const action& act) const {
    static crash_lab lab;
    const auto course = lab.undisturbed(from, act);
    const auto kind = GetParam();
    const int messages = test::is_at_answers(kind) ? course.counts.answers : course.counts.requests;
    EXPECT_GT(messages, 5);
    const auto all = test::spread(messages, test::is_long_run() ? messages : everyday);
    for (const int number : test::cases_here(static_cast<int>(all.size()), messages)) {
      const int at = all.at(static_cast<std::size_t>(number));
      const auto complaints = lab.try_point(from, act, {.kind = kind, .at = at}, course);
      EXPECT_EQ(complaints, "") << to_string(kind) << " at message " << at << " of " << messages;
    }
  }

 private:
  static constexpr int everyday = 5;  // of each run's messages, over all majors
};

TEST_P(migrate_crash, of_an_up_is_mended_by_the_next_one) {
  try_all("fresh", go_up);
}

TEST_P(migrate_crash, of_a_down_is_mended_by_the_next_one) {
  try_all("done", go_down);
}

const auto name_of = [](const auto& one) { return replace_all(std::string{to_string(one.param)}, " ", "_"); };

INSTANTIATE_TEST_SUITE_P(at_any_message, migrate_crash,
                         testing::Values(fault_kind::cut, fault_kind::lost_answer, fault_kind::kill_runner,
                                         fault_kind::orphan, fault_kind::end_backend),
                         name_of);

// The run itself goes on.
class migrate_cut : public migrate_crash {};

TEST_P(migrate_cut, of_some_steps_down_takes_no_further_one_back) {
  try_all("done", go_two_steps_down);
}

INSTANTIATE_TEST_SUITE_P(at_any_message, migrate_cut,
                         testing::Values(fault_kind::cut, fault_kind::lost_answer, fault_kind::end_backend), name_of);

}  // namespace
}  // namespace innkeeper::exec
