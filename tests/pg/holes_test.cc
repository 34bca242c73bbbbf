// Opens one hole after the other on a real server and sees that exactly the probe which is meant for it tells, and that
// what the finding says mends it. What a server can't be brought to here is planted in
// tests/core/security_probes_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "core/matrix_text.h"
#include "exec/apply.h"
#include "exec/prove.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/majors.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

using test::service;
using testing::HasSubstr;

const event_sink nobody_listens = [](const event&) {};

// A reader, a readwrite service, and two in one database.
estate village() {
  auto cafe = service("cafe", 10);
  cafe.readers = {{"treasury", cafe.where, false}};
  auto erp = service("erp", 20);
  erp.access = access_mode::readwrite;
  auto menu = service("menu", 60);
  auto seating = service("seating", 70);
  menu.database = seating.database = {{"platform"}, menu.where, false};
  menu.schema = {{"menu"}, menu.where, true};
  seating.schema = {{"seating"}, seating.where, true};
  return test::estate_of({cafe, erp, service("treasury", 30), menu, seating});
}

struct hole {
  std::string name;
  std::set<std::string> probes;  // two where it truly is two
  std::string database;
  std::string open;
  std::string clean_up;  // what mending leaves behind
  int since = 13;
};

void PrintTo(const hole& one, std::ostream* to) {
  *to << one.name;
}

class holes : public testing::TestWithParam<hole> {
 protected:
  static void SetUpTestSuite() {
    if (server_ != nullptr) return;
    // Never deleted: the same server serves every instantiation, and dies with the test binary.
    server_ = new test::cluster{
        {.settings = {{"max_connections", "200"}, {"max_slot_wal_keep_size", "64MB"}}, .password = "admin's own"}};
    folder_ = new test::scratch_folder;
    all_ = new estate{village()};
    all_->secrets_directory = folder_->path() / "secrets";
    make_as_declared();
    in("cafe",
       "SET ROLE cafe_owner;"
       "CREATE TABLE public.orders (id integer, iban text);"
       "CREATE SEQUENCE public.numbers;"
       "CREATE TYPE public.mood AS ENUM ('good', 'bad');"
       "CREATE FUNCTION public.pay(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';"
       "CREATE FUNCTION public.pay_all() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"
       "SELECT pg_catalog.lo_create(424242)");
    in("platform", "SET ROLE menu_owner; CREATE TABLE menu.dishes (id integer)");
    clean_ = findings();
    for (const auto& one : clean_) EXPECT_EQ(one.says, verdict::advice) << one.probe << " " << one.text;
  }

  static server_access access() { return {.server = &all_->servers.front(), .admin = server_->admin()}; }

  static void make_as_declared() {
    const auto report = apply_server(*all_, access(), {}, nobody_listens);
    ASSERT_EQ(report.code, exit_code::ok);
  }

  static pg::connection admin(const std::string& database) {
    return pg::connection::open(server_->admin(database), {});
  }

  // Statement by statement: some can't run beside others in one transaction.
  static void in(const std::string& database, const std::string& statements) {
    auto session = admin(database.empty() ? "postgres" : database);
    std::size_t at = 0;
    while (at < statements.size()) {
      auto end = statements.find(';', at);
      if (end == std::string::npos) end = statements.size();
      session.query(statements.substr(at, end - at));
      at = end + 1;
    }
  }

  // What the catalogs say, apart from drift.
  static std::vector<finding> findings(const server_access& with = access()) {
    const auto report = verify_server(*all_, with, {}, nobody_listens);
    has_drift_ = report.drift > 0;
    auto found = report.findings;
    std::erase_if(found, [](const finding& one) { return one.probe == "drift" || one.probe == "plan"; });
    return found;
  }

  // Those that a clean server hasn't.
  static std::vector<finding> new_findings() {
    auto found = findings();
    std::erase_if(found, [](const finding& one) { return std::ranges::find(clean_, one) != clean_.end(); });
    return found;
  }

  static std::string shown(const std::vector<finding>& found) { return findings_text({.findings = found}, {}); }

  static test::cluster* server_;
  static test::scratch_folder* folder_;
  static estate* all_;
  static std::vector<finding> clean_;
  static bool has_drift_;  // as findings() saw last
};

test::cluster* holes::server_ = nullptr;
test::scratch_folder* holes::folder_ = nullptr;
estate* holes::all_ = nullptr;
std::vector<finding> holes::clean_;
bool holes::has_drift_ = false;

