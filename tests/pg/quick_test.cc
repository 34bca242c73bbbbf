// Quick plans on a real server: what leaves a trace in the shared catalogs is seen, and what does not is exactly what
// is documented.
#include "core/quick.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "exec/apply.h"
#include "exec/prove.h"
#include "exec/secret_store.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/majors.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class quick_plan : public testing::Test {
 protected:
  quick_plan() : cluster_{{.settings = {{"log_connections", "on"}}, .password = "admin password"}} {
    auto cafe = test::service("cafe");
    cafe.extensions = {{{"pgcrypto"}, "", false, cafe.where}};
    cafe.readers = {{"treasury", cafe.where, false}};
    all_ = test::estate_of({cafe, test::service("erp", 20), test::service("treasury", 30)});
    all_.secrets_directory = folder_.path() / "secrets";
    access_.server = &all_.servers.front();
    access_.admin = cluster_.admin();
  }

  server_plan plan_now(depth how) { return plan_server(all_, access_, {.how = how}); }

  apply_report run(depth how, plan_policy policy = {}) {
    return apply_server(all_, access_, {.policy = std::move(policy), .how = how}, [](const event&) {});
  }

  void provision() { ASSERT_THAT(run(depth::deep).failures, IsEmpty()); }

  void by_hand(const std::string& database, const std::string& statement) {
    pg::connection::open(cluster_.admin(database), {}).query(statement);
  }

  void as_service(const std::string& login, const std::string& database, const std::string& statement) {
    const auto entry = secret_store{all_.secrets_directory}.read("shared", {login});
    pg::connection::open(cluster_.login(login, entry.value.password.expose(), database),
                         {.kind = pg::session_kind::service})
        .query(statement);
  }

  void expect_quick_and_quiet() {
    const auto made = plan_now(depth::quick);
    for (const auto& one : made.steps.steps) ADD_FAILURE() << "would: " << describe(one);
    for (const auto& one : made.steps.attentions) ADD_FAILURE() << "says: " << one.text;
    EXPECT_THAT(made.looks.entered, IsEmpty());
    EXPECT_EQ(made.looks.as_noted, 3);
    EXPECT_EQ(made.looks.obstacle, "");
  }

  test::cluster cluster_;
  test::scratch_folder folder_;
  estate all_;
  server_access access_;
};

bool says_nothing(const server_plan& made) {
  return made.steps.empty() && made.steps.attentions.empty() && !has_errors(made.steps.problems);
}

TEST_F(quick_plan, enters_no_services_database_once_an_apply_has_seen_all_in_step) {
  provision();
  expect_quick_and_quiet();
}

TEST_F(quick_plan, looks_everywhere_on_a_server_that_has_no_registry_yet) {
  const auto made = plan_now(depth::quick);
  EXPECT_EQ(made.looks.obstacle, "");
  EXPECT_FALSE(made.steps.empty());
  EXPECT_THAT(run(depth::quick).failures, IsEmpty());
  expect_quick_and_quiet();
}

struct hand_edit {
  std::string database;
  std::string statement;
  std::string blind_spot;  // empty: a quick plan sees it; else the line that says why not
  std::string undo;        // where a deep apply would not
};

const std::string of_public = "rights of PUBLIC inside a database";
const std::string of_rights = "which rights a role holds on a schema or by default, where it held some";
const std::string of_bootstrap = "what the bootstrap superuser owns inside a database, extensions too";
const std::string of_extensions = "versions and schemas of extensions";

