// Calls that change nothing, compared whole: output, errors, exit codes.
#include <gtest/gtest.h>

#include "tests/cli/golden.h"
#include "tests/cli/program.h"

namespace innkeeper::test {
namespace {

TEST(refusals, of_the_command_line) {
  const workplace place;
  std::string text;
  for (const auto& words : std::vector<std::vector<std::string>>{{"--version"},
                                                                 {"aply"},
                                                                 {"secret"},
                                                                 {"plan", "--chekc"},
                                                                 {"plan", "--sql", "--json"},
                                                                 {"apply", "--jobs", "0"},
                                                                 {"apply", "--advisory-wait", "soon"},
                                                                 {"completion", "fish"},
                                                                 {"help", "secret", "shw"},
                                                                 {"plan", "--json", "--frob"}}) {
    text += transcript(place, words);
  }
  expect_golden("cli/usage.txt", text);
}

TEST(refusals, of_manifests) {
  workplace place;
  place.write("broken/innkeeper.yaml",
              "estate: broken\nservers: {shared: {}}\nservices:\n  cafe: {databse: cafe}\n  erp: {server: sharde}\n");
  place.write("empty/innkeeper.yaml", "");
  place.write("binary/innkeeper.yaml", std::string("\x7f"
                                                   "ELF\x02\x01\x01\0\0",
                                                   9));
  std::string text;
  for (const auto& words : std::vector<std::vector<std::string>>{{"plan"},
                                                                 {"plan", "nowhere"},
                                                                 {"plan", "broken"},
                                                                 {"apply", "broken", "--json"},
                                                                 {"plan", "empty"},
                                                                 {"plan", "binary"},
                                                                 {"plan", "broken", "--manifest", "empty"}}) {
    text += transcript(place, words);
  }
  expect_golden("cli/manifests.txt", text);
}

TEST(refusals, of_what_is_not_running_or_not_declared) {
  workplace place;
  place.copy_example("cafe-erp");
  std::string text;
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"plan", "cafe-erp"},
                                             {"apply", "cafe-erp", "--json"},
                                             {"verify", "cafe-erp", "--json"},
                                             {"status", "cafe-erp", "--service", "caffe"},
                                             {"secret", "show", "cafe", "--manifest", "cafe-erp"},
                                             {"secret", "show", "--manifest", "cafe-erp"},
                                             {"secret", "show", "cafe", "--as", "dotnt"},
                                             {"secret", "rotate", "--manifest", "cafe-erp"},
                                             {"secret", "rotate", "cafe", "--all", "--manifest", "cafe-erp"},
                                             {"secret", "rotate", "caffe", "--manifest", "cafe-erp"},
                                             {"secret", "rotate", "cafe", "--grace", "soon", "--manifest", "cafe-erp"},
                                             {"secret", "rotate", "--resume", "--give-up", "--manifest", "cafe-erp"},
                                             {"secret", "rotate", "cafe", "--manifest", "cafe-erp"},
                                             {"down", "cafe-erp"},
                                             {"service", "create"},
                                             {"wait", "--url-from", "NOT_SET"}}) {
    text += transcript(place, words);
  }
  text += transcript(place, {"service", "create"}, {{"SETUP_DATABASES", "false"}, {"APP_NAME", "cafe-backend"}});
  text += transcript(place, {"service", "create"}, {{"DB_TYPES", "redis"}, {"APP_NAME", "cafe-backend"}});
  text += transcript(place, {"service", "create"}, {{"DB_TYPES", "oracle"}, {"APP_NAME", "cafe-backend"}});
  text += transcript(place, {"service", "create"}, {{"APP_NAME", "Robert\"); DROP"}});
  expect_golden("cli/not-running.txt", text);
}

TEST(refusals, of_disturbing_others_unasked) {
  workplace place;
  place.write(
      "remote/innkeeper.yaml",
      "estate: remote\nservers: {shared: {url: \"postgres://admin@127.0.0.1:1/postgres\"}}\nservices: {cafe: {}}\n");
  std::string text;
  for (const auto& words : std::vector<std::vector<std::string>>{{"verify", "remote", "--disruptive"},
                                                                 {"verify", "remote", "--prove", "--disruptive"}}) {
    text += transcript(place, words);
  }
  expect_golden("cli/disruptive.txt", text);
}

}  // namespace
}  // namespace innkeeper::test