TEST_P(holes, are_told_by_their_probe_alone_and_mended_by_what_it_says) {
  const auto& hole = GetParam();
  in(hole.database, hole.open);
  const auto found = new_findings();
  std::set<std::string> probes;
  for (const auto& one : found) probes.insert(one.probe);
  EXPECT_EQ(probes, hole.probes) << shown(found);
  const bool has_leak = std::ranges::any_of(found, [](const auto& one) { return one.says == verdict::leak; });
  for (const auto& one : found) {
    if (has_leak && one.says != verdict::leak) continue;
    ASSERT_FALSE(one.statement.empty()) << one.text;
    in(one.database.value, one.statement);
  }
  auto left = new_findings();
  if (has_leak) std::erase_if(left, [](const auto& one) { return one.says != verdict::leak; });
  EXPECT_EQ(shown(left), "") << "after mending";
  if (hole.clean_up.empty() && !has_drift_) return;
  in(hole.database, hole.clean_up);
  make_as_declared();
  EXPECT_EQ(shown(new_findings()), "") << "after cleaning up";
}

std::vector<hole> those_of_this_major(std::vector<hole> all) {
  std::erase_if(all, [](const hole& one) {
    const bool is_absent = test::postgres_major() < one.since;
    if (is_absent) test::note_absent("holes", one.name.c_str());
    return is_absent;
  });
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    access, holes,
    testing::ValuesIn(those_of_this_major(
        {hole{"connect_for_a_neighbour", {"P10"}, "", "GRANT CONNECT ON DATABASE cafe TO erp_user", ""},
         hole{"create_on_a_neighbour_s_database", {"P10"}, "", "GRANT CREATE ON DATABASE cafe TO erp_owner", ""},
         hole{"a_database_for_all", {"P11"}, "", "GRANT CONNECT ON DATABASE erp TO PUBLIC", ""},
         hole{"a_template", {"P14"}, "", "ALTER DATABASE cafe IS_TEMPLATE true", ""},
         hole{"no_limit", {"P14"}, "", "ALTER DATABASE cafe CONNECTION LIMIT -1", ""},
         hole{"a_service_that_owns_its_database", {"P14"}, "", "ALTER DATABASE erp OWNER TO erp_owner", ""},
         hole{"a_group_of_two", {"P16"}, "", "CREATE ROLE team; GRANT team TO cafe_user, erp_user", "DROP ROLE team"},
         // Who is a member of a neighbour's role can enter where that may: one hole, and both true.
         hole{"a_neighbour_s_role", {"P10", "P16"}, "", "GRANT treasury_owner TO cafe_user", ""},
         hole{"a_predefined_role", {"P17"}, "", "GRANT pg_monitor TO treasury_user", ""},
         hole{"a_predefined_role_of_14", {"P17"}, "", "GRANT pg_read_all_data TO treasury_owner", "", 14},
         hole{"a_predefined_role_of_17", {"P17"}, "", "GRANT pg_maintain TO treasury_owner", "", 17},
         hole{"createdb", {"P18"}, "", "ALTER ROLE menu_user CREATEDB", ""},
         hole{"createrole_behind_set_role", {"P18"}, "", "ALTER ROLE cafe_owner CREATEROLE", ""},
         hole{"admin_option", {"P19"}, "", "GRANT cafe_access TO cafe_user WITH ADMIN OPTION", ""},
         hole{"grant_option_on_a_database",
              {"P19"},
              "",
              "GRANT CONNECT ON DATABASE cafe TO cafe_access WITH GRANT OPTION",
              ""},
         hole{"grant_option_on_a_schema",
              {"P19"},
              "cafe",
              "GRANT USAGE ON SCHEMA public TO cafe_ro WITH GRANT OPTION",
              ""},
         hole{"grant_option_on_a_table",
              {"P19"},
              "cafe",
              "GRANT SELECT ON public.orders TO cafe_ro WITH GRANT OPTION",
              ""},
         hole{"grant_option_on_a_function",
              {"P19"},
              "cafe",
              "GRANT EXECUTE ON FUNCTION public.pay(integer) TO cafe_ro WITH GRANT OPTION",
              ""}})),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    objects, holes,
    testing::ValuesIn(those_of_this_major(
        {hole{"table_for_all", {"P4"}, "cafe", "GRANT SELECT ON public.orders TO PUBLIC", ""},
         hole{"columns_for_a_neighbour",
              {"P4"},
              "cafe",
              "GRANT SELECT (id, iban), UPDATE (iban) ON public.orders TO erp_rw",
              ""},
         hole{"sequence_for_a_neighbour", {"P4"}, "cafe", "GRANT USAGE ON SEQUENCE public.numbers TO erp_user", ""},
         hole{
             "function_for_a_neighbour", {"P4"}, "cafe", "GRANT EXECUTE ON FUNCTION public.pay(integer) TO erp_rw", ""},
         hole{"type_for_a_neighbour", {"P4"}, "cafe", "GRANT USAGE ON TYPE public.mood TO erp_rw", ""},
         hole{"table_for_who_shares_the_database",
              {"P4"},
              "platform",
              "GRANT SELECT ON menu.dishes TO seating_owner",
              ""},
         hole{"table_given_on_by_another_than_its_owner",
              {"P4"},
              "cafe",
              "GRANT SELECT ON public.orders TO cafe_rw WITH GRANT OPTION; SET ROLE cafe_rw;"
              "GRANT SELECT ON public.orders TO erp_rw",
              "REVOKE GRANT OPTION FOR SELECT ON public.orders FROM cafe_rw"},
         hole{"several_tables",
              {"P4"},
              "cafe",
              "SET ROLE cafe_owner; CREATE TABLE public.a (); CREATE TABLE public.b (); GRANT SELECT ON public.a, "
              "public.b "
              "TO erp_rw",
              "DROP TABLE public.a, public.b"},
         hole{"maintain_for_a_neighbour", {"P4"}, "cafe", "GRANT MAINTAIN ON public.orders TO erp_rw", "", 17},
         hole{"security_definer_for_all", {"P5"}, "cafe", "GRANT EXECUTE ON FUNCTION public.pay_all() TO PUBLIC", ""},
         hole{"security_definer_for_a_neighbour",
              {"P5"},
              "cafe",
              "GRANT EXECUTE ON FUNCTION public.pay_all() TO erp_rw",
              ""},
         hole{"large_object_for_a_neighbour", {"P6"}, "cafe", "GRANT SELECT ON LARGE OBJECT 424242 TO erp_owner", ""},
         hole{"large_object_for_all", {"P6"}, "cafe", "GRANT SELECT ON LARGE OBJECT 424242 TO PUBLIC", ""},
         hole{"large_object_of_a_neighbour",
              {"P6"},
              "cafe",
              "SELECT pg_catalog.lo_create(424243); ALTER LARGE OBJECT 424243 OWNER TO erp_owner",
              "SELECT pg_catalog.lo_unlink(424243)"},
         hole{"schema_that_no_manifest_names_for_all",
              {"P8"},
              "cafe",
              "CREATE SCHEMA reports AUTHORIZATION cafe_owner; GRANT USAGE ON SCHEMA reports TO PUBLIC",
              "DROP SCHEMA reports"},
         hole{"schema_of_a_service_for_all", {"P8"}, "cafe", "GRANT CREATE ON SCHEMA public TO PUBLIC", ""},
         hole{"schema_of_the_system_for_all", {"P8"}, "cafe", "GRANT CREATE ON SCHEMA pg_catalog TO PUBLIC", ""},
         hole{"planted_in_template1",
              {"P13"},
              "template1",
              "SELECT pg_catalog.lo_create(424244); ALTER LARGE OBJECT 424244 OWNER TO erp_user",
              ""},
         hole{"functions_for_all",
              {"P43"},
              "cafe",
              "ALTER DEFAULT PRIVILEGES FOR ROLE cafe_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
              ""},
         hole{"objects_of_another_owner",
              {"P43"},
              "cafe",
              "CREATE ROLE visitor; CREATE TABLE public.theirs ();"
              "ALTER TABLE public.theirs OWNER TO visitor",
              "DROP TABLE public.theirs; DROP ROLE visitor"}})),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    ways_round, holes,
    testing::ValuesIn(those_of_this_major(
        {hole{"publication_of_all", {"P23"}, "cafe", "CREATE PUBLICATION feed FOR ALL TABLES", ""},
         hole{"event_trigger",
              {"P23"},
              "cafe",
              "CREATE SCHEMA tools; CREATE FUNCTION tools.spy() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
              "ALTER FUNCTION tools.spy() OWNER TO cafe_user;"
              "CREATE EVENT TRIGGER spy ON ddl_command_start EXECUTE FUNCTION tools.spy()",
              "DROP SCHEMA tools CASCADE"},
         hole{"subscription",
              {"P23"},
              "cafe",
              "CREATE SUBSCRIPTION feed CONNECTION 'dbname=nowhere password=x' PUBLICATION feed WITH (connect = false)",
              ""},
         hole{"verifiers_readable", {"P24"}, "cafe", "GRANT SELECT ON pg_catalog.pg_authid TO PUBLIC", ""},
         hole{"verifiers_readable_by_column",
              {"P24"},
              "cafe",
              "GRANT SELECT (rolpassword) ON pg_catalog.pg_authid TO cafe_user",
              ""},
         hole{"files_readable",
              {"P25"},
              "cafe",
              "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO cafe_user",
              ""},
         hole{"files_writable",
              {"P26"},
              "cafe",
              "GRANT EXECUTE ON FUNCTION pg_catalog.lo_export(oid, text) TO cafe_owner",
              ""},
         hole{"server_steered", {"P32"}, "cafe", "GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO PUBLIC", ""},
         hole{"c_for_all",
              {"P27"},
              "cafe",
              "UPDATE pg_catalog.pg_language SET lanpltrusted = true WHERE lanname = 'c'",
              ""},
         hole{"untrusted_language",
              {"P27"},
              "cafe",
              "CREATE LANGUAGE plwild HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator",
              ""},
         hole{"untrusted_function",
              {"P27"},
              "cafe",
              "CREATE LANGUAGE plwild HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator; CREATE SCHEMA tools;"
              "CREATE FUNCTION tools.wild() RETURNS void LANGUAGE plwild AS 'BEGIN END'",
              "DROP SCHEMA tools CASCADE; DROP LANGUAGE plwild"},
         hole{"dblink", {"P28"}, "cafe", "CREATE EXTENSION dblink SCHEMA extensions", ""},
         hole{"pg_stat_statements", {"P28"}, "cafe", "CREATE EXTENSION pg_stat_statements SCHEMA extensions", ""},
         hole{"undeclared_extension", {"P29"}, "cafe", "CREATE EXTENSION citext SCHEMA extensions", ""},
         hole{"foreign_data_wrapper",
              {"P29"},
              "cafe",
              "CREATE FOREIGN DATA WRAPPER plain; GRANT USAGE ON FOREIGN DATA WRAPPER plain TO cafe_owner",
              "DROP FOREIGN DATA WRAPPER plain"},
         hole{"foreign_server",
              {"P29"},
              "cafe",
              "CREATE FOREIGN DATA WRAPPER plain; CREATE SERVER away FOREIGN DATA WRAPPER plain;"
              "GRANT USAGE ON FOREIGN SERVER away TO PUBLIC",
              "DROP FOREIGN DATA WRAPPER plain CASCADE"},
         // The extension itself is a hole of its own.
         hole{"dblink_as_anybody",
              {"P28", "P29"},
              "cafe",
              "CREATE EXTENSION dblink SCHEMA extensions;"
              "GRANT EXECUTE ON FUNCTION extensions.dblink_connect_u(text) TO cafe_user",
              ""},
         hole{"mapping_without_password",
              {"P30"},
              "cafe",
              "CREATE FOREIGN DATA WRAPPER plain; CREATE SERVER away FOREIGN DATA WRAPPER plain;"
              "CREATE USER MAPPING FOR cafe_user SERVER away OPTIONS (password_required 'false')",
              "DROP FOREIGN DATA WRAPPER plain CASCADE"},
         hole{"superuser_s_function",
              {"P31"},
              "cafe",
              "CREATE SCHEMA tools; CREATE FUNCTION tools.raise() RETURNS integer LANGUAGE sql SECURITY DEFINER AS "
              "'SELECT 1'",
              "DROP SCHEMA tools CASCADE"},
         hole{"parameter", {"P33"}, "", "GRANT SET ON PARAMETER log_statement TO cafe_user", "", 15},
         hole{"custom_parameter", {"P33"}, "", "GRANT ALTER SYSTEM ON PARAMETER \"my\".\"audit\" TO PUBLIC", "", 15},
         hole{"secret_of_a_role", {"P36"}, "", "ALTER ROLE cafe_user SET app.jwt_secret = 'x1y2z3'", ""},
         hole{"secret_of_a_role_in_a_database",
              {"P36"},
              "",
              "ALTER ROLE cafe_user IN DATABASE cafe SET app.upstream = 'amqp://bus:hunter2@queue'",
              ""},
         hole{"secret_of_a_database", {"P36"}, "", "ALTER DATABASE erp SET \"app\".\"api_key\" = 'k9'", ""},
         hole{"secret_in_a_comment", {"P36"}, "", "COMMENT ON DATABASE postgres IS 'password=hunter2'", ""},
         hole{"secret_among_a_server_s_options",
              {"P36"},
              "cafe",
              "CREATE FOREIGN DATA WRAPPER plain; CREATE SERVER away FOREIGN DATA WRAPPER plain OPTIONS (password "
              "'hunter2')",
              "DROP FOREIGN DATA WRAPPER plain CASCADE"},
         hole{"logical_slot",
              {"P44"},
              "cafe",
              "SELECT pg_catalog.pg_create_logical_replication_slot('cdc', 'test_decoding')",
              ""}})),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    neighbours, holes,
    testing::ValuesIn(those_of_this_major(
        {hole{"log_in_without_limit", {"N1"}, "", "ALTER ROLE cafe_user CONNECTION LIMIT -1", ""},
         hole{"slow_vacuum", {"N10"}, "cafe", "ALTER TABLE public.orders SET (autovacuum_vacuum_cost_delay = 100)", ""},
         hole{"tablespace", {"N14"}, "", "GRANT CREATE ON TABLESPACE pg_default TO erp_user", ""},
         hole{"idle_slot",
              {"N19"},
              "",
              "SELECT pg_catalog.pg_create_physical_replication_slot('standby2', true)",
              ""}})),
    [](const auto& each) { return each.param.name; });

