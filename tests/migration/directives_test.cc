#include "migration/directives.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace innkeeper::migration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

directives_result directives_of(std::string_view text) {
  auto read = read_directives(text, "a.sql", 1, split_sql(text, "a.sql").statements);
  return read;
}

std::vector<std::string> problems_in(std::string_view text) {
  const auto statements = split_sql(text, "a.sql").statements;
  auto problems = read_directives(text, "a.sql", 1, statements).problems;
  const auto late = late_directives(text, "a.sql", 1, statements);
  problems.insert(problems.end(), late.begin(), late.end());
  std::vector<std::string> texts;
  for (const auto& one : problems) texts.push_back(to_string(one));
  return texts;
}

TEST(directives, are_comments_above_the_first_statement) {
  const auto read = directives_of(
      "\xEF\xBB\xBF-- innkeeper: no-transaction\r\n"
      "/* a licence */\n"
      "\n"
      "  --innkeeper:lock-timeout 2s\n"
      "-- INNKEEPER: statement-timeout  5min \n"
      "-- innkeeper: requires a.sql types/b.sql\n"
      "-- innkeeper: requires c.sql\n"
      "-- innkeeper: requires-app 1.4-rc1\n"
      "-- innkeeper: lint-ignore drop-column the old release does not read it\n"
      "-- innkeepers are kind\n"
      "select 1;\n");
  EXPECT_THAT(read.problems, IsEmpty());
  directives want{.no_transaction = true, .lock_timeout = 2s, .statement_timeout = 5min};
  want.requires_files = {"a.sql", "types/b.sql", "c.sql"};
  want.minimum_app_version = "1.4-rc1";
  want.lint_ignore = {{"drop-column", "the old release does not read it"}};
  EXPECT_EQ(read.says, want);
  EXPECT_THAT(read.requires_at, ElementsAre(location{"a.sql", 6, 1}, location{"a.sql", 6, 1}, location{"a.sql", 7, 1}));
}

TEST(directives, know_durations) {
  const auto timeout_of = [](const std::string& text) {
    return directives_of("-- innkeeper: lock-timeout " + text).says.lock_timeout;
  };
  EXPECT_EQ(timeout_of("500ms"), 500ms);
  EXPECT_EQ(timeout_of("2s"), 2s);
  EXPECT_EQ(timeout_of("5min"), 5min);
  EXPECT_EQ(timeout_of("5m"), 5min);
  EXPECT_EQ(timeout_of("1h"), 1h);
  EXPECT_EQ(timeout_of("0"), 0ms);
  for (const auto* wrong : {"", "5", "-1s", "1 s", "s", "1000h", "1e3s", "1mins"}) {
    EXPECT_EQ(timeout_of(wrong), std::nullopt) << wrong;
  }
  EXPECT_THAT(problems_in("-- innkeeper: lock-timeout 5\nselect 1"),
              ElementsAre("a.sql:1:1: error: lock-timeout takes a duration such as 500ms, 2s, 5min, 1h, or 0\n"));
}

TEST(directives, that_nobody_knows_are_errors) {
  EXPECT_THAT(problems_in("select 0;\n"), IsEmpty());
  EXPECT_THAT(
      problems_in("\n  -- innkeeper: no-transactions\n-- innkeeper: frobnicate\n-- innkeeper:\n-- innkeeper: up\n"),
      ElementsAre("a.sql:2:3: error: unknown directive \"no-transactions\"\n"
                  "  hint: Did you mean \"no-transaction\"?\n",
                  "a.sql:3:1: error: unknown directive \"frobnicate\"\n"
                  "  hint: Known are no-transaction, lock-timeout, statement-timeout, requires, requires-app, "
                  "lint-ignore.\n",
                  "a.sql:4:1: error: unknown directive \"\"\n"
                  "  hint: Known are no-transaction, lock-timeout, statement-timeout, requires, requires-app, "
                  "lint-ignore.\n",
                  "a.sql:5:1: error: unknown directive \"up\"\n"
                  "  hint: A file that is one half already has no sections.\n"));
}

TEST(directives, say_what_they_lack) {
  EXPECT_THAT(
      problems_in("-- innkeeper: no-transaction please\n-- innkeeper: requires\n-- innkeeper: requires-app new\n"
                  "-- innkeeper: lint-ignore\n-- innkeeper: lint-ignore drop-table\n"),
      ElementsAre("a.sql:1:1: error: no-transaction takes no value\n",
                  "a.sql:2:1: error: requires names no file\n"
                  "  hint: Name files of the same folder, or of the root.\n",
                  "a.sql:3:1: error: requires-app takes one version such as 1.4\n",
                  "a.sql:4:1: error: lint-ignore names no rule\n"
                  "  hint: Write the rule, and why it may be broken.\n",
                  "a.sql:5:1: warning: lint-ignore drop-table gives no reason, so it doesn't count\n"));
}

TEST(directives, below_the_first_statement_are_errors_but_for_what_is_text) {
  EXPECT_THAT(problems_in("select 1;\n\n -- innkeeper: no-transaction\nselect 2;\n"),
              ElementsAre("a.sql:3:2: error: a directive below the first statement says nothing\n"
                          "  hint: Put it at the top of the file, or right behind the section's mark.\n"));
  EXPECT_THAT(problems_in("select '\n-- innkeeper: x\n';\ncopy t from stdin;\n-- innkeeper: x\n\\.\n"), IsEmpty());
}

}  // namespace
}  // namespace innkeeper::migration