std::vector<hand_edit> hand_edits() {
  return {
      // The server's own catalogs.
      {"postgres", "GRANT CONNECT ON DATABASE cafe TO PUBLIC"},
      {"postgres", "GRANT CONNECT ON DATABASE cafe TO erp_user"},
      {"postgres", "GRANT cafe_owner TO erp_user"},
      {"postgres", "GRANT pg_read_server_files TO cafe_user"},
      {"postgres", "ALTER ROLE cafe_user CREATEDB CREATEROLE CONNECTION LIMIT 3"},
      {"postgres", "ALTER ROLE cafe_user NOLOGIN"},
      {"postgres", "ALTER ROLE cafe_user SUPERUSER"},
      {"postgres", "REVOKE cafe_access FROM cafe_user"},
      {"postgres", "REVOKE ALL ON DATABASE cafe FROM cafe_access"},
      {"postgres", "ALTER ROLE cafe_user IN DATABASE cafe RESET role"},
      {"postgres", "ALTER DATABASE cafe SET search_path = pg_catalog"},
      {"postgres", "ALTER DATABASE cafe OWNER TO cafe_owner"},
      {"postgres", "ALTER DATABASE cafe CONNECTION LIMIT -1"},
      {"postgres", "ALTER DATABASE cafe IS_TEMPLATE true"},
      {"postgres", "GRANT CONNECT ON DATABASE template1 TO PUBLIC"},
      {"postgres", "ALTER ROLE erp_user PASSWORD 'by another hand'"},
      {"postgres", "DROP DATABASE erp; CREATE DATABASE erp TEMPLATE template0"},
      {"postgres", "DROP DATABASE erp"},
      // Inside, with a trace.
      {"cafe", "ALTER SCHEMA public OWNER TO postgres"},
      {"cafe", "ALTER SCHEMA public OWNER TO erp_owner"},
      {"cafe", "ALTER TABLE public.orders OWNER TO erp_owner"},
      {"erp", "DROP SCHEMA extensions"},
      {"erp", "DROP SCHEMA public CASCADE"},
      {"cafe", "REVOKE ALL ON SCHEMA public FROM cafe_ro"},
      {"cafe", "GRANT USAGE ON SCHEMA public TO erp_user"},
      {"cafe", "GRANT SELECT ON public.orders TO erp_user"},
      {"cafe", "CREATE SCHEMA foreigners AUTHORIZATION erp_owner"},
      {"cafe", "ALTER DEFAULT PRIVILEGES FOR ROLE cafe_owner IN SCHEMA public REVOKE ALL ON TABLES FROM cafe_ro"},
      {"cafe", "ALTER DEFAULT PRIVILEGES FOR ROLE cafe_owner GRANT SELECT ON TABLES TO erp_user"},
      {"cafe", "ALTER DEFAULT PRIVILEGES FOR ROLE cafe_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC"},
      {"cafe", "SET ROLE dba; CREATE TABLE public.stray (a int)"},
      {"cafe", "SET ROLE dba; CREATE TABLE public.stray_two (a int)"},
      {"cafe", "SET ROLE dba; CREATE PUBLICATION all_of_it FOR ALL TABLES"},
      {"cafe", "DROP OWNED BY cafe_rw"},
      {"innkeeper", "GRANT ALL ON SCHEMA public TO PUBLIC"},
      // Inside, without one.
      {"cafe", "GRANT ALL ON SCHEMA public TO PUBLIC", of_public},
      {"cafe", "GRANT ALL ON SCHEMA public TO cafe_ro", of_rights},
      {"cafe", "ALTER DEFAULT PRIVILEGES FOR ROLE cafe_owner IN SCHEMA public REVOKE INSERT ON TABLES FROM cafe_rw",
       of_rights},
      {"cafe", "CREATE TABLE public.stray_of_postgres (a int)", of_bootstrap},
      {"cafe", "DROP EXTENSION pgcrypto", of_bootstrap},
      {"cafe", "ALTER EXTENSION pgcrypto SET SCHEMA public", of_extensions,
       "ALTER EXTENSION pgcrypto SET SCHEMA extensions"},
  };
}