class holes_of_the_server : public holes {};

TEST_F(holes_of_the_server, a_session_that_holds_many_locks_is_named_and_can_be_ended) {
  auto hoarder = admin("cafe");
  hoarder.query("SELECT pg_catalog.pg_advisory_lock(n) FROM pg_catalog.generate_series(1, 2000) AS n");
  const auto found = new_findings();
  ASSERT_EQ(found.size(), 1) << shown(found);
  EXPECT_EQ(found.front().probe, "N3");
  EXPECT_THAT(found.front().text, HasSubstr("in database \"cafe\" holds 2"));
  in("", found.front().statement);
  EXPECT_TRUE(test::eventually([] { return new_findings().empty(); }));
}

TEST_F(holes_of_the_server, prepared_transactions_are_told_with_who_left_one) {
  in("", "ALTER SYSTEM SET max_prepared_transactions = 5");
  server_->restart();
  auto found = new_findings();
  ASSERT_EQ(found.size(), 1) << shown(found);
  EXPECT_EQ(found.front().probe, "P44");
  in("cafe",
     "SET SESSION AUTHORIZATION erp_user; BEGIN; SELECT pg_catalog.txid_current(); PREPARE TRANSACTION 'it''s mine'");
  found = new_findings();
  ASSERT_EQ(found.size(), 2) << shown(found);
  for (const auto& one : found) {
    EXPECT_EQ(one.probe, "P44");
    in(one.database.value, one.statement);
  }
  server_->restart();
  EXPECT_EQ(shown(new_findings()), "");
}

