#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "core/matrix_text.h"
#include "tests/pg/proved_estate.h"

namespace innkeeper {
namespace {

using test::attempts_text;
using test::leaking_attempts;
using test::service;
using testing::HasSubstr;
using testing::IsEmpty;
using strings = std::vector<std::string>;

// cafe and erp live alone; menu and seating share a database, by schema.
estate four_services() {
  auto menu = service("menu", 60);
  auto seating = service("seating", 70);
  menu.database = seating.database = {{"platform"}, menu.where, false};
  menu.schema = {{"menu"}, menu.where, true};
  seating.schema = {{"seating"}, seating.where, true};
  auto cafe = service("cafe", 10);
  cafe.connections = {5, cafe.where, false};
  return test::estate_of({cafe, service("erp", 20), menu, seating});
}

// Each test opens holes, one at a time, and closes them again.
class attacks : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    here_ = new test::proved_estate{
        four_services(),
        {.settings = {{"shared_preload_libraries", "pg_stat_statements"}, {"max_connections", "40"}},
         .password = "admin's own",
         .tcp = true}};
    EXPECT_EQ(here_->apply().code, exit_code::ok);
    here_->as("menu_user", "platform")
        .query(
            "CREATE TABLE menu.dishes (name text, price integer);"
            "CREATE FUNCTION menu.price() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"
            "SELECT lo_create(4711)");
    here_->as("erp_user", "erp")
        .query(
            "CREATE TABLE ledger (secret text, amount integer);"
            "CREATE FUNCTION total() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'");
  }
  static void TearDownTestSuite() { delete here_; }

  static int major() { return here_->server().major(); }

  struct hole {
    std::string database;
    std::string open;
    std::string close;
    std::set<std::string> found_by;  // the attempts, by number
    strings words;                   // in what they say
    std::string service = "cafe";
    int from = 13;  // the first major that can have it
    int until = 99;
  };

  static void expect_found(const hole& one) {
    if (major() < one.from || major() > one.until) return;
    SCOPED_TRACE(one.open);
    here_->admin(one.database).query(one.open);
    const auto report = here_->prove_for(one.service);
    EXPECT_EQ(leaking_attempts(report), one.found_by) << attempts_text(report);
    EXPECT_EQ(test::failed_attempts(report), 0) << attempts_text(report);
    EXPECT_EQ(report.code(), exit_code::differences);
    for (const auto& words : one.words) EXPECT_THAT(attempts_text(report), HasSubstr(words));
    here_->admin(one.database).query(one.close);
  }

  static void expect_clean() {
    const auto report = here_->prove({});
    EXPECT_THAT(leaking_attempts(report), IsEmpty()) << attempts_text(report);
    EXPECT_EQ(test::failed_attempts(report), 0) << attempts_text(report);
  }

  static test::proved_estate* here_;
};

test::proved_estate* attacks::here_ = nullptr;

TEST_F(attacks, find_nothing_on_a_server_as_declared_however_much_is_tried) {
  auto report = here_->prove({.exhaustive = true, .disruptive = true});
  // 40 connections are fewer than the limits add up to, and an old major gets advice on the cleanest server.
  std::erase_if(report.findings, [](const finding& one) { return one.says == verdict::advice; });
  EXPECT_EQ(findings_text(report, {}), "");
  EXPECT_EQ(report.code(), exit_code::ok);
  std::set<std::string> asked;
  for (const auto& one : report.tallies) {
    if (one.kind != probe_class::catalog && one.checks > 0) asked.insert(one.id);
  }
  EXPECT_EQ(asked, (std::set<std::string>{"P1",  "P2",  "P3",  "P4",  "P5",  "P6",  "P7",  "P8",  "P9",  "P12",
                                          "P13", "P15", "P20", "P21", "P22", "P23", "P24", "P25", "P26", "P27",
                                          "P28", "P32", "P33", "P34", "P35", "P37", "P38", "P41"}));
  for (const auto& one : report.findings) EXPECT_NE(one.says, verdict::unprovable);
}

