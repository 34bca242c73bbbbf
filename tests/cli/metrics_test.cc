// Metrics: what a page keeps from run to run, and what the commands leave in the file, as promtool judges it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <sstream>

#include "core/text.h"
#include "metrics/page_file.h"
#include "tests/cli/golden.h"
#include "tests/cli/starting_service.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;
using metrics::metric;
using metrics::page;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

page with(metric what, const metrics::label_set& where, double value) {
  page one;
  one.set(what, where, value);
  return one;
}

TEST(metrics_page, is_read_back_as_it_was_written) {
  page all;
  all.set(metric::schema_ready, {{"service", "cafe"}, {"estate", "shop"}}, 1);
  all.set(metric::last_run_duration, {{"command", "migrate up"}, {"estate", ""}}, 0.125);
  all.set(metric::last_run_timestamp, {}, 1790000000.123);
  all.add(metric::schema_files, {{"service", "a \"b\" \\ c\nd"}}, 12345678);
  const auto text = to_text(all);
  EXPECT_EQ(metrics::parse_page(text), all) << text;
  EXPECT_THAT(text, HasSubstr("innkeeper_last_run_duration_seconds{command=\"migrate up\"} 0.125\n"));
  EXPECT_THAT(text, HasSubstr("innkeeper_last_run_timestamp_seconds 1790000000.123\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE innkeeper_schema_files_total counter\n"));
}

TEST(metrics_page, takes_nothing_from_a_file_of_others_and_nothing_that_is_broken) {
  EXPECT_EQ(
      metrics::parse_page("up 1\nnode_load1 0.1\ninnkeeper_schema_ready{\ninnkeeper_schema_ready{a=\"b\ninnkeeper_"
                          "schema_ready{a=\"b\"} x\ninnkeeper_schema_ready{a} 1\n\xff\xfe{} 1\n\n#\n"),
      page{});
  EXPECT_EQ(metrics::parse_page(std::string(100, '\0')), page{});
}

TEST(metrics_page, adds_counters_up_and_keeps_the_last_success) {
  const metrics::label_set cafe{{"service", "cafe"}};
  auto before = with(metric::schema_runs, cafe, 3);
  before.set(metric::schema_last_success, cafe, 1000);
  before.set(metric::schema_pending_files, cafe, 7);
  before.set(metric::schema_version, {{"service", "cafe"}, {"version", "1"}}, 1);
  auto now = with(metric::schema_ready, cafe, 0);
  now.add(metric::schema_runs, cafe, 1);
  now.go_on_from(before);
  auto want = with(metric::schema_ready, cafe, 0);
  want.set(metric::schema_runs, cafe, 4);
  want.set(metric::schema_last_success, cafe, 1000);
  EXPECT_EQ(now, want) << to_text(now);
}

TEST(metrics_page, leaves_others_as_they_were_and_lets_go_of_what_an_estate_has_no_more) {
  const metrics::label_set till{{"estate", "shop"}, {"service", "till"}};
  auto before = with(metric::schema_ready, till, 1);
  before.set(metric::schema_ready, {{"estate", "other"}, {"service", "till"}}, 1);
  before.set(metric::service_applied, till, 1);
  auto narrow = with(metric::schema_ready, {{"estate", "shop"}, {"service", "cafe"}}, 0);
  auto whole = narrow;
  narrow.go_on_from(before);
  EXPECT_EQ(narrow.samples().at(metric::schema_ready).size(), 3);
  whole.is_all_of(metrics::metric_subject::schema, "shop");
  whole.go_on_from(before);
  EXPECT_EQ(whole.samples().at(metric::schema_ready).size(), 2);
  EXPECT_FALSE(whole.samples().at(metric::schema_ready).contains(till));
  EXPECT_TRUE(whole.samples().contains(metric::service_applied)) << "another matter";
}