TEST_F(holes_of_the_server, a_line_that_trusts_is_told_and_so_is_a_file_that_was_not_read) {
  const auto file = server_->data() / "pg_hba.conf";
  std::ifstream in_file{file};
  const std::string before{std::istreambuf_iterator<char>{in_file}, {}};
  const auto later = std::filesystem::last_write_time(file) + std::chrono::hours{1};
  std::ofstream{file} << "local cafe cafe_user trust\nhost all all 10.0.0.0/8 md5\n" << before;
  std::filesystem::last_write_time(file, later);
  auto found = new_findings();
  std::ranges::sort(found, {}, &finding::text);
  ASSERT_EQ(found.size(), 3) << shown(found);
  for (const auto& one : found) EXPECT_EQ(one.probe, "P39");
  EXPECT_THAT(found[0].text, testing::MatchesRegex("line 1 of .*pg_hba.conf lets \"cafe_user\" in without a password"));
  EXPECT_EQ(found[0].says, verdict::leak);
  EXPECT_THAT(found[0].detail, HasSubstr("it says: local cafe cafe_user trust; write: local cafe cafe_user "
                                         "scram-sha-256"));
  EXPECT_THAT(found[1].text, testing::MatchesRegex("line 2 of .*pg_hba.conf takes md5 passwords of .*"));
  EXPECT_EQ(found[1].says, verdict::advice);
  EXPECT_EQ(found[2].says, verdict::unprovable);
  EXPECT_EQ(found[2].statement, "SELECT pg_catalog.pg_reload_conf();");

  std::ofstream{file} << "local cafe cafe_user scram-sha-256\nhost all all 10.0.0.0/8 scram-sha-256\n" << before;
  server_->reload();
  EXPECT_TRUE(test::eventually([] { return new_findings().empty(); })) << shown(new_findings());
  std::ofstream{file} << "local cafe cafe_user scram\n" << before;
  EXPECT_THAT(shown(new_findings()), HasSubstr("unprovable P39: line 1 of pg_hba.conf has an error"));
  std::ofstream{file} << before;
  server_->reload();
  EXPECT_TRUE(test::eventually([] { return new_findings().empty(); })) << shown(new_findings());
}