// Whoever gets in may always list names, leave a large object, take a lock and notify: L1 alone closes that.
TEST_F(attacks, find_what_a_door_that_opens_leads_to) {
  const std::set<std::string> inside{"P3", "P6", "P7", "P9"};
  const std::string open = "GRANT CONNECT ON DATABASE erp TO cafe_user;";
  const std::string close = "REVOKE ALL ON DATABASE erp FROM cafe_user;";
  expect_found({"erp",
                open,
                close,
                inside,
                {"create a large object in database \"erp\"", "list the tables", "read the functions' source",
                 "advisory lock", "notify listeners"}});
  expect_found({"erp",
                "GRANT CONNECT, TEMPORARY ON DATABASE erp TO cafe_user;",
                close,
                {"P3", "P6", "P7", "P8", "P9"},
                {"create a temporary table in database \"erp\""}});
  expect_found({"erp",
                open + "GRANT USAGE ON SCHEMA public TO cafe_user; GRANT SELECT (amount) ON public.ledger TO cafe_user",
                close + "REVOKE ALL ON SCHEMA public FROM cafe_user; REVOKE ALL ON public.ledger FROM cafe_user",
                {"P3", "P4", "P6", "P7", "P9"},
                {"read a table in database \"erp\" | public.ledger"}});
  expect_found(
      {"erp",
       open + "GRANT USAGE ON SCHEMA public TO cafe_user; GRANT EXECUTE ON FUNCTION public.total() TO cafe_user",
       close + "REVOKE ALL ON SCHEMA public FROM cafe_user; REVOKE ALL ON FUNCTION public.total() FROM cafe_user",
       {"P3", "P5", "P6", "P7", "P9"},
       {"call a SECURITY DEFINER function", "public.total"}});
  expect_clean();
}

TEST_F(attacks, find_what_a_neighbour_in_the_same_database_leaves_open) {
  const std::string in = "GRANT USAGE ON SCHEMA menu TO seating_owner;";
  const std::string out = "REVOKE ALL ON SCHEMA menu FROM seating_owner;";
  const strings both{"read a table", "lock a table as its readers do", "menu.dishes"};
  expect_found({"platform",
                in + "GRANT SELECT ON menu.dishes TO seating_owner",
                out + "REVOKE ALL ON menu.dishes FROM seating_owner",
                {"P4"},
                both,
                "seating"});
  expect_found({"platform",
                in + "GRANT INSERT ON menu.dishes TO seating_owner",
                out + "REVOKE ALL ON menu.dishes FROM seating_owner",
                {"P4"},
                {"write to a table", "lock a table as its writers do"},
                "seating"});
  expect_found({"platform",
                in + "GRANT EXECUTE ON FUNCTION menu.price() TO seating_owner",
                out + "REVOKE ALL ON FUNCTION menu.price() FROM seating_owner",
                {"P5"},
                {"menu.price"},
                "seating"});
  expect_found({"platform",
                "GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC",
                "REVOKE ALL ON LARGE OBJECT 4711 FROM PUBLIC",
                {"P6"},
                {"large object 4711"},
                "seating"});
  expect_found(
      {"platform", "GRANT CREATE ON SCHEMA menu TO seating_owner", out, {"P8"}, {"schema \"menu\""}, "seating"});
  expect_clean();
}

// A table that somebody uses is locked; that says that the right to lock it was there.
TEST_F(attacks, take_a_lock_that_is_held_for_the_right_to_take_it) {
  here_->admin("platform")
      .query("GRANT USAGE ON SCHEMA menu TO seating_owner; GRANT SELECT ON menu.dishes TO seating_owner");
  auto owner = here_->as("menu_user", "platform");
  owner.query("BEGIN; LOCK TABLE menu.dishes IN ACCESS EXCLUSIVE MODE");
  const auto report = here_->prove_for("seating");
  EXPECT_EQ(leaking_attempts(report), std::set<std::string>{"P4"}) << attempts_text(report);
  EXPECT_THAT(attempts_text(report), HasSubstr("lock a table as its readers do"));
  owner.query("ROLLBACK");
  here_->admin("platform")
      .query("REVOKE ALL ON SCHEMA menu FROM seating_owner; REVOKE ALL ON menu.dishes FROM seating_owner");
}

