#include "exec/prove.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>

#include "core/matrix_text.h"
#include "exec/apply.h"
#include "exec/secret_store.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

using test::service;
using testing::HasSubstr;

const event_sink nobody_listens = [](const event&) {};

// Every way to live on one server: alone, readwrite, as a reader, two behind one user, two in one database.
estate town() {
  auto cafe = service("cafe", 10);
  cafe.readers = {{"treasury", cafe.where, false}};
  auto erp = service("erp", 20);
  erp.access = access_mode::readwrite;
  auto shop = service("shop", 40);
  auto order = service("order", 50);
  shop.user = order.user = {{"ecommerce_user"}, shop.where, false};
  auto menu = service("menu", 60);
  auto seating = service("seating", 70);
  menu.database = seating.database = {{"platform"}, menu.where, false};
  menu.schema = {{"menu"}, menu.where, true};
  seating.schema = {{"seating"}, seating.where, true};
  return test::estate_of({cafe, erp, service("treasury", 30), shop, order, menu, seating});
}

// A server with the estate on it. Each test leaves it clean, and says so by proving it.
class proving : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new test::cluster{{.settings = {{"max_connections", "300"}}, .password = "admin's own"}};
    folder_ = new test::scratch_folder;
    all_ = new estate{town()};
    all_->secrets_directory = folder_->path() / "secrets";
    make_as_declared();
  }

  static void TearDownTestSuite() {
    delete server_;
    delete folder_;
    delete all_;
  }

  static server_access access() { return {.server = &all_->servers.front(), .admin = server_->admin()}; }
  static secret_store store() { return secret_store{all_->secrets_directory}; }

  static pg::connection admin(const std::string& database = "postgres") {
    return pg::connection::open(server_->admin(database), {});
  }

  static pg::connection as(const std::string& log_in, const std::string& database) {
    const auto password = store().read("shared", {log_in}).value.password;
    return pg::connection::open(server_->login(log_in, password.expose(), database),
                                {.kind = pg::session_kind::service});
  }

  static void make_as_declared() {
    const auto report = apply_server(*all_, access(), {}, nobody_listens);
    EXPECT_EQ(report.code, exit_code::ok);
    EXPECT_TRUE(report.left.empty());
  }

  // Of these services' log-ins; empty: all.
  static proof_report proved(const std::set<std::string>& services = {}, bool exhaustive = false) {
    return verify_server(
        *all_, access(),
        {.prove = true, .exhaustive = exhaustive, .policy = {.services = services}, .attempts_per_second = 1000},
        nobody_listens);
  }

  // What is found, without advice: an old major gets some on the cleanest server.
  static std::string judged_text(proof_report report) {
    std::erase_if(report.findings, [](const finding& one) { return one.says == verdict::advice; });
    return findings_text(report, {});
  }

  static void expect_clean(const std::set<std::string>& services = {}) {
    const auto report = proved(services);
    EXPECT_EQ(judged_text(report), "");
    EXPECT_EQ(report.code(), exit_code::ok);
  }

  // Runs what the findings say would mend them.
  static void mend(const proof_report& report) {
    std::set<std::pair<std::string, std::string>> statements;
    for (const auto& one : report.findings) {
      const bool is_inside = one.statement.find(" SCHEMA ") != std::string::npos;
      if (one.says == verdict::leak && !one.statement.empty()) {
        statements.emplace(is_inside ? one.database.value : "postgres", one.statement);
      }
    }
    for (const auto& [database, statement] : statements) admin(database).query(statement);
  }

  static test::cluster* server_;
  static test::scratch_folder* folder_;
  static estate* all_;
};

test::cluster* proving::server_ = nullptr;
test::scratch_folder* proving::folder_ = nullptr;
estate* proving::all_ = nullptr;

bool has(const proof_report& report, const std::string& probe, verdict says, const std::string& log_in,
         const std::string& database) {
  return std::ranges::any_of(report.findings, [&](const finding& one) {
    return one.probe == probe && one.says == says && one.log_in.value == log_in && one.database.value == database;
  });
}

access_cell cell(const proof_report& report, const std::string& log_in, const std::string& database) {
  const auto row = std::ranges::find(report.matrix.rows, role_name{log_in}, &access_row::log_in);
  const auto column = std::ranges::find(report.matrix.columns, database_name{database});
  return row->cells.at(static_cast<std::size_t>(column - report.matrix.columns.begin()));
}

TEST_F(proving, finds_nothing_on_a_server_as_declared_and_shows_sharing_as_declared) {
  const auto report = proved({}, true);
  EXPECT_EQ(judged_text(report), "");
  EXPECT_EQ(report.code(), exit_code::ok);
  EXPECT_EQ(report.doors_tried, report.doors);
  EXPECT_EQ(cell(report, "cafe_user", "cafe"), access_cell::own);
  EXPECT_EQ(cell(report, "treasury_user", "cafe"), access_cell::reads);
  EXPECT_EQ(cell(report, "ecommerce_user", "order"), access_cell::shared);
  EXPECT_EQ(cell(report, "menu_user", "platform"), access_cell::shared);
  EXPECT_EQ(cell(report, "erp_migrator", "innkeeper"), access_cell::refused);
  EXPECT_THAT(report.sharing, testing::ElementsAre("user \"ecommerce_user\" logs in for 2 services: shop, order",
                                                   "database \"platform\" holds 2 services, a schema each",
                                                   "user \"treasury_user\" may read database \"cafe\""));
  EXPECT_THAT(verdict_line(report, {}), testing::StartsWith("Proved: 7 services, "));
}