TEST_F(holes_of_the_server, passwords_kept_as_md5_or_shared_are_told_and_replaced_when_asked) {
  in("",
     "SET password_encryption = 'md5'; ALTER ROLE erp_user PASSWORD 'hunter2';"
     "UPDATE pg_catalog.pg_authid SET rolpassword = (SELECT a.rolpassword FROM pg_catalog.pg_authid AS a WHERE "
     "a.rolname = 'cafe_user') WHERE rolname = 'menu_user'");
  const auto found = new_findings();
  ASSERT_EQ(found.size(), 2) << shown(found);
  for (const auto& one : found) {
    EXPECT_EQ(one.probe, "P40");
    EXPECT_EQ(one.says, verdict::leak);
    EXPECT_THAT(one.detail, HasSubstr("innkeeper apply --reset-password"));
  }
  const auto report = apply_server(*all_, access(), {.policy = {.reset_every_password = true}}, nobody_listens);
  EXPECT_EQ(report.code, exit_code::ok);
  EXPECT_EQ(shown(new_findings()), "");
}

TEST_F(holes_of_the_server, what_a_plain_admin_may_not_read_is_unprovable_until_it_is_granted) {
  in("", "CREATE ROLE plain LOGIN CREATEDB CREATEROLE PASSWORD 'plain''s own'");
  server_access plain = access();
  plain.admin = server_->login("plain", "plain's own", "postgres");
  in("", "GRANT CONNECT ON DATABASE postgres TO plain");
  const auto unprovable = [&] {
    std::vector<finding> found = findings(plain);
    std::erase_if(found, [](const finding& one) {
      return one.says != verdict::unprovable || (one.probe != "P39" && one.probe != "P40");
    });
    return found;
  };
  const auto before = unprovable();
  ASSERT_EQ(before.size(), 2) << shown(before);
  for (const auto& one : before) in("", one.statement);
  EXPECT_EQ(shown(unprovable()), "");
  in("", "DROP OWNED BY plain; DROP ROLE plain");
  EXPECT_EQ(shown(new_findings()), "");
}