TEST_F(attacks, find_open_maintenance_databases_and_what_can_be_planted_in_template1) {
  expect_found({"postgres",
                "GRANT CONNECT ON DATABASE postgres TO cafe_user",
                "REVOKE CONNECT ON DATABASE postgres FROM cafe_user",
                {"P12"},
                {"enter database \"postgres\""}});
  // Who gets into template1 can always leave a large object there: two probes, one hole.
  expect_found({"template1",
                "GRANT CONNECT ON DATABASE template1 TO cafe_user",
                "REVOKE CONNECT ON DATABASE template1 FROM cafe_user",
                {"P12", "P13"},
                {"put a large object into template1"}});
  expect_found({"template1",
                "GRANT CONNECT ON DATABASE template1 TO cafe_user; GRANT ALL ON SCHEMA public TO cafe_user",
                "REVOKE CONNECT ON DATABASE template1 FROM cafe_user; REVOKE ALL ON SCHEMA public FROM cafe_user",
                {"P12", "P13"},
                {"put a function into template1"}});
  expect_clean();
}

TEST_F(attacks, find_what_roles_and_attributes_open) {
  // Both may enter their database anyway, and there is no table to read.
  expect_found({"postgres",
                "GRANT seating_ro TO menu_user",
                "REVOKE seating_ro FROM menu_user",
                {"P15"},
                {"become role \"seating_ro\""},
                "menu"});
  expect_found({"postgres",
                "GRANT erp_user TO cafe_access",
                "REVOKE erp_user FROM cafe_access",
                {"P15", "P20", "P3", "P4", "P5", "P6", "P7", "P8", "P9"},
                {"change the password of \"erp_user\" as role", "become role \"erp_user\"",
                 "read a table in database \"erp\""}});
  // Below 16 CREATEROLE lets a role change everybody's limits, its own too.
  expect_found({"postgres",
                "ALTER ROLE cafe_user CREATEROLE",
                "ALTER ROLE cafe_user NOCREATEROLE",
                {"P20", "P37"},
                {"create a role as role \"cafe_user\"", "change the password of \"erp_user\"", "join \"erp_owner\""},
                "cafe",
                13,
                15});
  expect_found({"postgres",
                "ALTER ROLE cafe_user CREATEROLE",
                "ALTER ROLE cafe_user NOCREATEROLE",
                {"P20"},
                {"create a role as role \"cafe_user\""},
                "cafe",
                16});
  expect_found({"postgres",
                "GRANT erp_owner TO cafe_owner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
                "REVOKE erp_owner FROM cafe_owner",
                {"P20"},
                {"join \"erp_owner\""},
                "cafe",
                16});
  // Only by SET ROLE: whoever tries as the session starts misses it.
  expect_found({"postgres",
                "ALTER ROLE cafe_access CREATEDB",
                "ALTER ROLE cafe_access NOCREATEDB",
                {"P21"},
                {"create a database as role \"cafe_access\""}});
  // A log-in that may replicate may make slots, too; a group that it can become only that.
  expect_found({"postgres",
                "ALTER ROLE cafe_user REPLICATION",
                "ALTER ROLE cafe_user NOREPLICATION",
                {"P22", "P23"},
                {"replicate database \"cafe\", its own", "copy the whole server"}});
  expect_found({"postgres",
                "ALTER ROLE cafe_owner REPLICATION",
                "ALTER ROLE cafe_owner NOREPLICATION",
                {"P23"},
                {"create a replication slot"}});
  expect_found({"cafe",
                "GRANT pg_create_subscription TO cafe_owner; GRANT CREATE ON DATABASE cafe TO cafe_owner",
                "REVOKE pg_create_subscription FROM cafe_owner; REVOKE CREATE ON DATABASE cafe FROM cafe_owner",
                {"P23", "P28"},
                {"subscribe to another server"},
                "cafe",
                16});
  expect_found({"postgres",
                "GRANT pg_read_server_files TO cafe_user",
                "REVOKE pg_read_server_files FROM cafe_user",
                {"P26"},
                {"(COPY FROM)"}});
  expect_found({"postgres",
                "GRANT pg_write_server_files TO cafe_user",
                "REVOKE pg_write_server_files FROM cafe_user",
                {"P26"},
                {"(COPY TO)"}});
  expect_found({"postgres",
                "GRANT pg_execute_server_program TO cafe_user",
                "REVOKE pg_execute_server_program FROM cafe_user",
                {"P26"},
                {"(COPY TO PROGRAM)", "(COPY FROM PROGRAM)"}});
  expect_found({"postgres",
                "GRANT pg_checkpoint TO cafe_user",
                "REVOKE pg_checkpoint FROM cafe_user",
                {"P32"},
                {"force a checkpoint"},
                "cafe",
                15});
  expect_found({"postgres",
                "GRANT pg_read_all_stats TO cafe_user",
                "REVOKE pg_read_all_stats FROM cafe_user",
                {"P34"},
                {"see what another service runs"}});
  expect_found({"postgres",
                "GRANT pg_signal_backend TO cafe_user",
                "REVOKE pg_signal_backend FROM cafe_user",
                {"P35"},
                {"cancel what another service runs", "end another service's session"}});
  // A superuser's every attack works.
  const auto& hole_of_all = "ALTER ROLE cafe_user SUPERUSER";
  here_->admin().query(hole_of_all);
  const auto found = leaking_attempts(here_->prove_for("cafe"));
  for (const auto* id : {"P3", "P12", "P13", "P15", "P20", "P21", "P22", "P23", "P24", "P25", "P26", "P27", "P28",
                         "P32", "P33", "P34", "P35", "P37"}) {
    EXPECT_TRUE(found.contains(id)) << id;
  }
  here_->admin().query("ALTER ROLE cafe_user NOSUPERUSER");
  expect_clean();
}

