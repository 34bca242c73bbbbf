// The executor on a real server: one end state, whatever happens on the way.
#include "exec/apply.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "core/desired.h"
#include "core/step_sql.h"
#include "exec/error.h"
#include "exec/prove.h"
#include "exec/secret_store.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/killed.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A cluster of its own a test: roles and maintenance databases belong to all of it.
class apply : public testing::Test {
 protected:
  apply() : cluster_{{.settings = {{"log_statement", "all"}}, .password = "admin password"}} {
    all_ = test::estate_of({});
    all_.secrets_directory = secrets_ = folder_.path() / "secrets";
    access_.server = &all_.servers.front();
    access_.admin = cluster_.admin();
  }
  void declare(std::vector<service_declaration> services) { all_.services = std::move(services); }

  apply_report run(
      apply_options options = {}, const event_sink& tell = [](const event&) {}) {
    return apply_server(all_, access_, options, tell);
  }

  plan plan_now() { return plan_server(all_, access_, {}).steps; }

  pg::connection admin(const std::string& database = "postgres") {
    return pg::connection::open(cluster_.admin(database), {});
  }

  pg::connection as_service(const std::string& login, const std::string& database) {
    const auto entry = secret_store{secrets_}.read("shared", {login});
    return pg::connection::open(cluster_.login(login, entry.value.password.expose(), database),
                                {.kind = pg::session_kind::service});
  }

  void expect_in_step() {
    const auto left = plan_now();
    for (const auto& one : left.steps) ADD_FAILURE() << "left: " << describe(one);
    EXPECT_FALSE(has_errors(left.problems)) << to_string(left.problems.front());
  }

  // Runs in a child that dies by SIGKILL when `point` events of this kind were told; false where it ended before that.
  bool run_and_die_at(event_kind kind, int point, bool one_by_one) {
    return test::is_killed([&] {
      int seen = 0;
      (void)run({.one_by_one = one_by_one}, [&](const event& one) {
        if (one.kind == kind && seen++ == point) test::die_here();
      });
    });
  }

  // What the catalogs say of the estate, free of OIDs and passwords: two runs with the same end have the same text.
  std::string end_state() {
    const auto made = plan_server(all_, access_, {});
    std::string text;
    for (auto role : made.observed.roles) {
      if (role.name.value.starts_with("pg_")) continue;
      text += fmt::format("role {} {} {} {} {}\n", role.name, role.can_login, role.connection_limit,
                          role.verifier.has_value(), role.comment);
    }
    std::vector<std::string> lines;
    for (const auto& one : made.observed.memberships) lines.push_back(fmt::format("{} in {}\n", one.member, one.role));
    for (const auto& one : made.observed.role_settings) {
      for (const auto& [name, value] : one.settings) {
        lines.push_back(fmt::format("{} in {}: {}={}\n", one.role, one.database, name, value));
      }
    }
    std::ranges::sort(lines);
    for (const auto& line : lines) text += line;
    for (const auto& one : made.observed.databases) {
      text += fmt::format("database {} {} {} {} {}\n", one.name, one.owner, one.connection_limit,
                          one.allows_connections, one.comment);
      for (const auto& item : one.privileges) text += fmt::format("  {}={}\n", item.grantee, item.privileges);
      if (!one.contents) continue;
      for (const auto& schema : one.contents->schemas) {
        text += fmt::format("  schema {} {}\n", schema.name, schema.owner);
        for (const auto& item : schema.privileges) text += fmt::format("    {}={}\n", item.grantee, item.privileges);
      }
      for (const auto& extension : one.contents->extensions) text += fmt::format("  extension {}\n", extension.name);
      text += fmt::format("  {} default privileges\n", one.contents->default_privileges.size());
    }
    return text;
  }

  test::cluster cluster_;
  test::scratch_folder folder_;
  std::filesystem::path secrets_;
  estate all_;
  server_access access_;
};

service_declaration with_extensions(service_declaration one) {
  one.extensions = {{{"pgcrypto"}, "", false, one.where}, {{"citext"}, "", false, one.where}};
  return one;
}

service_declaration readwrite(service_declaration one) {
  one.access = access_mode::readwrite;
  return one;
}

