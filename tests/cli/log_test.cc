// What commands tell while they work, and the variables and options that say how much, and in which form.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/commands.h"
#include "cli/log_options.h"
#include "tests/cli/starting_service.h"

namespace innkeeper::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using variables = std::map<std::string, std::string>;

TEST(log, of_commands_that_initialise_something_obeys_the_variables) {
  std::vector<std::string_view> names;
  for (const auto& one : cli::all_commands()) {
    if (cli::obeys_log_variables(one)) names.push_back(one.name);
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("up", "apply", "migrate up", "migrate down", "init", "wait"));
}

class command_log : public starting_service {
 protected:
  command_log() {
    write_schema();
    place_.write("schema/functions/f.sql",
                 "DO $$ BEGIN RAISE NOTICE 'hello'; END $$;\n"
                 "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n");
  }

  finished up(std::vector<std::string> more = {}, variables set = {}) {
    std::vector<std::string> words{"migrate", "up",     "--url-from", "DATABASE_URL",
                                   "--files", "schema", "--name",     "user"};
    words.insert(words.end(), more.begin(), more.end());
    set.try_emplace("DATABASE_URL", url());
    set.try_emplace("DB_INIT_INITIAL_DELAY", "0.01");
    set.try_emplace("DB_INIT_MAX_RETRIES", "1");
    return place_.innkeeper(words, set);
  }

  // So that it runs anew.
  void touch() {
    place_.write("schema/functions/f.sql",
                 fmt::format("DO $$ BEGIN RAISE NOTICE 'hello {}'; END $$;\n"
                             "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n",
                             ++touched_));
  }

  static std::vector<json> objects_of(const std::string& text) {
    std::vector<json> all;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) all.push_back(json::parse(line));
    return all;
  }

  int touched_ = 0;
};

TEST_F(command_log, tells_files_when_asked_and_notices_with_db_init_debug_only) {
  EXPECT_EQ(up().err, "");
  for (const auto& set : {variables{{"LOG_LEVEL", "debug"}}, variables{}}) {
    touch();
    const auto told =
        masked(up(set.empty() ? std::vector<std::string>{"-v"} : std::vector<std::string>{}, set).err, place_);
    EXPECT_EQ(told, "server \"user\" at 127.0.0.1:PORT is ready (TIME)\nuser: functions/f.sql (TIME)\n");
  }
  touch();
  EXPECT_THAT(up({}, {{"DB_INIT_DEBUG", "true"}}).err, HasSubstr("user: NOTICE: hello 3\n"));
  touch();
  EXPECT_EQ(up({"-q"}, {{"LOG_LEVEL", "DEBUG"}}).err, "") << "an option comes first";
}

TEST_F(command_log, is_one_json_object_per_line_when_asked) {
  const auto ran = up({"--json-log"}, {{"LOG_LEVEL", "DEBUG"}});
  std::vector<std::string> seen;
  for (const auto& one : objects_of(ran.err)) {
    EXPECT_THAT(one["time"].get<std::string>(), testing::MatchesRegex("20..-..-..T..:..:..\\....Z"));
    EXPECT_EQ(one["level"], "DEBUG");
    EXPECT_EQ(one["service"], "user");
    if (one["phase"] == "") continue;  // what the linter has to say
    EXPECT_TRUE(one["duration_ms"].is_number_integer());
    seen.push_back(one["phase"].get<std::string>() + " " + one["message"].get<std::string>().substr(0, 8));
  }
  EXPECT_THAT(seen, ElementsAre("wait server \"", "tables tables/a", "functions function", "seed seed/acc"));
  EXPECT_THAT(ran.out, HasSubstr("3 schema files run in 1 service")) << "results are another matter";
}

TEST_F(command_log, has_failures_and_findings_as_json_with_their_service) {
  ASSERT_EQ(up().status, 0);
  place_.write("schema/functions/f.sql", "SELECT nonsense;\n");
  const auto failed = objects_of(up({}, {{"LOG_FORMAT", "json"}}).err);
  ASSERT_EQ(failed.size(), 1);
  EXPECT_EQ(failed[0]["level"], "ERROR");
  EXPECT_EQ(failed[0]["service"], "user");
  EXPECT_EQ(failed[0]["message"], "schema/functions/f.sql:1:8: column \"nonsense\" does not exist [42703]");
  place_.write("schema/functions/f.sql", "DROP TABLE accounts;\n");
  const auto refused = objects_of(up({"--json-log"}).err);
  const auto is_finding = [](const json& one) {
    return one["level"] == "ERROR" && one["message"].get<std::string>().find("[drop-table]") != std::string::npos;
  };
  EXPECT_TRUE(std::ranges::any_of(refused, is_finding)) << json(refused).dump(2);
  for (const auto& one : refused) EXPECT_EQ(one["service"], "user");
  EXPECT_EQ(refused.back()["message"], "refused by the linter; nothing was changed");
  EXPECT_THAT(refused.back()["detail"].get<std::string>(), testing::StartsWith("hint: "));
}

TEST_F(command_log, has_what_is_wrong_with_the_command_line_as_json) {
  const auto wrong = objects_of(up({"--json-log", "--lock-timeout", "soon"}).err);
  ASSERT_EQ(wrong.size(), 1);
  EXPECT_EQ(wrong[0]["message"], "option --lock-timeout needs a time, not \"soon\"");
  EXPECT_EQ(wrong[0]["detail"], "hint: Say it as 500ms, 2s, 5m or 1h.");
}

TEST_F(command_log, says_what_is_waited_for_at_level_warning) {
  const variables nowhere{{"DATABASE_URL", fmt::format("postgresql://a:b@127.0.0.1:{}/c", free_port())}};
  for (const auto& words : {std::vector<std::string>{"-q"}, std::vector<std::string>{}}) {
    EXPECT_THAT(up(words, nowhere).err, HasSubstr("does not answer: "));
  }
  auto quiet = nowhere;
  quiet["LOG_LEVEL"] = "ERROR";
  const auto told = up({}, quiet).err;
  EXPECT_THAT(told, testing::StartsWith("innkeeper: error: service user: server \"user\""));
  const auto as_json = objects_of(
      place_
          .innkeeper({"wait", "--url-from", "DATABASE_URL", "--json-log", "--max-retries", "1", "--initial-delay", "0"},
                     nowhere)
          .err);
  ASSERT_EQ(as_json.size(), 2);
  EXPECT_EQ(as_json[0]["level"], "WARNING");
  EXPECT_EQ(as_json[1]["level"], "ERROR");
}

TEST_F(command_log, of_other_commands_is_for_people_whatever_an_application_is_told) {
  const variables set{{"DATABASE_URL", url()}, {"LOG_FORMAT", "json"}, {"LOG_LEVEL", "DEBUG"}};
  const auto status = place_.innkeeper(
      {"migrate", "status", "--url-from", "DATABASE_URL", "--files", "nowhere", "--name", "user"}, set);
  EXPECT_THAT(status.err, testing::StartsWith("innkeeper: error: "));
  EXPECT_EQ(place_.innkeeper({"plan", "--json-log"}, set).status, 64);
}

}  // namespace
}  // namespace innkeeper::test
