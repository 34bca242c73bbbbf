// What a person reads: every command has a page, and docs/commands.md is those pages.
#include <gtest/gtest.h>

#include "cli/commands.h"
#include "cli/help_view.h"
#include "core/rotation.h"
#include "tests/cli/golden.h"
#include "tests/cli/program.h"

namespace innkeeper::cli {
namespace {

TEST(pages, the_manual_in_docs_is_made_of_the_commands_pages) {
  test::expect_golden("../../docs/commands.md", whole_manual(all_commands()));
}

TEST(pages, the_steps_of_a_rotation_in_docs_are_those_of_its_table) {
  auto page = test::read_text(std::filesystem::path{INNKEEPER_SOURCE_DIR} / "docs" / "rotation.md");
  const std::string begin = "<!-- made of the table in src/core/rotation.cc -->\n";
  const auto from = page.find(begin);
  const auto to = page.find("<!-- end -->");
  ASSERT_TRUE(from < to && to != std::string::npos);
  page.replace(from + begin.size(), to - from - begin.size(), rotation_page());
  test::expect_golden("../../docs/rotation.md", page);
}

TEST(pages, the_overview_lists_every_command) {
  test::expect_golden("cli/help.txt", overview(all_commands()));
}

TEST(pages, every_command_has_a_page_a_summary_and_a_function) {
  for (const auto& one : all_commands()) {
    EXPECT_GT(one.page.size(), 80U) << one.name;
    EXPECT_FALSE(one.summary.empty() || one.summary.ends_with('.')) << one.name;
    EXPECT_NE(one.run, nullptr) << one.name;
    for (const auto& row : one.options) EXPECT_FALSE(row.summary.empty()) << one.name << " " << row.name;
  }
}

TEST(pages, an_option_means_the_same_in_every_command) {
  std::map<std::string_view, std::string_view> seen;
  for (const auto& one : all_commands()) {
    for (const auto& row : one.options) {
      const auto [found, is_new] = seen.emplace(row.name, row.placeholder);
      EXPECT_EQ(found->second, row.placeholder) << one.name << " " << row.name;
    }
  }
}

TEST(pages, bash_reads_the_completion) {
  const test::workplace place;
  const auto ran = place.shell(
      "set -e; source <(innkeeper completion bash)\n"
      "complete_words() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _innkeeper; echo \"${COMPREPLY[*]}\"; }\n"
      "complete_words innkeeper ver; complete_words innkeeper secret ''; complete_words innkeeper plan --s");
  EXPECT_EQ(ran.out, "verify\nlist show rotate\n--sql --service\n") << ran.err;
}

}  // namespace
}  // namespace innkeeper::cli