TEST_F(apply, reaches_what_was_declared_and_then_has_nothing_to_do) {
  auto cafe = with_extensions(test::service("cafe"));
  cafe.readers = {{"treasury", cafe.where, false}};
  declare({cafe, readwrite(test::service("checkout", 20)), test::service("treasury", 30)});
  const auto first = run();
  EXPECT_THAT(first.failures, IsEmpty());
  EXPECT_EQ(first.applied, 3);
  EXPECT_TRUE(first.left.empty());
  const auto second = run();
  EXPECT_EQ(second.applied, 0);
  EXPECT_EQ(second.unchanged, 3);
  EXPECT_EQ(second.steps, 0);
  expect_in_step();
}

TEST_F(apply, gives_each_service_its_database_and_nothing_else) {
  auto cafe = test::service("cafe");
  cafe.readers = {{"treasury", cafe.where, false}};
  declare({cafe, readwrite(test::service("checkout", 20)), test::service("treasury", 30)});
  ASSERT_THAT(run().failures, IsEmpty());
  auto session = as_service("cafe_user", "cafe");
  session.query("CREATE TABLE orders (id int); INSERT INTO orders VALUES (7); CREATE TEMPORARY TABLE t (a int);");
  EXPECT_EQ(session.query("SELECT current_user").text(0, 0), "cafe_owner");
  EXPECT_EQ(session.query("SELECT tableowner FROM pg_tables WHERE tablename = 'orders'").text(0, 0), "cafe_owner");
  // A declared reader sees the table that was made after it was granted, and can't write.
  auto reader = as_service("treasury_user", "cafe");
  EXPECT_EQ(reader.query("SELECT id FROM orders").text(0, 0), "7");
  EXPECT_THROW(reader.query("INSERT INTO orders VALUES (1)"), pg::error);
  // A readwrite service's log-in writes rows, and its migrator makes tables.
  as_service("checkout_migrator", "checkout").query("CREATE TABLE items (id int)");
  auto application = as_service("checkout_user", "checkout");
  application.query("INSERT INTO items VALUES (1)");
  EXPECT_THROW(application.query("DROP TABLE items"), pg::error);
  for (const auto* closed : {"checkout", "treasury", "postgres", "template1", "innkeeper"}) {
    try {
      (void)as_service("cafe_user", closed);
      ADD_FAILURE() << "cafe_user got into " << closed;
    } catch (const pg::error& refused) {
      EXPECT_EQ(refused.sqlstate(), "42501") << closed;
    }
  }
}

TEST_F(apply, mends_what_another_hand_changed) {
  declare({test::service("cafe"), test::service("erp", 20)});
  ASSERT_THAT(run().failures, IsEmpty());
  const auto before = end_state();
  const std::vector<std::pair<std::string, std::string>> hands{
      {"postgres", "GRANT CONNECT ON DATABASE cafe TO PUBLIC"},
      {"postgres", "GRANT CONNECT ON DATABASE cafe TO erp_user"},
      {"postgres", "GRANT cafe_owner TO erp_user"},
      {"postgres", "GRANT pg_read_server_files TO cafe_user"},
      {"postgres", "ALTER ROLE cafe_user CREATEDB CREATEROLE CONNECTION LIMIT 3"},
      {"postgres", "ALTER ROLE cafe_user NOLOGIN"},
      {"postgres", "REVOKE cafe_access FROM cafe_user"},
      {"postgres", "REVOKE ALL ON DATABASE cafe FROM cafe_access"},
      {"postgres", "ALTER ROLE cafe_user IN DATABASE cafe RESET role"},
      {"postgres", "ALTER DATABASE cafe SET search_path = pg_catalog"},
      {"postgres", "ALTER DATABASE cafe OWNER TO cafe_owner"},
      {"postgres", "ALTER DATABASE cafe CONNECTION LIMIT -1"},
      {"postgres", "ALTER DATABASE cafe IS_TEMPLATE true"},
      {"postgres", "GRANT CONNECT ON DATABASE template1 TO PUBLIC"},
      {"cafe", "GRANT ALL ON SCHEMA public TO PUBLIC"},
      {"cafe", "GRANT ALL ON SCHEMA public TO cafe_ro"},
      {"cafe", "ALTER SCHEMA public OWNER TO postgres"},
      {"cafe", "DROP SCHEMA extensions"},
      {"cafe", "ALTER DEFAULT PRIVILEGES FOR ROLE cafe_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC"},
      {"cafe", "ALTER DEFAULT PRIVILEGES FOR ROLE cafe_owner IN SCHEMA public REVOKE SELECT ON TABLES FROM cafe_ro"},
  };
  for (const auto& [database, statement] : hands) {
    SCOPED_TRACE(statement);
    admin(database).query(statement);
    EXPECT_FALSE(plan_now().empty());
    const auto report = run();
    EXPECT_THAT(report.failures, IsEmpty());
    EXPECT_EQ(report.unchanged, 2 - report.applied);
    expect_in_step();
  }
  EXPECT_EQ(end_state(), before);
}