TEST_F(attacks, find_each_grant_on_what_belongs_to_the_server) {
  const auto granted = [](const strings& what, const std::string& verb, const std::string& preposition) {
    std::string text;
    for (const auto& one : what) text += verb + " " + one + " " + preposition + " cafe_user;";
    return text;
  };
  const auto hole_of = [&](const strings& what, const std::string& probe, strings words, int from = 13) {
    return hole{
        "cafe", granted(what, "GRANT", "TO"), granted(what, "REVOKE", "FROM"), {probe}, std::move(words), "cafe", from};
  };
  expect_found(
      hole_of({"SELECT ON pg_authid", "SELECT ON pg_shadow", "SELECT ON pg_hba_file_rules",
               "EXECUTE ON FUNCTION pg_hba_file_rules()", "SELECT ON pg_file_settings",
               "EXECUTE ON FUNCTION pg_show_all_file_settings()", "SELECT ON pg_user_mapping",
               "SELECT (subconninfo) ON pg_subscription", "SELECT ON pg_largeobject", "SELECT ON pg_statistic"},
              "P24",
              {"(pg_authid)", "(pg_shadow)", "(pg_hba_file_rules)", "(pg_file_settings)", "(pg_user_mapping)",
               "(subconninfo)", "(pg_largeobject)", "(pg_statistic)"}));
  const std::string call = "EXECUTE ON FUNCTION ";
  expect_found(hole_of(
      {call + "pg_read_file(text)", call + "pg_read_file(text, bigint, bigint)",
       call + "pg_read_file(text, bigint, bigint, boolean)", call + "pg_read_binary_file(text)",
       call + "pg_read_binary_file(text, bigint, bigint)", call + "pg_read_binary_file(text, bigint, bigint, boolean)",
       call + "pg_ls_dir(text)", call + "pg_ls_dir(text, boolean, boolean)", call + "pg_stat_file(text)",
       call + "pg_stat_file(text, boolean)", call + "pg_ls_logdir()", call + "pg_ls_waldir()", call + "pg_ls_tmpdir()"},
      "P25",
      {"read the server's files (pg_read_file)", "parts of the server's files (pg_read_file)",
       "if there (pg_read_file)", "as bytes (pg_read_binary_file)", "as bytes, if there (pg_read_binary_file)",
       "folders (pg_ls_dir)", "folders, if there (pg_ls_dir)", "files (pg_stat_file)", "files, if there (pg_stat_file)",
       "(pg_ls_logdir)", "(pg_ls_waldir)", "(pg_ls_tmpdir)"}));
  expect_found(
      hole_of({call + "lo_import(text)", call + "lo_export(oid, text)"}, "P26", {"(lo_import)", "(lo_export)"}));
  expect_found(hole_of({call + "pg_reload_conf()", call + "pg_switch_wal()", call + "pg_rotate_logfile()",
                        call + "pg_create_restore_point(text)", call + "pg_promote(boolean, integer)",
                        call + "pg_stat_reset_shared(text)"},
                       "P32",
                       {"(pg_reload_conf)", "(pg_switch_wal)", "(pg_rotate_logfile)", "(pg_create_restore_point)",
                        "(pg_promote)", "(pg_stat_reset_shared)"}));
  expect_found(hole_of({"ALTER SYSTEM ON PARAMETER log_statement"}, "P32", {"(ALTER SYSTEM)"}, 15));
  const std::string set = "SET ON PARAMETER ";
  expect_found(hole_of(
      {set + "log_statement", set + "log_min_error_statement", set + "temp_file_limit",
       set + "session_replication_role", set + "session_preload_libraries", set + "lo_compat_privileges",
       set + "allow_system_table_mods", set + "dynamic_library_path"},
      "P33",
      {"(log_statement)", "(log_min_error_statement)", "(temp_file_limit)", "(session_replication_role)",
       "(session_preload_libraries)", "(lo_compat_privileges)", "(allow_system_table_mods)", "(dynamic_library_path)"},
      15));
  expect_clean();
}