TEST(metrics_table, is_what_the_page_in_docs_shows) {
  std::string table;
  for (const auto& one : metrics::all_metrics()) {
    table += fmt::format("| `{}` | {} | {} | {} |\n", one.name,
                         one.kind == metrics::metric_kind::counter ? "counter" : "gauge", one.labels, one.meaning);
  }
  const std::string file = "../../docs/metrics.md";
  const auto text = read_text(fs::path{INNKEEPER_SOURCE_DIR} / "docs/metrics.md");
  const std::string head = "| metric | kind | labels | what |\n| --- | --- | --- | --- |\n";
  const auto begin = text.find(head);
  ASSERT_NE(begin, std::string::npos);
  const auto first = begin + head.size();
  expect_golden(file, text.substr(0, first) + table + text.substr(text.find("\n\n", first - 1) + 1));
}

class metrics_file : public testing::Test {
 protected:
  metrics_file() {
    place_.write("bistro/innkeeper.yaml",
                 "estate: bistro\nservers: {shared: {settings: {fsync: off}}}\nservices:\n"
                 "  cafe: {schema_files: cafe}\n  till: {schema_files: till}\n");
    file("cafe/tables/menu.sql", "CREATE TABLE IF NOT EXISTS menu (id bigint PRIMARY KEY);\n");
    file("cafe/migrations/V1__a.sql", "-- innkeeper: up\nCREATE TABLE a (n int);\n-- innkeeper: down\nDROP TABLE a;\n");
    file("till/tables/sales.sql", "CREATE TABLE IF NOT EXISTS sales (id bigint PRIMARY KEY);\n");
  }

  void file(const std::string& name, const std::string& text) { place_.write("bistro/" + name, text); }

  finished run(std::vector<std::string> words) {
    words.insert(words.end(), {"--metrics-file", "out/bistro.prom", "--manifest", "bistro/innkeeper.yaml"});
    fs::create_directories(place_.root() / "out");
    return place_.innkeeper(words);
  }

  // The values behind `name{labels}`, "" where there is none; and promtool has nothing to say about the page.
  std::string text() {
    const auto judged = place_.shell("promtool check metrics <out/bistro.prom");
    EXPECT_EQ(judged.status, 0) << judged.err << judged.out;
    EXPECT_EQ(judged.out + judged.err, "");
    return read_text(place_.root() / "out/bistro.prom");
  }
  static std::string value(const std::string& text, const std::string& series) {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
    }
    return {};
  }

  workplace place_;
};

const std::string cafe = R"({estate="bistro",service="cafe")";
const std::string till = R"({estate="bistro",service="till")";

TEST_F(metrics_file, tells_of_servers_services_phases_and_files) {
  const auto up = run({"up", "-q"});
  ASSERT_EQ(up.status, 0) << up.err;
  const auto page = text();
  EXPECT_EQ(value(page, R"(innkeeper_runs_total{command="up",estate="bistro",outcome="success"})"), "1");
  EXPECT_EQ(value(page, R"(innkeeper_last_run_exit_code{command="up",estate="bistro"})"), "0");
  EXPECT_EQ(value(page, R"(innkeeper_apply_services{estate="bistro",outcome="applied",server="shared"})"), "2");
  EXPECT_EQ(value(page, R"(innkeeper_service_applied{estate="bistro",server="shared",service="cafe"})"), "1");
  for (const auto& one : {cafe, till}) {
    EXPECT_EQ(value(page, "innkeeper_schema_ready" + one + "}"), "1");
    EXPECT_EQ(value(page, "innkeeper_schema_state" + one + ",state=\"up to date\"}"), "1");
    EXPECT_EQ(value(page, "innkeeper_schema_state" + one + ",state=\"failed\"}"), "0");
    EXPECT_EQ(value(page, "innkeeper_schema_pending_files" + one + "}"), "0");
    EXPECT_EQ(value(page, "innkeeper_schema_connection_attempts_total" + one + "}"), "1");
  }
  EXPECT_EQ(value(page, "innkeeper_schema_version_info" + cafe + ",version=\"1\"}"), "1");
  EXPECT_EQ(
      value(page,
            R"(innkeeper_schema_files_total{estate="bistro",outcome="success",phase="migrations",service="cafe"})"),
      "1");
  const std::string series =
      R"({direction="up",estate="bistro",file="migrations/V1__a.sql",outcome="success",phase="migrations",)"
      R"(service="cafe",version="1"})";
  EXPECT_EQ(value(page, "innkeeper_schema_file_attempts" + series), "1");
  EXPECT_NE(value(page, "innkeeper_schema_file_duration_seconds" + series), "");
  EXPECT_EQ(value(page, "innkeeper_schema_file_lock_wait_seconds" + series), "0");
  struct stat kept {};
  ASSERT_EQ(::stat((place_.root() / "out/bistro.prom").c_str(), &kept), 0);
  EXPECT_EQ(kept.st_mode & 07777U, 0644U);
}