TEST_F(apply, takes_a_schema_that_a_hand_gave_to_a_neighbour) {
  auto cafe = test::service("cafe");
  cafe.extensions = {{.name = {"citext"}}};
  declare({cafe, test::service("erp", 20)});
  ASSERT_THAT(run().failures, IsEmpty());
  admin("cafe").query("ALTER SCHEMA extensions OWNER TO erp_owner; ALTER SCHEMA extensions RENAME TO moved_by_hand");
  EXPECT_THAT(run().failures, IsEmpty());
  expect_in_step();
  EXPECT_EQ(
      admin("cafe").query("SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'moved_by_hand'").text(0, 0),
      "postgres");
  EXPECT_EQ(verify_server(all_, access_, {}, [](const event&) {}).leaks, 0);
}

TEST_F(apply, takes_over_a_database_that_scripts_made_with_all_that_is_in_it) {
  admin().query("CREATE ROLE cafe_user LOGIN PASSWORD 'by hand'");
  admin().query("CREATE DATABASE cafe OWNER cafe_user");
  {
    auto old =
        pg::connection::open(cluster_.login("cafe_user", "by hand", "cafe"), {.kind = pg::session_kind::service});
    old.query(
        "CREATE TABLE orders (id serial PRIMARY KEY); CREATE VIEW v AS SELECT * FROM orders; "
        "CREATE TYPE mood AS ENUM ('ok'); CREATE DOMAIN short AS text; CREATE SEQUENCE alone; "
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE pair AS (a int, b int)");
  }
  admin("cafe").query("CREATE EXTENSION citext SCHEMA public");
  declare({test::service("cafe")});
  ASSERT_THAT(run({.policy = {.reset_every_password = true}}).failures, IsEmpty());
  expect_in_step();
  auto session = as_service("cafe_user", "cafe");
  session.query(
      "ALTER TABLE orders ADD COLUMN note text; ALTER SEQUENCE alone RESTART; DROP FUNCTION f(); "
      "ALTER TYPE mood ADD VALUE 'bad'; SELECT 'x'::citext; ALTER DOMAIN short SET NOT NULL");
  EXPECT_EQ(session.query("SELECT count(DISTINCT relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
                .text(0, 0),
            "1");
}

TEST_F(apply, contains_one_services_failure_and_completes_it_later) {
  // A trap in the way of one service: nothing may be made in its database.
  declare({test::service("cafe"), test::service("erp", 20)});
  ASSERT_THAT(run({.policy = {.services = {"erp"}}}).failures, IsEmpty());
  admin().query("CREATE ROLE cafe_owner");
  admin().query("CREATE DATABASE cafe ALLOW_CONNECTIONS true");
  admin("cafe").query(
      "CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE EXCEPTION 'not today'; END $$");
  admin("cafe").query("CREATE EVENT TRIGGER no_ddl ON ddl_command_start EXECUTE FUNCTION public.refuse()");
  const auto report = run();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].service, "cafe");
  EXPECT_THAT(report.failures[0].text, HasSubstr("not today"));
  EXPECT_EQ(report.failed, 1);
  EXPECT_EQ(report.code, exit_code::failed);
  (void)as_service("erp_user", "erp");
  admin("cafe").query("DROP EVENT TRIGGER no_ddl");
  EXPECT_THAT(run().failures, IsEmpty());
  expect_in_step();
}

TEST_F(apply, leaves_a_password_that_cannot_be_kept_to_its_own_service) {
  declare({test::service("cafe"), test::service("erp", 20)});
  const auto folder = secrets_ / "shared" / "cafe_user";
  std::filesystem::create_directories(folder.parent_path());
  std::filesystem::permissions(secrets_, std::filesystem::perms::owner_all);
  std::filesystem::permissions(folder.parent_path(), std::filesystem::perms::owner_all);
  std::filesystem::create_symlink("/nowhere/at/all", folder);
  const auto report = run();
  EXPECT_EQ(report.failed, 1);
  EXPECT_EQ(report.applied, 1);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].service, "cafe");
  EXPECT_EQ(as_service("erp_user", "erp").query("SELECT 1").text(0, 0), "1");
  std::filesystem::remove(folder);
  EXPECT_EQ(run().failed, 0);
  EXPECT_EQ(as_service("cafe_user", "cafe").query("SELECT 1").text(0, 0), "1");
  expect_in_step();
}