TEST_F(attacks, find_what_is_open_in_its_own_database) {
  expect_found({"cafe",
                "UPDATE pg_language SET lanpltrusted = true WHERE lanname IN ('c', 'internal')",
                "UPDATE pg_language SET lanpltrusted = false WHERE lanname IN ('c', 'internal')",
                {"P27"},
                {"create a function in C", "create an internal function"}});
  expect_found({"cafe",
                "GRANT CREATE ON DATABASE cafe TO cafe_owner",
                "REVOKE CREATE ON DATABASE cafe FROM cafe_owner",
                {"P28"},
                {"create extension \"hstore\""}});
  expect_found({"cafe",
                "GRANT CONNECT ON DATABASE cafe TO cafe_owner WITH GRANT OPTION",
                "REVOKE ALL ON DATABASE cafe FROM cafe_owner",
                {"P37"},
                {"open database \"cafe\" to everybody"}});
  // An owner may do all that, and create extensions besides.
  expect_found({"cafe",
                "ALTER DATABASE cafe OWNER TO cafe_owner",
                "ALTER DATABASE cafe OWNER TO postgres",
                {"P28", "P37"},
                {"lift the connection limit", "make a template", "change the settings of database", "open database"}});
  EXPECT_EQ(here_->apply().code, exit_code::ok);
  expect_clean();
}