TEST_F(metrics_file, goes_on_from_run_to_run_also_over_failures) {
  ASSERT_EQ(run({"up", "-q"}).status, 0);
  const auto success = value(text(), "innkeeper_schema_last_success_timestamp_seconds" + cafe + "}");
  file("cafe/migrations/V2__b.sql", "CREATE TABLE b (n int);\nSELECT 'a secret word'::int;\n");
  file("cafe/migrations/V3__c.sql", "CREATE TABLE c (n int);\n");
  ASSERT_EQ(run({"migrate", "up"}).status, 1);
  auto page = text();
  EXPECT_EQ(value(page, "innkeeper_schema_ready" + cafe + "}"), "0");
  EXPECT_EQ(value(page, "innkeeper_schema_ready" + till + "}"), "1");
  EXPECT_EQ(value(page, "innkeeper_schema_state" + cafe + ",state=\"failed\"}"), "1");
  EXPECT_EQ(value(page, "innkeeper_schema_pending_files" + cafe + "}"), "2");
  EXPECT_EQ(value(page, "innkeeper_schema_last_success_timestamp_seconds" + cafe + "}"), success);
  EXPECT_EQ(value(page, "innkeeper_schema_runs_total{estate=\"bistro\",outcome=\"success\",service=\"cafe\"}"), "1");
  EXPECT_EQ(value(page, "innkeeper_schema_runs_total{estate=\"bistro\",outcome=\"failure\",service=\"cafe\"}"), "1");
  EXPECT_EQ(value(page, R"(innkeeper_schema_file_attempts{direction="up",estate="bistro",file="migrations/V2__b.sql",)"
                        R"(outcome="failure",phase="migrations",service="cafe",version="2"})"),
            "1");
  EXPECT_THAT(page, Not(HasSubstr("V1__a.sql"))) << "it did not run now";
  EXPECT_THAT(page, Not(HasSubstr("secret word")));
  EXPECT_EQ(value(page, R"(innkeeper_last_run_exit_code{command="migrate up",estate="bistro"})"), "1");
  EXPECT_EQ(value(page, R"(innkeeper_last_run_exit_code{command="up",estate="bistro"})"), "0");

  file("innkeeper.yaml", "estate: bistro\nservices: [\n");
  ASSERT_EQ(run({"migrate", "up"}).status, 65);
  page = text();
  EXPECT_EQ(value(page, R"(innkeeper_last_run_exit_code{command="migrate up",estate="bistro"})"), "65");
  EXPECT_EQ(value(page, R"(innkeeper_runs_total{command="migrate up",estate="bistro",outcome="failure"})"), "2");
  EXPECT_EQ(value(page, "innkeeper_schema_ready" + till + "}"), "1") << "nobody knows better";

  file("innkeeper.yaml",
       "estate: bistro\nservers: {shared: {settings: {fsync: off}}}\nservices: {cafe: {schema_files: cafe}}\n");
  file("cafe/migrations/V2__b.sql", "CREATE TABLE b (n int);\n");
  ASSERT_EQ(run({"migrate", "up"}).status, 0);
  page = text();
  EXPECT_EQ(value(page, "innkeeper_schema_ready" + cafe + "}"), "1");
  EXPECT_EQ(value(page, "innkeeper_schema_version_info" + cafe + ",version=\"3\"}"), "1");
  EXPECT_EQ(value(page, "innkeeper_schema_version_info" + cafe + ",version=\"1\"}"), "");
  EXPECT_GT(value(page, "innkeeper_schema_last_success_timestamp_seconds" + cafe + "}"), success);
  EXPECT_THAT(page, Not(HasSubstr("innkeeper_schema_ready" + till)));
  std::vector<std::string> names;
  for (const auto& one : fs::directory_iterator{place_.root() / "out"}) names.push_back(one.path().filename());
  EXPECT_THAT(names, ElementsAre("bistro.prom")) << "nothing is left beside it";

  ASSERT_EQ(run({"migrate", "down", "--to", "1", "--yes"}).status, 76);
  file("cafe/migrations/V2__b.sql", "-- innkeeper: up\nCREATE TABLE b (n int);\n-- innkeeper: down\nDROP TABLE b;\n");
  file("cafe/migrations/V3__c.sql", "-- innkeeper: up\nCREATE TABLE c (n int);\n-- innkeeper: down\nDROP TABLE c;\n");
  ASSERT_EQ(run({"migrate", "down", "--to", "1", "--yes"}).status, 0);
  page = text();
  EXPECT_EQ(value(page, "innkeeper_schema_ready" + cafe + "}"), "0") << "two are pending again";
  EXPECT_EQ(
      value(page, R"(innkeeper_schema_file_attempts{direction="down",estate="bistro",file="migrations/V3__c.sql",)"
                  R"(outcome="success",phase="migrations",service="cafe",version="3"})"),
      "1");
}