TEST_F(apply, completes_what_a_kill_cut_off_at_any_step) {
  declare({with_extensions(test::service("cafe")), readwrite(test::service("checkout", 20))});
  int points = 0;
  // Each kill goes on where the last one left off, three steps further; the fault suite kills at every message.
  constexpr int further = 2;
  for (const auto kind : {event_kind::step_begun, event_kind::step_done}) {
    for (int rounds = 0; rounds < 400; ++rounds) {
      if (!run_and_die_at(kind, further + (kind == event_kind::step_begun ? 1 : 0), true)) break;
      ++points;
    }
  }
  RecordProperty("kill_points", points);
  EXPECT_GT(points, 40 / (further + 1));
  EXPECT_THAT(run().failures, IsEmpty());
  expect_in_step();
  const auto after_kills = end_state();
  test::cluster untouched{{.password = "admin password"}};
  access_.admin = untouched.admin();
  ASSERT_THAT(run().failures, IsEmpty());
  EXPECT_EQ(after_kills, end_state());
}

TEST_F(apply, completes_a_batched_run_that_was_killed) {
  declare({with_extensions(test::service("cafe")), test::service("erp", 20), test::service("treasury", 30)});
  for (const int point : {0, 1, 20, 45, 60, 80, 100}) run_and_die_at(event_kind::step_done, point, false);
  EXPECT_THAT(run().failures, IsEmpty());
  expect_in_step();
}

TEST_F(apply, lets_eight_runners_at_once_reach_one_end_without_an_error) {
  declare({with_extensions(test::service("cafe")), test::service("erp", 20), test::service("treasury", 30)});
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        const auto report = run();
        ::_exit(report.failures.empty() && report.left.empty() && !has_errors(report.problems) ? 0 : 1);
      } catch (const std::exception& failed) {
        fmt::print(stderr, "runner: {}\n", failed.what());
        ::_exit(2);
      }
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  expect_in_step();
  EXPECT_THAT(cluster_.log(), Not(HasSubstr("ERROR:")));
}

TEST_F(apply, does_all_that_a_plain_admin_may_and_names_the_rest) {
  admin().query("CREATE ROLE plain LOGIN CREATEDB CREATEROLE PASSWORD 'plain password'");
  access_.admin = cluster_.login("plain", "plain password", "postgres");
  auto alpha = test::service("alpha");
  alpha.may_create_schemas = true;
  alpha.extensions = {{{"pgcrypto"}, "", false, alpha.where}};
  alpha.readers = {{"beta", alpha.where, false}};
  declare({alpha, readwrite(test::service("beta", 20))});
  const auto report = run();
  EXPECT_THAT(report.failures, IsEmpty());
  for (const auto& one : report.left.steps) ADD_FAILURE() << "left: " << describe(one);
  expect_in_step();
  for (const auto& one : report.attentions) EXPECT_FALSE(one.statement.empty()) << one.text;
  as_service("alpha_user", "alpha").query("CREATE TABLE t (a int); CREATE SCHEMA more");
  (void)as_service("beta_user", "alpha").query("SELECT a FROM t");
}

TEST_F(apply, works_without_a_registry_that_another_admin_made) {
  declare({test::service("cafe")});
  ASSERT_THAT(run().failures, IsEmpty());
  admin().query("CREATE ROLE plain LOGIN CREATEDB CREATEROLE PASSWORD 'plain password'");
  admin().query("GRANT CONNECT ON DATABASE postgres TO plain");
  access_.admin = cluster_.login("plain", "plain password", "postgres");
  all_.name = "another";
  declare({test::service("erp")});
  const auto report = run();
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_THAT(report.attentions,
              Contains(Field(&attention::statement, "GRANT CONNECT ON DATABASE \"innkeeper\" TO \"plain\";")));
}