TEST_F(attacks, find_what_others_ran_where_statements_are_counted) {
  here_->admin("cafe").query("CREATE EXTENSION pg_stat_statements SCHEMA extensions");
  expect_clean();
  expect_found({"cafe",
                "GRANT pg_read_all_stats TO cafe_user",
                "REVOKE pg_read_all_stats FROM cafe_user",
                {"P34"},
                {"(pg_stat_statements)", "(pg_stat_activity)"}});
  here_->admin("cafe").query("DROP EXTENSION pg_stat_statements");
}

class hba_line {
 public:
  hba_line(test::proved_estate& here, const std::string& line)
      : here_{here}, file_{here.server().data() / "pg_hba.conf"} {
    std::ifstream in{file_};
    before_.assign(std::istreambuf_iterator<char>{in}, {});
    write(line + "\n" + before_);
  }
  hba_line(const hba_line&) = delete;
  hba_line& operator=(const hba_line&) = delete;
  ~hba_line() { write(before_); }

 private:
  void write(const std::string& text) {
    std::ofstream{file_} << text;
    auto session = here_.admin();
    const auto before = session.query("SELECT pg_catalog.pg_conf_load_time()").text(0, 0);
    session.query("SELECT pg_catalog.pg_reload_conf()");
    EXPECT_TRUE(test::eventually(
        [&] { return here_.admin().query("SELECT pg_catalog.pg_conf_load_time()").text(0, 0) != before; }));
  }

  test::proved_estate& here_;
  std::filesystem::path file_;
  std::string before_;
};

// The proof comes by the socket, dblink by TCP: so the trust that only dblink meets is found by nothing else.
TEST_F(attacks, find_that_dblink_leads_back_into_the_server) {
  here_->admin("cafe").query("CREATE EXTENSION dblink SCHEMA extensions");
  expect_clean();
  const std::string grant = "GRANT EXECUTE ON FUNCTION extensions.dblink_connect_u(text) TO cafe_owner";
  {
    const hba_line trust{*here_, "host all postgres 127.0.0.1/32 trust"};
    EXPECT_THAT(leaking_attempts(here_->prove_for("cafe")), IsEmpty());  // no password, so dblink itself refuses
    expect_found({"cafe",
                  grant,
                  "REVOKE ALL ON FUNCTION extensions.dblink_connect_u(text) FROM cafe_owner",
                  {"P30"},
                  {"by dblink_connect_u at \"127.0.0.1\" as \"postgres\" without its password"}});
  }
  here_->admin("cafe").query("DROP EXTENSION dblink");
}

TEST_F(attacks, find_passwords_that_open_other_doors) {
  const auto exhaustive = [] { return here_->prove({.exhaustive = true, .policy = {.services = {"cafe", "erp"}}}); };
  {
    const hba_line trust{*here_, "local cafe cafe_user trust"};
    EXPECT_EQ(leaking_attempts(here_->prove_for("cafe")), std::set<std::string>{"P38"});
  }
  {
    const hba_line trust{*here_, "local postgres postgres trust"};
    const auto report = exhaustive();
    EXPECT_EQ(leaking_attempts(report), std::set<std::string>{"P38"});
    EXPECT_THAT(attempts_text(report), HasSubstr("enter database \"postgres\" as \"postgres\" with its own password"));
  }
  const auto kept = here_->store().read("shared", {"erp_user"}).value;
  here_->admin().query("ALTER ROLE erp_user PASSWORD 'erp_user'");
  here_->store().write("shared", {"erp_user"}, {secret{"erp_user"}, kept.verifier});
  auto report = exhaustive();
  EXPECT_EQ(leaking_attempts(report), std::set<std::string>{"P38"});
  EXPECT_THAT(attempts_text(report),
              HasSubstr("\"cafe_user\" could enter database \"erp\" as \"erp_user\" with the name"));
  EXPECT_THAT(attempts_text(report), HasSubstr("\"erp_user\" could enter database \"erp\" with the name as password"));

  const auto shared = here_->store().read("shared", {"cafe_user"}).value.password;
  here_->admin().query("ALTER ROLE erp_user PASSWORD '" + shared.expose() + "'");
  here_->store().write("shared", {"erp_user"}, {shared, kept.verifier});
  report = exhaustive();
  EXPECT_EQ(leaking_attempts(report), std::set<std::string>{"P38"});
  EXPECT_THAT(attempts_text(report),
              HasSubstr("\"cafe_user\" could enter database \"erp\" as \"erp_user\" with its own"));
  here_->store().write("shared", {"erp_user"}, kept);
  here_->admin().query("ALTER ROLE erp_user PASSWORD '" + kept.password.expose() + "'");
}