TEST_F(quick_plan, sees_every_hand_edit_but_those_that_it_says_it_does_not_check) {
  by_hand("postgres", "CREATE ROLE dba SUPERUSER");
  provision();
  as_service("cafe_user", "cafe", "CREATE TABLE orders (id int)");
  std::set<std::string> met;
  // The majors share out the edits that leave a trace, as they do random cases.
  const auto edits = hand_edits();
  const int count = static_cast<int>(edits.size());
  const auto mine = test::cases_here(count, count);
  for (int i = 0; i < count; ++i) {
    const auto& edit = edits[static_cast<std::size_t>(i)];
    if (edit.blind_spot.empty() && !std::ranges::binary_search(mine, i)) continue;
    SCOPED_TRACE(edit.database + ": " + edit.statement);
    expect_quick_and_quiet();
    for (std::size_t begin = 0, end = 0; begin < edit.statement.size(); begin = end + 2) {
      end = std::min(edit.statement.find("; CREATE DATABASE", begin), edit.statement.size());
      by_hand(edit.database, edit.statement.substr(begin, end - begin));
    }
    const auto made = plan_now(depth::quick);
    const bool is_seen = !says_nothing(made) || !made.looks.entered.empty();
    if (edit.blind_spot.empty()) {
      EXPECT_TRUE(is_seen);
    } else {
      EXPECT_FALSE(is_seen) << "it leaves a trace: say so in docs/quick.md";
      EXPECT_THAT(not_checked(made.looks), Contains(edit.blind_spot));
      EXPECT_FALSE(says_nothing(plan_now(depth::deep))) << "no plan would see it, so it shows nothing";
      met.insert(edit.blind_spot);
    }
    if (!edit.undo.empty()) by_hand(edit.database, edit.undo);
    ASSERT_THAT(run(depth::deep, {.reset_every_password = true}).failures, IsEmpty());
  }
  const auto documented = not_checked(plan_now(depth::quick).looks);
  EXPECT_EQ(met, std::set<std::string>(documented.begin(), documented.end())) << "a blind spot that nobody tried";
}

TEST_F(quick_plan, of_a_proof_says_what_no_shared_catalog_tells) {
  provision();
  const auto proof = verify_server(all_, access_, {.how = depth::quick}, [](const event&) {});
  EXPECT_THAT(not_checked(proof.looks), Contains(HasSubstr("of a proof")));
  EXPECT_THAT(not_checked(verify_server(all_, access_, {}, [](const event&) {}).looks), IsEmpty());
}

TEST_F(quick_plan, is_not_disturbed_by_what_services_do_every_day) {
  provision();
  as_service("cafe_user", "cafe",
             "CREATE TABLE orders (id serial PRIMARY KEY, note text); CREATE VIEW v AS SELECT * FROM orders; "
             "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mood AS ENUM ('ok'); "
             "GRANT SELECT ON orders TO cafe_ro; CREATE TEMPORARY TABLE t (a int); "
             "INSERT INTO orders (note) SELECT 'x' FROM generate_series(1, 100)");
  expect_quick_and_quiet();
  as_service("cafe_user", "cafe", "DROP VIEW v; DROP TABLE orders; DROP FUNCTION f()");
  expect_quick_and_quiet();
}

TEST_F(quick_plan, looks_into_the_one_database_that_changed_and_apply_notes_what_it_saw) {
  provision();
  as_service("cafe_user", "cafe", "CREATE TABLE orders (id int)");
  by_hand("cafe", "GRANT SELECT ON public.orders TO erp_user");
  EXPECT_THAT(plan_now(depth::quick).looks.entered, ElementsAre(database_name{"cafe"}));
  EXPECT_THAT(plan_now(depth::quick).looks.entered, ElementsAre(database_name{"cafe"})) << "a plan notes nothing";
  const auto report = run(depth::quick);
  EXPECT_EQ(report.steps, 0);
  EXPECT_THAT(report.looks.entered, ElementsAre(database_name{"cafe"}));
  expect_quick_and_quiet();
}