TEST_F(metrics_file, is_refused_before_anything_happens_where_it_cannot_be_kept) {
  const auto ran = place_.innkeeper({"up", "bistro", "--metrics-file", "nowhere/bistro.prom"});
  EXPECT_EQ(ran.status, 64);
  EXPECT_EQ(ran.err,
            "innkeeper: error: metrics can't be kept in \"nowhere/bistro.prom\": its directory does not exist\n"
            "  detail: nothing was changed\n"
            "  hint: Name a file in a directory that this user may write to.\n");
  EXPECT_FALSE(fs::exists(place_.root() / "bistro/.innkeeper"));
  EXPECT_THAT(place_.innkeeper({"apply", "bistro", "--metrics-file", "bistro"}).err, HasSubstr("no regular file"));
  EXPECT_THAT(place_.innkeeper({"apply", "bistro", "--metrics-file", "/dev/null"}).err, HasSubstr("no regular file"));
  EXPECT_THAT(place_.innkeeper({"apply", "bistro", "--metrics-file="}).err, HasSubstr("it has no name"));
}

TEST_F(metrics_file, tells_of_a_server_that_is_not_there) {
  place_.write("bistro/innkeeper.yaml",
               fmt::format("estate: bistro\nservers: {{shared: {{url: \"postgresql://127.0.0.1:{}/postgres\", admin: "
                           "{{user: postgres, password: [env: PASSWORD]}}, wait: {{max_retries: 0}}}}}}\n"
                           "services: {{cafe: {{schema_files: cafe}}}}\n",
                           free_port()));
  fs::create_directories(place_.root() / "out");
  const auto ran =
      place_.innkeeper({"apply", "bistro", "--metrics-file", "out/bistro.prom"}, {{"PASSWORD", "hidden-one"}});
  ASSERT_EQ(ran.status, 69) << ran.err;
  const auto page = text();
  EXPECT_EQ(value(page, R"(innkeeper_apply_runs_total{estate="bistro",outcome="failure",server="shared"})"), "1");
  EXPECT_EQ(value(page, R"(innkeeper_service_applied{estate="bistro",server="shared",service="cafe"})"), "0");
  EXPECT_THAT(page, Not(HasSubstr("hidden-one")));
}

class metrics_of_a_start : public starting_service {
 protected:
  metrics_of_a_start() { write_schema(); }