TEST_F(attacks, keep_others_out_only_where_nothing_limits_the_connections) {
  const auto disturbed = [] { return here_->prove({.disruptive = true, .policy = {.services = {"cafe", "erp"}}}); };
  here_->admin().query("ALTER ROLE cafe_user CONNECTION LIMIT -1; ALTER DATABASE cafe CONNECTION LIMIT -1");
  const auto report = disturbed();
  EXPECT_EQ(leaking_attempts(report), std::set<std::string>{"P41"}) << attempts_text(report);
  EXPECT_THAT(attempts_text(report), HasSubstr("could keep \"erp_user\" out of its database \"erp\""));
  here_->admin().query("ALTER ROLE cafe_user CONNECTION LIMIT 5; ALTER DATABASE cafe CONNECTION LIMIT 8");
  EXPECT_THAT(leaking_attempts(disturbed()), IsEmpty());
}

// A limit that is there binds; a finding would need another server than PostgreSQL. What is tested is that it is
// spilled.
TEST_F(attacks, spill_until_the_limit_of_temporary_files_says_no) {
  here_->admin().query("ALTER ROLE cafe_user IN DATABASE cafe SET temp_file_limit = '2MB'");
  const auto report = here_->prove({.disruptive = true, .policy = {.services = {"cafe"}}});
  EXPECT_THAT(leaking_attempts(report), IsEmpty()) << attempts_text(report);
  EXPECT_EQ(test::failed_attempts(report), 0) << attempts_text(report);
  const auto row = std::ranges::find_if(
      report.tallies, [](const probe_tally& one) { return one.id == "P42" && one.kind == probe_class::disruptive; });
  ASSERT_NE(row, report.tallies.end());
  EXPECT_EQ(row->checks, 1);
  EXPECT_THAT(here_->server().log(), HasSubstr("temporary file size exceeds "));
  here_->admin().query("ALTER ROLE cafe_user IN DATABASE cafe RESET temp_file_limit");
}

TEST_F(attacks, fail_where_the_service_s_other_roles_hold_other_rights_on_what_it_makes) {
  auto owner = here_->admin("cafe");
  owner.query("ALTER DEFAULT PRIVILEGES FOR ROLE cafe_owner IN SCHEMA public GRANT INSERT ON TABLES TO cafe_ro");
  auto report = here_->prove_for("cafe");
  EXPECT_THAT(attempts_text(report), HasSubstr("P2 failed"));
  EXPECT_THAT(attempts_text(report), HasSubstr("the answer was 1, t, t, t"));
  owner.query("ALTER DEFAULT PRIVILEGES FOR ROLE cafe_owner IN SCHEMA public REVOKE INSERT ON TABLES FROM cafe_ro");
  owner.query("ALTER DEFAULT PRIVILEGES FOR ROLE cafe_owner IN SCHEMA public REVOKE DELETE ON TABLES FROM cafe_rw");
  report = here_->prove_for("cafe");
  EXPECT_THAT(attempts_text(report), HasSubstr("the answer was 1, f, t, f"));
  EXPECT_EQ(here_->apply().code, exit_code::ok);
  expect_clean();
}