TEST_F(proving, finds_each_planted_leak_by_number_and_names_the_statement_that_mends_it) {
  const std::string reads_all = server_->major() < 14 ? "pg_monitor" : "pg_read_all_data";
  admin().query(
      "GRANT CONNECT ON DATABASE cafe TO erp_user;"
      "GRANT CONNECT ON DATABASE erp, template1 TO PUBLIC;"
      "GRANT treasury_owner TO cafe_user;"
      "GRANT " +
      reads_all +
      " TO treasury_user;"
      "ALTER ROLE menu_user SUPERUSER;"
      "ALTER ROLE ecommerce_user IN DATABASE \"order\" RESET role");
  admin("platform").query("GRANT USAGE, CREATE ON SCHEMA menu TO seating_owner");
  const auto report = proved({}, true);
  EXPECT_EQ(report.code(), exit_code::differences);
  const auto shown = findings_text(report, {});
  for (const auto& [probe, log_in, database] :
       std::vector<std::array<std::string, 3>>{{"P10", "erp_user", "cafe"},
                                               {"P3", "erp_user", "cafe"},
                                               {"P11", "", "erp"},
                                               {"P11", "", "template1"},
                                               {"P3", "treasury_user", "erp"},
                                               {"P12", "treasury_user", "template1"},
                                               {"P16", "cafe_user", ""},
                                               {"P10", "cafe_user", "treasury"},
                                               {"P3", "cafe_user", "treasury"},
                                               {"P15", "cafe_user", "cafe"},
                                               {"P17", "treasury_user", ""},
                                               {"P18", "menu_user", ""},
                                               {"P12", "menu_user", "postgres"},
                                               {"P15", "menu_user", "platform"},
                                               {"P8", "seating_user", "platform"},
                                               {"P8", "", "platform"}}) {
    EXPECT_TRUE(has(report, probe, verdict::leak, log_in, database))
        << probe << " " << log_in << " " << database << "\n"
        << shown;
  }
  EXPECT_TRUE(has(report, "P1", verdict::failed, "ecommerce_user", "order")) << shown;
  EXPECT_FALSE(has(report, "P1", verdict::failed, "ecommerce_user", "shop")) << shown;
  EXPECT_GT(report.drift, 0);
  EXPECT_EQ(cell(report, "cafe_user", "treasury"), access_cell::leak);
  EXPECT_EQ(cell(report, "ecommerce_user", "order"), access_cell::failed);
  EXPECT_EQ(cell(report, "seating_user", "cafe"), access_cell::refused);

  mend(report);
  const auto mended = proved();
  EXPECT_EQ(mended.leaks, 0) << findings_text(mended, {});
  make_as_declared();
  expect_clean();
}

TEST_F(proving, finds_a_copy_that_stands_open) {
  ASSERT_TRUE(test::eventually([] {
    try {
      admin().query("CREATE DATABASE cafe_copy TEMPLATE cafe");
      return true;
    } catch (const pg::error& failure) {
      EXPECT_EQ(failure.sqlstate(), "55006");  // the sessions of the test before are still ending
      return false;
    }
  }));
  const auto report = proved();
  EXPECT_TRUE(has(report, "P11", verdict::leak, "", "cafe_copy"));
  EXPECT_TRUE(has(report, "P12", verdict::leak, "ecommerce_user", "cafe_copy"));
  EXPECT_EQ(cell(report, "seating_user", "cafe_copy"), access_cell::leak);
  mend(report);
  const auto mended = proved();
  EXPECT_EQ(mended.leaks, 0) << findings_text(mended, {});
  admin().query("DROP DATABASE cafe_copy WITH (FORCE)");
}

TEST_F(proving, finds_that_pg_hba_trusts_anybody) {
  const auto file = server_->data() / "pg_hba.conf";
  std::ifstream in{file};
  const std::string before{std::istreambuf_iterator<char>{in}, {}};
  std::ofstream{file} << "local all cafe_user trust\n" << before;
  server_->reload();
  proof_report report;
  ASSERT_TRUE(test::eventually([&] {
    report = proved({"cafe"});
    return report.leaks > 1;  // the file alone says so before the server has read it
  }));
  // Seen by trying, and by reading the file.
  EXPECT_TRUE(std::ranges::all_of(report.findings, [](const finding& one) {
    return one.probe == "P38" || one.probe == "P39" || one.says == verdict::advice;
  })) << findings_text(report, {});
  EXPECT_TRUE(has(report, "P39", verdict::leak, "cafe_user", ""));
  EXPECT_TRUE(has(report, "P38", verdict::leak, "cafe_user", "cafe"));
  EXPECT_EQ(report.findings.front().how_bad, gravity::critical);
  std::ofstream{file} << before;
  server_->reload();
  ASSERT_TRUE(test::eventually([] { return proved({"cafe"}).leaks == 0; }));
}

