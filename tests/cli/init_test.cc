// `innkeeper init`: what it tells, what it runs, and what the application gets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "exec/start_service.h"
#include "tests/cli/starting_service.h"

namespace innkeeper::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using variables = std::map<std::string, std::string>;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

const std::string four_lines =
    "🚀 Starting User Service...\n"
    "🔧 Initializing database...\n"
    "✅ Database initialization completed\n"
    "🎉 User Service startup completed successfully!\n";

class init : public starting_service {
 protected:
  init() { write_schema(); }

  finished run(std::vector<std::string> more = {}, variables set = {}) {
    std::vector<std::string> words{"init", "--url-from", "DATABASE_URL", "--files", "schema", "--name", "user"};
    words.insert(words.end(), more.begin(), more.end());
    set.try_emplace("DATABASE_URL", url());
    set.try_emplace("DB_INIT_INITIAL_DELAY", "0.01");
    set.try_emplace("DB_INIT_MAX_RETRIES", "2");
    return place_.innkeeper(words, set);
  }

  void break_schema() {
    place_.write("schema/tables/accounts.sql", "CREATE TABLE IF NOT EXISTS accounts (id nonsense);\n");
  }
};

TEST_F(init, tells_the_four_lines_and_nothing_else_at_the_first_start_and_at_every_later_one) {
  for (int i = 0; i < 2; ++i) {
    const auto ran = run();
    EXPECT_EQ(ran.err, four_lines);
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(ran.status, 0);
  }
  EXPECT_EQ(ask("SELECT count(*) FROM public.accounts"), "1");
}

TEST_F(init, becomes_the_application_with_its_environment_its_outputs_and_its_exit_code) {
  const auto ran = run({"--", "sh", "-c", "echo \"$DATABASE_URL $MINE\"; env | cut -d= -f1 | sort | xargs; exit 7"},
                       {{"MINE", "1"}});
  EXPECT_EQ(ran.status, 7);
  EXPECT_EQ(ran.err, four_lines);
  const auto lines = lines_of(ran.out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], url() + " 1");
  EXPECT_EQ(lines[1],
            "DATABASE_URL DB_INIT_INITIAL_DELAY DB_INIT_MAX_RETRIES HOME LC_ALL MINE PATH PWD XDG_STATE_HOME");
}

TEST_F(init, leaves_the_application_no_open_file_and_no_blocked_signal) {
  // The shell itself looks, since it holds pipes and blocks signals for a moment while it starts others.
  const std::string look =
      "for one in /proc/$$/fd/*; do echo ${one##*/}; done\n"
      "while read -r key value; do case $key in SigBlk:|SigIgn:) echo $key $value;; esac; done </proc/$$/status";
  const auto ran = run({"--", "sh", "-c", look});
  EXPECT_EQ(ran.out, place_.shell("exec sh -c \"$(cat <<'END'\n" + look + "\nEND\n)\"").out);
  EXPECT_THAT(ran.out, testing::EndsWith("SigBlk: 0000000000000000\nSigIgn: 0000000000000000\n"));
}

