// The table of rules against itself: what is called bad is found, what is called good isn't.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "lint_support.h"

namespace innkeeper::migration {
namespace {

using ::testing::IsEmpty;

// Examples that stand for a server that is known, or for one rule that brings another along.
lint_facts facts_for(const lint_rule& rule) {
  lint_facts facts;
  if (rule.id == "concurrent-index-corruption") facts.server_version = 140002;
  if (rule.id == "detach-partition") facts.server_version = 150020;
  return facts;
}

std::set<std::string> companions_of(std::string_view id) {
  if (id == "truncate-cascade") return {"truncate"};
  if (id == "add-column-references") return {"fk-without-index"};
  if (id == "drop-database") return {"not-robust"};
  return {};
}

TEST(lint_table, finds_what_is_bad_and_nothing_else_in_it) {
  for (const auto& rule : lint_rules()) {
    if (rule.bad.empty()) continue;
    std::set<std::string> found;
    for (const auto& one : test::lint_text(rule.bad, facts_for(rule))) {
      if (one.rule == rule.id) {
        EXPECT_EQ(one.level, rule.level) << rule.id;
      }
      found.insert(one.rule);
    }
    EXPECT_TRUE(found.erase(std::string{rule.id}) == 1) << rule.id << " isn't found in\n" << rule.bad;
    for (const auto& other : companions_of(rule.id)) found.erase(other);
    EXPECT_THAT(found, IsEmpty()) << rule.id << " comes with others in\n" << rule.bad;
  }
}

TEST(lint_table, finds_nothing_in_what_is_good) {
  for (const auto& rule : lint_rules()) {
    for (const auto& one : test::lint_text(rule.good, facts_for(rule))) {
      if (!one.ignored.empty()) continue;
      EXPECT_NE(one.rule, rule.id) << rule.good;
      ADD_FAILURE() << rule.id << "'s good example has " << one.rule << ": " << one.message << "\n" << rule.good;
    }
  }
}

TEST(lint_table, says_everything_of_each_rule_once) {
  std::set<std::string_view> ids;
  std::set<int> numbers;
  for (const auto& rule : lint_rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_FALSE(rule.title.empty() || rule.why.empty() || rule.safe.empty()) << rule.id;
    EXPECT_EQ(find_lint_rule(rule.id), &rule);
    numbers.insert(rule.number);
  }
  EXPECT_EQ(numbers.size(), 53);  // 52, and 0 for what is about lint itself
  EXPECT_EQ(find_lint_rule("no-such"), nullptr);
}

TEST(lint_table, is_what_the_page_shows) {
  const std::string file = INNKEEPER_SOURCE_DIR "/docs/lint.md";
  std::ifstream stream{file, std::ios::binary};
  const std::string page{std::istreambuf_iterator<char>{stream}, {}};
  if (page == lint_rules_to_markdown()) return;
  if (std::getenv("ACCEPT") != nullptr) std::ofstream{file, std::ios::binary} << lint_rules_to_markdown();
  FAIL() << "docs/lint.md is not what the table says; ACCEPT=1 rewrites it";
}

}  // namespace
}  // namespace innkeeper::migration