// Whatever a service left in its database and its settings: what is closed stays proved, what is open is found.
TEST_F(attacks, are_not_fooled_by_what_a_service_prepared) {
  auto hostile = here_->as("cafe_user", "cafe");
  for (const auto* setting :
       {"search_path = public, pg_catalog", "default_transaction_read_only = on", "statement_timeout = '1ms'",
        "lock_timeout = '1ms'", "client_min_messages = error", "standard_conforming_strings = off",
        "default_transaction_isolation = serializable", "check_function_bodies = off", "default_tablespace = pg_global",
        "transform_null_equals = on", "quote_all_identifiers = on"}) {
    hostile.query("SET ROLE NONE; ALTER ROLE cafe_user SET " + std::string{setting});
  }
  hostile.query(
      "SET ROLE cafe_owner; SET search_path = public;"
      "CREATE FUNCTION public.pg_try_advisory_xact_lock(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false';"
      "CREATE FUNCTION public.pg_read_file(text) RETURNS text LANGUAGE plpgsql AS "
      "'BEGIN RAISE insufficient_privilege; END';"
      "CREATE FUNCTION public.has_table_privilege(oid, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';"
      "CREATE FUNCTION public.never(name, name) RETURNS boolean LANGUAGE sql AS 'SELECT false';"
      "CREATE OPERATOR public.= (FUNCTION = public.never, LEFTARG = name, RIGHTARG = name);"
      "CREATE VIEW public.pg_authid AS SELECT 1 AS rolpassword;"
      "CREATE TABLE public.pg_stat_activity (pid integer, query text);"
      "CREATE TYPE public.integer AS ENUM ('trap')");
  EXPECT_EQ(leaking_attempts(here_->prove_for("cafe")), std::set<std::string>{});
  EXPECT_EQ(test::failed_attempts(here_->prove_for("cafe")), 0) << attempts_text(here_->prove_for("cafe"));
  expect_found({"cafe",
                "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO cafe_owner",
                "REVOKE ALL ON FUNCTION pg_catalog.pg_read_file(text) FROM cafe_owner",
                {"P25"},
                {}});
  expect_found({"cafe",
                "GRANT CONNECT ON DATABASE cafe TO cafe_owner WITH GRANT OPTION",
                "REVOKE ALL ON DATABASE cafe FROM cafe_owner",
                {"P37"},
                {}});
  expect_found(
      {"cafe", "GRANT pg_read_all_stats TO cafe_user", "REVOKE pg_read_all_stats FROM cafe_user", {"P34"}, {}});
  hostile.query(
      "RESET search_path; DROP OPERATOR public.= (name, name); DROP FUNCTION public.never, public.pg_read_file, "
      "public.has_table_privilege, public.pg_try_advisory_xact_lock; DROP VIEW public.pg_authid;"
      "DROP TABLE public.pg_stat_activity; DROP TYPE public.integer; SET ROLE NONE; ALTER ROLE cafe_user RESET ALL");
  expect_clean();
}

// A service that lets nobody become its group hides nothing: an attack that was not prepared counts as failed.
TEST_F(attacks, count_nothing_as_refused_under_an_identity_that_could_not_be_taken) {
  here_->admin().query("ALTER ROLE cafe_user IN DATABASE cafe SET role = 'none'");
  const auto report = here_->prove_for("cafe");
  EXPECT_GT(test::failed_attempts(report), 0);
  EXPECT_THAT(attempts_text(report), HasSubstr("could not start as \"cafe_owner\" in database \"cafe\""));
  EXPECT_EQ(here_->apply().code, exit_code::ok);
  expect_clean();
}

TEST_F(attacks, name_the_doors_that_were_tried) {
  const auto report = here_->prove_for("cafe");
  ASSERT_EQ(report.tries.size(), 1);
  EXPECT_THAT(report.tries[0].doors, testing::IsSupersetOf({"erp", "platform", "postgres", "template1",
                                                            "cafe with a wrong password", "cafe for replication"}));
  EXPECT_LE(report.tries[0].doors.size(), refusals_per_service);
  EXPECT_THAT(proof_text(report, {}), HasSubstr("with other keys or for replication"));
}

}  // namespace
}  // namespace innkeeper
