#include "core/env_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace innkeeper {
namespace {

using keys = std::map<std::string, secret>;

keys one_key(std::string_view value) {
  return {{"KEY", secret{std::string{value}}}};
}

std::string mark(std::string_view value = "new") {
  return fmt::format("# innkeeper bistro/cafe KEY:{}\n", placed_fingerprint("KEY", secret{std::string{value}}));
}

std::string patched(std::string_view text, std::string_view value = "new") {
  return patch_env_file(text, one_key(value), "bistro/cafe").expose();
}

std::optional<std::string> read(std::string_view text) {
  const auto all = read_env_file(text);
  const auto found = all.find("KEY");
  return found == all.end() ? std::nullopt : std::optional{found->second.value.expose()};
}

const std::vector<std::string> hostile_values{"postgresql://u:p@h:1/d?sslmode=require&x=y",
                                              "a=b",
                                              "",
                                              "with space",
                                              " ends ",
                                              "#hash",
                                              "a #b",
                                              "it's",
                                              "\"",
                                              "'\"$x`y`\\",
                                              "a\\",
                                              "a\\'",
                                              "two\nlines",
                                              "~",
                                              "%s%%",
                                              "a;b&c|d<e>f(g)h",
                                              "$(touch x)",
                                              "é€",
                                              "!x",
                                              "{a,b}",
                                              "*?[x]"};

TEST(env_file, every_other_byte_stays_as_it_was) {
  EXPECT_EQ(patched(""), mark() + "KEY=new\n");
  EXPECT_EQ(patched("A=1\n# KEY=x\n\nKEY=old\n  B = 2"), "A=1\n# KEY=x\n\n" + mark() + "KEY=new\n  B = 2");
  EXPECT_EQ(patched("A=1"), "A=1\n" + mark() + "KEY=new\n");
  EXPECT_EQ(patched("KEYS=1\nMY_KEY=2\n"), "KEYS=1\nMY_KEY=2\n" + mark() + "KEY=new\n");
  EXPECT_EQ(patched("A=1\r\nB=2\r\n"), "A=1\r\nB=2\r\n" + mark() + "KEY=new\n");
}

TEST(env_file, a_value_that_is_right_stays_in_its_own_words) {
  EXPECT_EQ(patched("export KEY=\"new\"  # mine\nA=1\n"), mark() + "export KEY=\"new\"  # mine\nA=1\n");
}

TEST(env_file, a_key_that_is_there_twice_is_there_once_afterwards) {
  EXPECT_EQ(patched("KEY=a\nB=1\nexport KEY=b\n"), mark() + "KEY=new\nB=1\n");
}

TEST(env_file, patching_twice_changes_nothing_more) {
  for (const std::string before : {"A=1\nKEY=old\n", "", "KEY='a\nb'\nB=2",
                                   "\xef\xbb\xbf"
                                   "KEY=1\n"}) {
    const std::string once = patched(before);
    EXPECT_EQ(patched(once), once);
  }
}

TEST(env_file, what_was_written_is_read_back) {
  for (const auto& value : hostile_values) EXPECT_EQ(read(patched("A=1", value)), value);
}

TEST(env_file, exports_and_quotes_are_read_as_a_shell_reads_them) {
  EXPECT_EQ(read("export KEY='v w'\n"), "v w");
  EXPECT_EQ(read("KEY=\"v\""), "v");
  EXPECT_EQ(read("KEY=\"v\" # comment\n"), "v");
  EXPECT_EQ(read("KEY='it'\\''s'\n"), "it's");
  EXPECT_EQ(read("KEY=\"a\\\"b\\\\c\\$d\\x\"\n"), "a\"b\\c$d\\x");
  EXPECT_EQ(read("KEY=\"two\nlines\"\n"), "two\nlines");
  EXPECT_EQ(read("KEY=a\\ b\\\nc\n"), "a bc");
  EXPECT_EQ(read("KEY=a\nKEY=b\n"), "b");
  EXPECT_EQ(read("KEY=\"half\n"), "\"half");
  EXPECT_EQ(read("KEY='half\nB=1\n"), "'half");
  EXPECT_EQ(read("KEY=Host=h;User Id=u \r\n"), "Host=h;User Id=u");
  EXPECT_EQ(read("KEY =x\n"), std::nullopt);
  EXPECT_EQ(read("#KEY=v\nKEYS=v\n"), std::nullopt);
}

TEST(env_file, a_mark_says_whose_a_key_is_and_whether_it_was_changed_since) {
  const std::string text = patched("A=1\n");
  EXPECT_EQ(read_env_file(text).at("KEY"), (placed_value{secret{"new"}, "bistro/cafe", false}));
  EXPECT_EQ(read_env_file(text).at("A"), (placed_value{secret{"1"}, "", false}));
  EXPECT_EQ(read_env_file(text + "KEY=other\n").at("KEY"), (placed_value{secret{"other"}, "bistro/cafe", true}));
  EXPECT_FALSE(read_env_file(mark() + "A=1\n").contains("KEY"));
  // People's own comments that begin alike.
  EXPECT_EQ(read_env_file("# innkeeper writes this file\nKEY=1\n").at("KEY").owner, "");
}

TEST(env_file, a_line_of_the_mark_is_never_joined_to_a_comment_that_ends_in_a_backslash) {
  // systemd joins it, sh doesn't: what follows is read by both.
  EXPECT_EQ(patched("# x\\\n"), "# x\\\n" + mark() + "KEY=new\n");
}

TEST(env_file, names_become_those_of_variables) {
  EXPECT_EQ(to_env_name("cafe"), "CAFE");
  EXPECT_EQ(to_env_name("supplier-onboarding_2"), "SUPPLIER_ONBOARDING_2");
  EXPECT_TRUE(is_env_name("_A1"));
  for (const std::string_view bad : {"", "1A", "A-B", "a.b", "é"}) EXPECT_FALSE(is_env_name(bad)) << bad;
}

}  // namespace
}  // namespace innkeeper
