#include <gtest/gtest.h>

#include "migration/directory.h"

namespace innkeeper::migration {
namespace {

bool is_cosmetic(std::string_view before, std::string_view after) {
  const auto left = checksums_of(before);
  const auto right = checksums_of(after);
  EXPECT_NE(left.raw, right.raw);
  return left.normalized == right.normalized;
}

TEST(checksums, are_of_the_bytes_and_of_the_tokens) {
  const auto sums = checksums_of("select 1;\n");
  EXPECT_EQ(sums.raw, "4a45092ccf992ea92250053a80b931b787924ba61648f420555511b84f10ab6c");
  EXPECT_EQ(sums.normalized.size(), 64);
  EXPECT_NE(sums.raw, sums.normalized);
  EXPECT_EQ(checksums_of("select 1;\n"), sums);
}

TEST(checksums, do_not_see_what_the_server_does_not) {
  EXPECT_TRUE(is_cosmetic("select 1;", "select  1 ;\n\n"));
  EXPECT_TRUE(is_cosmetic("select 1;", "-- why\nselect /* what */ 1"));
  EXPECT_TRUE(is_cosmetic("select\n1;\nselect 2;", "select\r\n1;\r\nselect 2;"));
  EXPECT_TRUE(is_cosmetic("select 1;", "\xEF\xBB\xBFselect 1;"));
  EXPECT_TRUE(is_cosmetic("select 1;", "select 1;;"));
  EXPECT_TRUE(is_cosmetic("do $$\nbegin\nend $$", "do $$\r\nbegin\r\nend $$"));
  EXPECT_TRUE(is_cosmetic("select a.b", "select a . b"));
  EXPECT_TRUE(is_cosmetic("", "-- nothing yet"));
}

TEST(checksums, see_every_other_change) {
  EXPECT_FALSE(is_cosmetic("select 1", "select 2"));
  EXPECT_FALSE(is_cosmetic("select 1", "SELECT 1"));
  EXPECT_FALSE(is_cosmetic("select 'a b'", "select 'a  b'"));
  EXPECT_FALSE(is_cosmetic("select 1; select 2", "select 1 select 2"));
  EXPECT_FALSE(is_cosmetic("select 1 2", "select 12"));
  EXPECT_FALSE(is_cosmetic("do $$ begin end $$", "do $$ begin  end $$"));
  EXPECT_FALSE(is_cosmetic("do $$ -- a\n$$", "do $$ -- b\n$$"));
}

TEST(checksums, count_the_data_of_copy) {
  EXPECT_FALSE(is_cosmetic("copy t from stdin;\n1\n\\.\n", "copy t from stdin;\n2\n\\.\n"));
  EXPECT_FALSE(is_cosmetic("copy t from stdin;\n1\n\\.\n", "copy t from stdin;\n-- 1\n\\.\n"));
  EXPECT_TRUE(is_cosmetic("copy t from stdin;\n1\n\\.\n", "copy t  from stdin;\r\n1\r\n\\.\r\n"));
}

TEST(checksums, of_what_cannot_be_scanned_are_of_its_bytes) {
  const auto sums = checksums_of("select 'a");
  EXPECT_EQ(sums.normalized, sums.raw);
  EXPECT_FALSE(is_cosmetic("select 'a", "select  'a"));
  EXPECT_FALSE(is_cosmetic("\\i a.sql", "\\i  a.sql"));
}

}  // namespace
}  // namespace innkeeper::migration