TEST_F(init, says_it_where_there_is_no_such_application) {
  const auto ran = run({"--", "no-such-program", "--now"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.err, four_lines +
                         "innkeeper: error: could not run no-such-program\n"
                         "  detail: No such file or directory\n"
                         "  hint: Check the words behind \"--\"; the program must be on PATH.\n");
}

TEST_F(init, tells_files_and_phases_with_their_durations_when_asked) {
  const auto ran = run({}, {{"LOG_LEVEL", "DEBUG"}});
  EXPECT_EQ(masked(ran.err, place_),
            "🚀 Starting User Service...\n"
            "🔧 Initializing database...\n"
            "server \"user\" at 127.0.0.1:PORT is ready (TIME)\n"
            "tables/accounts.sql (TIME)\n"
            "tables: 1 file done (TIME)\n"
            "seed/accounts.sql (TIME)\n"
            "seed: 1 file done (TIME)\n"
            "✅ Database initialization completed\n"
            "🎉 User Service startup completed successfully!\n");
  const auto again = run({"--verbose"});
  EXPECT_THAT(again.err, HasSubstr("nothing to do; the schema is up to date\n"));
  EXPECT_EQ(run({}, {{"LOG_LEVEL", "WARNING"}}).err, "");
  EXPECT_EQ(run({"-q"}).err, "");
}

TEST_F(init, tells_what_the_server_notices_with_db_init_debug) {
  (void)run();
  place_.write(
      "schema/tables/accounts.sql",
      "CREATE TABLE IF NOT EXISTS accounts (id int PRIMARY KEY);\nDO $$ BEGIN RAISE NOTICE 'hello'; END $$;\n");
  EXPECT_THAT(run({}, {{"DB_INIT_DEBUG", "true"}}).err, HasSubstr("hello\n"));
}

TEST_F(init, ends_with_the_failures_exit_code_and_starts_no_application) {
  break_schema();
  const auto ran = run({"--", "echo", "started"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.out, "");
  const auto lines = lines_of(ran.err);
  ASSERT_GE(lines.size(), 3U);
  EXPECT_EQ(
      lines[2],
      "❌ Database initialization failed: schema/tables/accounts.sql:1:41: type \"nonsense\" does not exist [42704]");
  EXPECT_THAT(ran.err, Not(HasSubstr("🎉")));
}

TEST_F(init, starts_the_application_degraded_where_that_is_wanted) {
  break_schema();
  const auto ran = run({"--degraded", "--", "echo", "started"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "started\n");
  EXPECT_THAT(
      ran.err,
      HasSubstr("⚠️ Database initialization failed: schema/tables/accounts.sql:1:41: type \"nonsense\" does not "
                "exist [42704]; starting degraded\n"));
  EXPECT_EQ(run({"--degraded"}).status, 1) << "without an application the exit code tells";
  write_schema();
  EXPECT_EQ(run({"--degraded", "--", "echo", "started"}).err, four_lines);
}

TEST_F(init, waits_for_the_server_says_so_and_ends_with_69_in_the_end) {
  const variables nowhere{{"DATABASE_URL", fmt::format("postgresql://a:b@127.0.0.1:{}/c", free_port())}};
  const auto ran = run({}, nowhere);
  EXPECT_EQ(ran.status, 69);
  const auto lines = lines_of(masked(ran.err, place_));
  ASSERT_GE(lines.size(), 4U);
  EXPECT_THAT(lines[2], StartsWith("server \"user\" at 127.0.0.1:PORT does not answer: "));
  EXPECT_EQ(lines[3],
            "❌ Database initialization failed: server \"user\" at 127.0.0.1:PORT does not answer after 3 attempts");
  EXPECT_EQ(run({"--degraded", "--", "echo", "started"}, nowhere).out, "started\n");
}

TEST_F(init, passes_over_a_missing_variable_when_degraded_but_never_over_a_wrong_command_line) {
  const auto ran = run({"--degraded", "--", "echo", "started"}, {{"DATABASE_URL", ""}});
  EXPECT_EQ(ran.out, "started\n");
  EXPECT_THAT(ran.err, HasSubstr("⚠️ Database initialization failed: environment variable DATABASE_URL is not set; "
                                 "starting degraded\n"));
  EXPECT_EQ(run({"--degraded", "--format", "nonsense", "--", "echo", "started"}).status, 64);
  EXPECT_EQ(run({"--degraded", "--redis", "http://x", "--", "echo", "started"}).status, 64);
  EXPECT_EQ(place_.innkeeper({"init", "--url-from", "DATABASE_URL", "--files", "schema"}).status, 64);
}

TEST_F(init, shows_no_password) {
  const auto ran = run({}, {{"DATABASE_URL", url("wrong-password")}, {"DB_INIT_DEBUG", "1"}});
  EXPECT_EQ(ran.status, 77);
  EXPECT_THAT(ran.err, HasSubstr("refuses the log-in"));
  EXPECT_THAT(ran.err, Not(HasSubstr("wrong-password")));
}

// Every line of standard error, parsed.
std::vector<nlohmann::json> objects_of(const std::string& text) {
  std::vector<nlohmann::json> all;
  for (const auto& line : lines_of(text)) all.push_back(nlohmann::json::parse(line));
  return all;
}

TEST_F(init, writes_one_json_object_per_line_when_asked) {
  const auto ran = run({"--json-log"}, {{"LOG_LEVEL", "debug"}});
  std::vector<std::string> phases;
  for (const auto& one : objects_of(ran.err)) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : one.items()) keys.push_back(key);
    EXPECT_THAT(keys, testing::UnorderedElementsAre("time", "level", "service", "phase", "message", "duration_ms"));
    EXPECT_THAT(one["time"].get<std::string>(), testing::MatchesRegex("20..-..-..T..:..:..\\....Z"));
    EXPECT_EQ(one["service"], "user");
    phases.push_back(one["phase"]);
  }
  EXPECT_THAT(phases,
              ElementsAre("start", "database", "wait", "tables", "tables", "seed", "seed", "database", "start"));
  const auto last = objects_of(ran.err).back();
  EXPECT_EQ(last["message"], "🎉 User Service startup completed successfully!");
  EXPECT_TRUE(last["duration_ms"].is_number_integer());

  place_.write("schema/seed/broken.sql", "SELECT nonsense;\n");
  const auto failed = objects_of(run({}, {{"LOG_FORMAT", "json"}}).err).back();
  EXPECT_EQ(failed["level"], "ERROR");
  EXPECT_THAT(failed["message"].get<std::string>(),
              StartsWith("❌ Database initialization failed: schema/seed/broken.sql:1:8: "));
}

TEST_F(init, writes_json_of_what_fails_before_it_begins) {
  const auto ran = place_.innkeeper({"init", "--json-log", "--manifest", "nowhere.yaml", "--service", "user"});
  EXPECT_EQ(ran.status, 65);
  EXPECT_EQ(objects_of(ran.err).back()["level"], "ERROR");
  EXPECT_EQ(objects_of(run({"--json-log", "--", "no-such-program"}).err).back()["message"],
            "could not run no-such-program");
}

TEST_F(init, does_its_work_once_among_replicas_that_start_together) {
  place_.write("schema/seed/slow.sql", "CREATE TABLE IF NOT EXISTS made_once (id int); SELECT pg_sleep(0.3);\n");
  const auto ran = place_.shell(
      fmt::format("export DATABASE_URL='{}'\n"
                  "for i in 1 2 3 4 5; do\n"
                  "  innkeeper init -q --url-from DATABASE_URL --files schema --name user -- echo started &\n"
                  "done; wait",
                  url()));
  EXPECT_EQ(ran.out, "started\nstarted\nstarted\nstarted\nstarted\n") << ran.err;
  EXPECT_EQ(ask("SELECT count(*) FROM innkeeper_user.current WHERE version LIKE 'seed/slow%'"), "1");
}

TEST_F(init, waits_for_redis_until_it_starts) {
  const int port = free_port();
  const auto ran = place_.shell(
      fmt::format("export DATABASE_URL='{}' DB_INIT_INITIAL_DELAY=0.05 DB_INIT_MAX_DELAY=0.05 DB_INIT_MAX_RETRIES=400\n"
                  ": >told\n"  // grep may look before the program begins
                  "innkeeper init --url-from DATABASE_URL --files schema --name user --redis redis://:pw@127.0.0.1:{} "
                  "-- echo started 2>told & init=$!\n"
                  "until grep -q Redis told; do sleep 0.02; done\n"
                  "redis-server --port {} --bind 127.0.0.1 --save '' --requirepass pw >redis.log & redis=$!\n"
                  "wait $init; code=$?; kill $redis; cat told >&2; exit $code",
                  url(), port, port));
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "started\n");
  auto lines = lines_of(ran.err);
  EXPECT_THAT(
      lines,
      ElementsAre("🚀 Starting User Service...", "🔧 Initializing database...", "✅ Database initialization completed",
                  fmt::format("Redis at 127.0.0.1:{} does not answer: Connection refused; waiting", port),
                  "🎉 User Service startup completed successfully!"));
}