TEST_F(quick_plan, applies_a_changed_manifest_and_enters_only_what_it_changes) {
  provision();
  auto& erp = all_.services.at(1);
  erp.extensions = {{{"pgcrypto"}, "", false, erp.where}};
  const auto report = run(depth::quick);
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_EQ(report.applied, 1);
  EXPECT_THAT(report.looks.entered, ElementsAre(database_name{"erp"}));
  EXPECT_TRUE(report.left.empty());
  EXPECT_TRUE(says_nothing(plan_now(depth::deep)));
  expect_quick_and_quiet();
}

TEST_F(quick_plan, mends_what_it_sees_and_is_quiet_afterwards) {
  provision();
  by_hand("cafe", "ALTER SCHEMA public OWNER TO erp_owner");
  by_hand("postgres", "GRANT CONNECT ON DATABASE treasury TO PUBLIC");
  EXPECT_THAT(run(depth::quick).failures, IsEmpty());
  EXPECT_TRUE(says_nothing(plan_now(depth::deep)));
  expect_quick_and_quiet();
}

TEST_F(quick_plan, reads_no_noted_look_that_another_hand_could_have_put_code_into) {
  provision();
  by_hand("innkeeper", "ALTER TABLE innkeeper.look OWNER TO cafe_owner");
  EXPECT_THAT(plan_now(depth::quick).looks.obstacle, HasSubstr("innkeeper.look"));
  by_hand("innkeeper",
          "DROP TABLE innkeeper.look; CREATE TABLE public.trap (n int); "
          "CREATE FUNCTION public.spring() RETURNS oid LANGUAGE sql AS "
          "'INSERT INTO public.trap VALUES (1); SELECT 1::oid'; "
          "CREATE VIEW innkeeper.look AS SELECT public.spring() AS database, '' AS wanted, '' AS found, "
          "now() AS looked_at");
  const auto made = plan_now(depth::quick);
  EXPECT_THAT(made.looks.obstacle, HasSubstr("innkeeper.look"));
  EXPECT_EQ(made.looks.entered.size(), 3U);
  auto session = pg::connection::open(cluster_.admin("innkeeper"), {});
  EXPECT_EQ(session.query("SELECT count(*) FROM public.trap").text(0, 0), "0");
}

TEST_F(quick_plan, adds_the_table_to_a_registry_that_an_older_version_made) {
  provision();
  by_hand("innkeeper", "DROP TABLE innkeeper.look");
  const auto made = plan_now(depth::quick);
  ASSERT_EQ(made.steps.steps.size(), 1U);
  EXPECT_EQ(name_of(made.steps.steps.front()), "create_registry");
  EXPECT_EQ(made.looks.obstacle, "");
  ASSERT_THAT(run(depth::deep).failures, IsEmpty());
  expect_quick_and_quiet();
}

TEST_F(quick_plan, of_a_plain_admin_tries_no_password_and_says_so) {
  by_hand("postgres", "CREATE ROLE plain LOGIN CREATEDB CREATEROLE PASSWORD 'plain password'");
  access_.admin = cluster_.login("plain", "plain password", "postgres");
  ASSERT_THAT(run(depth::deep).failures, IsEmpty());
  const auto log_before = cluster_.log().size();
  const auto made = plan_now(depth::quick);
  EXPECT_TRUE(made.steps.empty());
  // Where a plain admin can't make the inside as declared, there is something to tell each time.
  const bool is_entered = !made.observed.can.may_give_public_schema || !made.observed.can.may_close_functions;
  EXPECT_EQ(made.looks.entered.size(), is_entered ? 3U : 0U);
  EXPECT_TRUE(made.looks.passwords_unchecked);
  EXPECT_THAT(not_checked(made.looks), Contains(HasSubstr("passwords")));
  const auto log = cluster_.log().substr(log_before);
  EXPECT_THAT(log, HasSubstr("user=plain"));
  for (const auto* service : {"cafe", "erp", "treasury"}) {
    EXPECT_THAT(log, Not(HasSubstr(fmt::format("user={}_user", service))));
    EXPECT_EQ(log.find(fmt::format("database={}", service)) != std::string::npos, is_entered) << service;
  }
}

}  // namespace
}  // namespace innkeeper::exec