TEST_F(proving, is_not_fooled_by_a_hostile_service) {
  auto hostile = as("cafe_user", "cafe");
  hostile.query(
      "SET ROLE NONE;"
      "ALTER ROLE cafe_user SET search_path = public, pg_catalog;"
      "ALTER ROLE cafe_user SET default_transaction_read_only = on;"
      "ALTER ROLE cafe_user SET statement_timeout = '300ms'");
  hostile.query(
      "SET ROLE cafe_owner;"
      "CREATE DOMAIN public.int4 AS text CHECK (false);"
      "CREATE FUNCTION public.session_user_name() RETURNS name LANGUAGE sql AS 'SELECT ''admin''::name';"
      "CREATE FUNCTION public.always(integer, integer) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
      "CREATE OPERATOR public.= (FUNCTION = public.always, LEFTARG = integer, RIGHTARG = integer)");
  // Its search_path overrules the declared one: that is drift, and all that is to be told.
  const auto among_traps = proved({"cafe"});
  EXPECT_EQ(among_traps.leaks + among_traps.failed, 0) << findings_text(among_traps, {});
  EXPECT_EQ(among_traps.drift, 1);

  admin().query("GRANT CONNECT ON DATABASE erp TO cafe_user");
  EXPECT_TRUE(has(proved({"cafe"}, true), "P3", verdict::leak, "cafe_user", "erp"));
  admin().query("REVOKE CONNECT ON DATABASE erp FROM cafe_user");

  // What bears the probe's name is never touched: the control fails, and nothing of the service's runs.
  hostile.query(
      "CREATE TABLE public.innkeeper_probe (n integer); CREATE TABLE public.trap (n integer);"
      "CREATE FUNCTION public.spring() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN INSERT INTO public.trap VALUES (1); RETURN NEW; END';"
      "CREATE TRIGGER lie BEFORE INSERT ON public.innkeeper_probe FOR EACH ROW EXECUTE FUNCTION public.spring()");
  const auto report = proved({"cafe"});
  EXPECT_EQ(report.failed, 1) << findings_text(report, {});
  EXPECT_TRUE(has(report, "P2", verdict::failed, "cafe_user", "cafe"));
  EXPECT_TRUE(hostile.query("SELECT FROM public.trap").empty());
  hostile.query(
      "DROP TABLE public.innkeeper_probe, public.trap; DROP FUNCTION public.spring, public.session_user_name;"
      "DROP OPERATOR public.= (integer, integer); DROP FUNCTION public.always; DROP DOMAIN public.int4;"
      "SET ROLE NONE; ALTER ROLE cafe_user RESET ALL");
  make_as_declared();  // RESET ALL took the declared limits, too
  expect_clean({"cafe"});
}

TEST_F(proving, says_what_it_could_not_try_and_why) {
  const auto kept = store().read("shared", {"treasury_user"});
  store().remove("shared", {"treasury_user"});
  const auto report = proved({"treasury"});
  EXPECT_EQ(report.unprovable, 1);
  EXPECT_EQ(report.leaks + report.failed, 0);
  EXPECT_THAT(findings_text(report, {}), HasSubstr("no password of \"treasury_user\" is stored"));
  EXPECT_EQ(cell(report, "treasury_user", "erp"), access_cell::closed);

  store().write("shared", {"treasury_user"},
                {secret{"not the right one"}, secret{"SCRAM-SHA-256$4096:eA==$eA==:eA=="}});
  const auto wrong = proved({"treasury"});
  EXPECT_TRUE(has(wrong, "P1", verdict::failed, "treasury_user", "treasury")) << findings_text(wrong, {});
  EXPECT_EQ(wrong.leaks, 0);
  store().write("shared", {"treasury_user"}, kept.value);
  expect_clean({"treasury"});
}

TEST_F(proving, leaves_nothing_behind_in_a_service_s_database) {
  (void)proved({"cafe", "erp", "menu"});
  for (const char* database : {"cafe", "erp", "platform"}) {
    EXPECT_TRUE(admin(database)
                    .query("SELECT relname FROM pg_class WHERE relname LIKE 'innkeeper%' AND relnamespace NOT IN "
                           "(SELECT oid FROM pg_namespace WHERE nspname = 'innkeeper')")
                    .empty())
        << database;
  }
}

TEST_F(proving, looks_without_trying_when_not_asked_to_prove) {
  const auto report = verify_server(*all_, access(), {}, nobody_listens);
  EXPECT_EQ(report.code(), exit_code::ok);
  EXPECT_FALSE(report.tried);
  EXPECT_EQ(cell(report, "cafe_user", "erp"), access_cell::closed);
}

}  // namespace
}  // namespace innkeeper::exec