TEST_F(init, ends_with_69_where_a_broker_stays_away) {
  const auto ran = run({"--rabbitmq", fmt::format("amqp://127.0.0.1:{}", free_port()), "--", "echo", "started"});
  EXPECT_EQ(ran.status, 69);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(masked(ran.err, place_), HasSubstr("❌ RabbitMQ at 127.0.0.1:PORT does not answer after 3 attempts\n"
                                                 "  detail: Connection refused\n"
                                                 "  hint: Check that RabbitMQ runs"));
}

class init_of_an_estate : public init {
 protected:
  void write_manifest(const std::string& of_service, const std::string& more = "") {
    place_.write("innkeeper.yaml", fmt::format("estate: shop\n"
                                               "servers: {{shared: {{url: \"${{SERVER}}\"}}}}\n{}"
                                               "services:\n"
                                               "  {}: {{schema_files: schema{}}}\n",
                                               more, service_, of_service));
  }

  finished innkeeper(std::vector<std::string> words) {
    return place_.innkeeper(
        words, {{"SERVER", fmt::format("postgresql://postgres:boss-password@127.0.0.1:{}/postgres", server().port())},
                {"DB_INIT_INITIAL_DELAY", "0.01"},
                {"DB_INIT_MAX_RETRIES", "1"}});
  }

