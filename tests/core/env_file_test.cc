#include "core/env_file.h"

#include <gtest/gtest.h>

namespace innkeeper {
namespace {

std::string patched(std::string_view text, std::string_view value = "new") {
  return patch_env_file(text, "KEY", secret{std::string{value}}).expose();
}

std::optional<std::string> read(std::string_view text) {
  const auto found = read_env_key(text, "KEY");
  return found ? std::optional{found->expose()} : std::nullopt;
}

TEST(env_file, every_other_byte_stays_as_it_was) {
  EXPECT_EQ(patched(""), "KEY=new\n");
  EXPECT_EQ(patched("A=1\n# KEY=x\n\nKEY=old\n  B = 2"), "A=1\n# KEY=x\n\nKEY=new\n  B = 2");
  EXPECT_EQ(patched("A=1"), "A=1\nKEY=new\n");
  EXPECT_EQ(patched("KEYS=1\nMY_KEY=2\n"), "KEYS=1\nMY_KEY=2\nKEY=new\n");
  EXPECT_EQ(patched("A=1\r\nB=2\r\n"), "A=1\r\nB=2\r\nKEY=new\n");
}

TEST(env_file, a_key_that_is_there_twice_is_there_once_afterwards) {
  EXPECT_EQ(patched("KEY=a\nB=1\nexport KEY=b\n"), "KEY=new\nB=1\n");
}

TEST(env_file, patching_twice_changes_nothing_more) {
  const std::string once = patched("A=1\nKEY=old\n");
  EXPECT_EQ(patched(once), once);
}

TEST(env_file, what_was_written_is_read_back) {
  for (const std::string value : {"postgresql://u:p@h:1/d?sslmode=require&x=y", "a=b", "", "with space"}) {
    EXPECT_EQ(read(patched("A=1", value)), value);
  }
}

TEST(env_file, exports_and_quotes_are_read_as_a_shell_reads_them) {
  EXPECT_EQ(read("export KEY='v w'\n"), "v w");
  EXPECT_EQ(read("KEY=\"v\""), "v");
  EXPECT_EQ(read("KEY=a\nKEY=b\n"), "b");
  EXPECT_EQ(read("KEY=\"half\n"), "\"half");
  EXPECT_EQ(read("#KEY=v\nKEYS=v\n"), std::nullopt);
}

TEST(env_file, names_become_those_of_variables) {
  EXPECT_EQ(to_env_name("cafe"), "CAFE");
  EXPECT_EQ(to_env_name("supplier-onboarding_2"), "SUPPLIER_ONBOARDING_2");
}

}  // namespace
}  // namespace innkeeper