  finished init(std::vector<std::string> more, const std::map<std::string, std::string>& set = {}) {
    std::vector<std::string> words{"init",   "--url-from", "DATABASE_URL",   "--files",  "schema",
                                   "--name", "user",       "--metrics-file", "user.prom"};
    words.insert(words.end(), more.begin(), more.end());
    auto variables = set;
    variables.try_emplace("DATABASE_URL", url());
    variables.try_emplace("DB_INIT_INITIAL_DELAY", "0.01");
    variables.try_emplace("DB_INIT_MAX_RETRIES", "2");
    return place_.innkeeper(words, variables);
  }

  std::string page() {
    EXPECT_EQ(place_.shell("promtool check metrics <user.prom").err, "");
    return read_text(place_.root() / "user.prom");
  }
};

TEST_F(metrics_of_a_start, are_there_before_the_application_begins) {
  const auto ran = init({"--", "cat", "user.prom"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, page());
  EXPECT_THAT(ran.out, HasSubstr("innkeeper_runs_total{command=\"init\",outcome=\"success\",service=\"user\"} 1\n"));
  EXPECT_THAT(ran.out, HasSubstr("innkeeper_schema_ready{service=\"user\"} 1\n"));
}

TEST_F(metrics_of_a_start, say_degraded_until_a_retry_mends_it) {
  place_.write("schema/tables/accounts.sql", "CREATE TABLE IF NOT EXISTS accounts (id nonsense);\n");
  ASSERT_EQ(init({"--degraded", "--", "true"}).status, 0);
  auto text = page();
  EXPECT_THAT(text, HasSubstr("innkeeper_runs_total{command=\"init\",outcome=\"degraded\",service=\"user\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("innkeeper_last_run_exit_code{command=\"init\",service=\"user\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("innkeeper_schema_ready{service=\"user\"} 0\n"));
  write_schema();
  ASSERT_EQ(init({"--degraded", "--", "true"}).status, 0);
  text = page();
  EXPECT_THAT(text, HasSubstr("innkeeper_schema_ready{service=\"user\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("innkeeper_runs_total{command=\"init\",outcome=\"degraded\",service=\"user\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("innkeeper_runs_total{command=\"init\",outcome=\"success\",service=\"user\"} 1\n"));
}

TEST_F(metrics_of_a_start, tell_of_a_server_and_of_a_broker_that_are_away) {
  const auto nowhere = fmt::format("postgresql://a:hidden@127.0.0.1:{}/c", free_port());
  ASSERT_EQ(init({}, {{"DATABASE_URL", nowhere}}).status, 69);
  auto text = page();
  EXPECT_THAT(text, HasSubstr("innkeeper_schema_connection_attempts_total{service=\"user\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("innkeeper_schema_state{service=\"user\",state=\"unknown\"} 1\n"));
  EXPECT_THAT(
      text, HasSubstr("innkeeper_schema_phase_duration_seconds{outcome=\"failure\",phase=\"wait\",service=\"user\"} "));
  ASSERT_EQ(init({"--redis", fmt::format("redis://127.0.0.1:{}", free_port())}).status, 69);
  text = page();
  EXPECT_THAT(text, HasSubstr("innkeeper_schema_ready{service=\"user\"} 1\n"));
  EXPECT_THAT(
      text,
      HasSubstr("innkeeper_schema_phase_duration_seconds{outcome=\"failure\",phase=\"redis\",service=\"user\"} "));
  EXPECT_THAT(text, Not(HasSubstr("hidden")));
}

TEST_F(metrics_of_a_start, of_replicas_with_one_file_all_count) {
  const auto ran = place_.shell(
      fmt::format("export DATABASE_URL='{}'\n"
                  "for i in 1 2 3 4 5 6 7 8; do\n"
                  "  innkeeper init -q --url-from DATABASE_URL --files schema --name user --metrics-file user.prom &\n"
                  "done; wait",
                  url()));
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(page(), HasSubstr("innkeeper_runs_total{command=\"init\",outcome=\"success\",service=\"user\"} 8\n"));
}

}  // namespace
}  // namespace innkeeper::test