  void apply() {
    const auto ran = innkeeper({"apply"});
    ASSERT_EQ(ran.status, 0) << ran.err;
  }

  std::string service_ = server().fresh_name("supplier_onboarding");
};

TEST_F(init_of_an_estate, runs_the_services_own_files_under_its_own_log_in_and_gives_the_application_no_secret) {
  write_manifest("");
  apply();
  const auto ran = innkeeper({"init", "--service", service_, "--", "env"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, StartsWith("🚀 Starting Supplier Onboarding"));
  const auto password = innkeeper({"secret", "show", service_, "--as", "uri"}).out;
  ASSERT_THAT(password, HasSubstr("://"));
  EXPECT_THAT(ran.out, Not(HasSubstr(service_)));
  EXPECT_THAT(ran.out, Not(HasSubstr("PGPASS")));
  EXPECT_EQ(innkeeper({"migrate", "status", "--check"}).status, 0);
  EXPECT_EQ(innkeeper({"init", "-q"}).status, 0) << "the only service needs no name";
}

TEST_F(init_of_an_estate, starts_degraded_where_the_manifest_says_so) {
  write_manifest(", migrations: {on_failure: degraded}");
  apply();
  break_schema();
  const auto ran = innkeeper({"init", "--", "echo", "started"});
  EXPECT_EQ(ran.out, "started\n");
  EXPECT_THAT(ran.err, HasSubstr("; starting degraded\n"));
  EXPECT_EQ(innkeeper({"init"}).status, 1);
}

TEST_F(init_of_an_estate, waits_for_the_brokers_that_the_service_declares) {
  const auto brokers = fmt::format("redis: {{url: \"redis://127.0.0.1:{}\"}}\n", free_port());
  write_manifest("", brokers);
  apply();
  EXPECT_EQ(innkeeper({"init"}).status, 0) << "it declares none";
  write_manifest(", redis: {db: 0}", brokers);
  const auto ran = innkeeper({"init"});
  EXPECT_EQ(ran.status, 69);
  EXPECT_THAT(ran.err, HasSubstr("❌ Redis at 127.0.0.1:"));
  write_manifest(", rabbitmq: {vhost: x}", brokers);
  EXPECT_THAT(innkeeper({"init"}).err, HasSubstr("the manifest names no rabbitmq.url: not waited for\n"));
}

TEST(init_titles, are_the_services_name_as_words) {
  EXPECT_EQ(exec::service_title("user"), "User");
  EXPECT_EQ(exec::service_title("supplier_onboarding"), "Supplier Onboarding");
  EXPECT_EQ(exec::service_title("user-service"), "User");
  EXPECT_EQ(exec::service_title("service"), "Service");
}

}  // namespace
}  // namespace innkeeper::test