TEST_F(apply, looks_again_where_a_hand_without_the_lock_was_faster) {
  declare({test::service("cafe"), test::service("erp", 20)});
  auto other = admin();
  std::map<std::string, std::string> faster{{"database cafe: create", "CREATE DATABASE cafe"},
                                            {"role erp_user: create", "CREATE ROLE erp_user LOGIN"}};
  const auto interfere = [&](const event& one) {
    for (auto& [beginning, statement] : faster) {
      if (one.kind != event_kind::step_begun || !one.text.starts_with(beginning) || statement.empty()) continue;
      other.query(std::exchange(statement, ""));
    }
  };
  const auto report = run({}, interfere);
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_EQ(report.code, exit_code::ok);
  expect_in_step();
  (void)as_service("erp_user", "erp");
}

TEST_F(apply, reports_no_failure_where_a_faster_hand_did_all_that_was_left) {
  declare({test::service("cafe")});
  ASSERT_THAT(run().failures, IsEmpty());
  admin("cafe").query("DROP SCHEMA extensions");
  auto other = admin("cafe");
  std::string faster = "CREATE SCHEMA extensions; GRANT USAGE ON SCHEMA extensions TO cafe_access";
  const auto report = run({}, [&](const event& one) {
    if (one.kind == event_kind::step_begun && !faster.empty()) other.query(std::exchange(faster, ""));
  });
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_EQ(report.code, exit_code::ok);
  expect_in_step();
}

TEST_F(apply, shows_no_password_to_the_server_log_the_plan_or_the_audit_trail) {
  declare({test::service("cafe"), readwrite(test::service("checkout", 20))});
  std::string seen;
  ASSERT_THAT(run({}, [&](const event& one) { seen += one.text + one.subject; }).failures, IsEmpty());
  auto registry = admin("innkeeper");
  const auto rows =
      registry.query("SELECT s::text FROM innkeeper.step AS s UNION ALL SELECT o::text FROM innkeeper.object AS o");
  for (std::size_t i = 0; i < rows.size(); ++i) seen += rows.text(i, 0);
  seen += cluster_.log();
  const auto planned = plan_server(all_, access_, {});
  seen += to_script(planned.steps);
  EXPECT_THAT(seen, HasSubstr("cafe_user"));
  for (const auto* login : {"cafe_user", "checkout_user", "checkout_migrator"}) {
    const auto entry = secret_store{secrets_}.read("shared", {login});
    ASSERT_EQ(entry.state, stored_state::present);
    EXPECT_THAT(seen, Not(HasSubstr(entry.value.password.expose())));
  }
}

TEST_F(apply, prints_a_script_that_reaches_the_same_end_in_psql) {
  auto cafe = with_extensions(test::service("cafe"));
  cafe.readers = {{"checkout", cafe.where, false}};
  declare({cafe, readwrite(test::service("checkout", 20))});
  const auto script = folder_.path() / "plan.sql";
  std::ofstream{script} << to_script(plan_now());
  // \password asks twice for each log-in; without a terminal of its own, psql reads the answers from its input.
  const auto admin_target = cluster_.admin();
  const std::string psql = fmt::format(
      "yes 'chosen by hand' | PGPASSWORD='admin password' setsid psql -X -q -h {} -p {} -U postgres -d postgres -f {}",
      admin_target.endpoints[0].host, admin_target.endpoints[0].port, script.string());
  FILE* run_by_hand = ::popen((psql + " 2>&1").c_str(), "r");
  std::string printed;
  for (int c = ::fgetc(run_by_hand); c != EOF; c = ::fgetc(run_by_hand)) printed += static_cast<char>(c);
  EXPECT_EQ(::pclose(run_by_hand), 0) << printed;
  // The passwords are the DBA's own now, and the only thing that apply would still ask about.
  const auto left = plan_now();
  for (const auto& one : left.steps) ADD_FAILURE() << "left: " << describe(one);
  EXPECT_EQ(left.attentions.size(), 3U);
  const auto login = cluster_.login("cafe_user", "chosen by hand", "cafe");
  EXPECT_EQ(pg::connection::open(login, {.kind = pg::session_kind::service}).query("SELECT current_user").text(0, 0),
            "cafe_owner");
}