TEST_F(holes_of_the_server, databases_that_no_manifest_names_are_looked_into_too) {
  in("",
     "CREATE DATABASE legacy; REVOKE ALL ON DATABASE legacy FROM PUBLIC; GRANT CONNECT ON DATABASE legacy TO erp_user");
  in("legacy", "CREATE TABLE public.old (); GRANT SELECT ON public.old TO erp_user");
  const auto found = new_findings();
  std::set<std::string> probes;
  for (const auto& one : found) probes.insert(one.probe);
  // The door, and what lies behind it.
  EXPECT_EQ(probes, (std::set<std::string>{"P10", "P4"})) << shown(found);
  for (const auto& one : found) in(one.database.value, one.statement);
  EXPECT_EQ(shown(new_findings()), "");
  in("", "DROP DATABASE legacy");
}

TEST_F(holes_of_the_server, many_tables_are_a_handful_of_rows) {
  in("cafe", "CREATE SCHEMA big AUTHORIZATION cafe_owner");
  admin("cafe").query(
      "DO $$ BEGIN SET LOCAL ROLE cafe_owner; FOR n IN 1..1000 LOOP EXECUTE 'CREATE TABLE big.t' || n || ' ()'; "
      "EXECUTE "
      "'GRANT SELECT ON big.t' || n || ' TO cafe_ro'; END LOOP; END $$");
  EXPECT_EQ(shown(new_findings()), "");
  in("cafe", "GRANT SELECT ON ALL TABLES IN SCHEMA big TO erp_rw");
  const auto found = new_findings();
  ASSERT_EQ(found.size(), 1) << shown(found);
  EXPECT_THAT(found.front().text, HasSubstr("on 1000 tables of schema \"big\""));
  in("cafe", found.front().statement);
  EXPECT_EQ(shown(new_findings()), "");
  in("cafe", "DROP SCHEMA big CASCADE");
}

}  // namespace
}  // namespace innkeeper::exec