// A random estate that the parser would accept: services alone, by schema or by prefix in one database, shared log-ins,
// readers, both kinds of access, log-ins that start as themselves.
std::vector<service_declaration> random_services(std::minstd_rand& random, const std::string& prefix) {
  const auto dice = [&](unsigned sides) { return random() % sides; };
  const unsigned by_schema = dice(3);
  const unsigned by_prefix = dice(3);
  std::vector<service_declaration> services;
  for (unsigned i = 0; i < 2 + by_schema + by_prefix; ++i) {
    auto one = test::service(fmt::format("{}_s{}", prefix, i), static_cast<int>(10 + i));
    if (i < by_schema) {
      one.database = {{prefix + "_shared"}, one.where, false};
      one.schema = {{one.name}, one.where, true};
    } else if (i < by_schema + by_prefix) {
      one.database = {{prefix + "_prefixed"}, one.where, false};
      one.prefix = {one.name + "_", one.where, false};
      one.user = {{prefix + "_everybody"}, one.where, false};
    } else if (dice(3) == 0) {
      one.user = {{prefix + "_common"}, one.where, false};
    }
    const bool shares_its_log_in = one.user.value.value != one.name + "_user";
    if (!shares_its_log_in && dice(3) == 0) one.access = access_mode::readwrite;
    if (!shares_its_log_in && dice(4) == 0) one.starts_as = starting_role::self;
    one.may_create_schemas = dice(4) == 0;
    one.connections.value = static_cast<int>(1 + dice(30));
    if (dice(3) == 0) one.extensions.push_back({{"citext"}, "", false, one.where});
    if (dice(3) == 0) one.settings["statement_timeout"] = {"30s", one.where, false};
    if (!services.empty() && dice(3) == 0 && !shares_its_log_in) {
      services[dice(static_cast<unsigned>(services.size()))].readers.push_back({one.name, one.where, false});
    }
    services.push_back(std::move(one));
  }
  return services;
}

TEST_F(apply, leaves_nothing_to_do_for_any_estate_and_any_change_of_it) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::minstd_rand random{seed};
    for (int version = 0; version < 2; ++version) {
      declare(random_services(random, fmt::format("e{}", seed)));
      const auto report = run();
      for (const auto& one : report.failures) ADD_FAILURE() << one.text;
      for (const auto& one : report.left.steps) ADD_FAILURE() << "left: " << describe(one);
      expect_in_step();
    }
  }
}

TEST_F(apply, remembers_who_did_what) {
  declare({test::service("cafe")});
  ASSERT_THAT(run().failures, IsEmpty());
  auto registry = admin("innkeeper");
  EXPECT_EQ(registry.query("SELECT outcome FROM innkeeper.run").text(0, 0), "done");
  EXPECT_EQ(registry.query("SELECT count(*) FROM innkeeper.step WHERE error IS NULL").text(0, 0),
            registry.query("SELECT applied FROM innkeeper.run").text(0, 0));
  EXPECT_EQ(registry.query("SELECT name FROM innkeeper.object WHERE kind = 'database'").text(0, 0), "cafe");
  run();
  EXPECT_EQ(registry.query("SELECT count(*) FROM innkeeper.run").text(0, 0), "1") << "nothing to do writes nothing";
}

TEST_F(apply, names_the_holder_of_the_lock_and_gives_up_in_time) {
  declare({test::service("cafe")});
  auto other = pg::connection::open(cluster_.admin(), {.application_name = "innkeeper apply elsewhere"});
  // Whatever the key is: a run that waits shows it in pg_locks; hold all of a first run's by watching one.
  ASSERT_THAT(run().failures, IsEmpty());
  declare({test::service("cafe"), test::service("erp", 20)});
  const auto key = cluster_.log();
  const auto at = key.find("pg_try_advisory_lock(");
  ASSERT_NE(at, std::string::npos);
  const auto end = key.find(')', at);
  other.query("SELECT pg_advisory_lock(" + key.substr(at + 21, end - at - 21) + ")");
  std::string waited;
  try {
    (void)run({.lock_timeout = std::chrono::seconds{0}}, [&](const event& one) {
      if (one.kind == event_kind::waiting) waited = one.text;
    });
    ADD_FAILURE() << "ran beside another runner";
  } catch (const error& refused) {
    EXPECT_EQ(refused.code(), exit_code::locked);
  }
}

TEST_F(apply, adds_a_service_without_touching_its_neighbours) {
  declare({test::service("cafe")});
  ASSERT_THAT(run().failures, IsEmpty());
  declare({test::service("cafe"), test::service("erp", 20)});
  const auto report = run();
  EXPECT_EQ(report.applied, 1);
  EXPECT_EQ(report.unchanged, 1);
}

}  // namespace
}  // namespace innkeeper::exec
