#include "migration/sql_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace innkeeper::migration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts_of(std::string_view sql) {
  std::vector<std::string> texts;
  const auto split = split_sql(sql, "a.sql");
  for (const auto& one : split.statements) texts.push_back(one.text);
  for (const auto& one : split.problems) texts.push_back(to_string(one));
  return texts;
}

TEST(sql_split, ends_statements_at_semicolons_that_are_no_part_of_anything) {
  EXPECT_THAT(texts_of(""), IsEmpty());
  EXPECT_THAT(texts_of(" -- only words\n;;"), IsEmpty());
  EXPECT_THAT(texts_of("select 1; select 'a;b' -- ;\n; /* ; /* ; */ */ select 2"),
              ElementsAre("select 1", "select 'a;b'", "select 2"));
  EXPECT_THAT(texts_of("select $a$;$b$;$a$; select a$b$c; select $1"),
              ElementsAre("select $a$;$b$;$a$", "select a$b$c", "select $1"));
  EXPECT_THAT(texts_of("select E'\\';'; select 'a'\n';'; select U&\";\" UESCAPE '!'; select U&';'"),
              ElementsAre("select E'\\';'", "select 'a'\n';'", "select U&\";\" UESCAPE '!'", "select U&';'"));
  EXPECT_THAT(texts_of("create rule r as on insert to t do (select 1; select 2); select 3"),
              ElementsAre("create rule r as on insert to t do (select 1; select 2)", "select 3"));
}

TEST(sql_split, keeps_bodies_in_begin_atomic_together) {
  const std::string body =
      "create function f() returns int begin atomic select case when a then 1 end; "
      "select (case when b then 2 end); end";
  EXPECT_THAT(texts_of(body + "; select 1"), ElementsAre(body, "select 1"));
  EXPECT_THAT(texts_of("begin; select 1; end; select 2"), ElementsAre("begin", "select 1", "end", "select 2"));
}

TEST(sql_split, takes_the_data_of_copy) {
  const auto split =
      split_sql("copy t from stdin;\n\\N\t'a\n1\tb\n\\.\nselect 1;\r\ncopy u (a) from stdin;\r\n\\.\r\n", "a.sql");
  ASSERT_EQ(split.statements.size(), 3);
  EXPECT_EQ(split.statements[0].copy_data, "\\N\t'a\n1\tb\n");
  EXPECT_EQ(split.statements[1].copy_data, std::nullopt);
  EXPECT_EQ(split.statements[2].copy_data, "");
  EXPECT_THAT(split.problems, IsEmpty());
  EXPECT_THAT(texts_of("copy t from stdin;\n1\n"),
              ElementsAre("copy t from stdin",
                          "a.sql:1:1: error: the data of this COPY has no end\n"
                          "  hint: End it with a line that holds \\. and nothing else.\n"));
}

TEST(sql_split, leaves_out_what_newer_dumps_say_to_psql_and_refuses_other_meta_commands) {
  EXPECT_THAT(texts_of("\\restrict a'b\nselect 'x\n\\y';\n\\unrestrict a'b\n"), ElementsAre("select 'x\n\\y'"));
  EXPECT_THAT(texts_of("select 1;\n  \\i more.sql\n"),
              ElementsAre("select 1",
                          "a.sql:2:3: error: psql's meta-command \\i is not SQL\n"
                          "  hint: Put the included file's statements here, or make it a file of its own.\n"));
}

TEST(sql_split, knows_the_place_of_every_statement_and_of_every_character) {
  const auto split = split_sql("\xEF\xBB\xBFselect 'é'; -- b\n  select\n 'ü', 1", "a.sql", 10);
  ASSERT_EQ(split.statements.size(), 2);
  EXPECT_EQ(split.statements[1].where, (location{"a.sql", 11, 3}));
  EXPECT_EQ(place_in(split.statements[1], 1), (location{"a.sql", 11, 3}));
  EXPECT_EQ(place_in(split.statements[1], 14), (location{"a.sql", 12, 7}));
}

TEST(sql_split, keeps_the_lines_of_comment_directly_before_a_statement) {
  const auto split = split_sql(
      "-- of the file\n\n-- one\r\n  -- two\r\nselect 1; -- behind\nselect 2;\n-- apart\n\nselect 3;\n/* block */\n"
      "select -- inside\n4;\n-- last\n",
      "a.sql");
  ASSERT_EQ(split.statements.size(), 4);
  EXPECT_THAT(split.statements[0].comments, ElementsAre("-- one", "-- two"));
  EXPECT_THAT(split.statements[1].comments, IsEmpty());
  EXPECT_THAT(split.statements[2].comments, IsEmpty());
  EXPECT_THAT(split.statements[3].comments, IsEmpty());
}

TEST(sql_split, says_where_something_never_ends) {
  EXPECT_THAT(texts_of("select 1;\n select 'é', 'abc; "),
              ElementsAre("select 1", "a.sql:2:14: error: unterminated quoted string\n"));
  EXPECT_THAT(texts_of("select $$"), ElementsAre("a.sql:1:8: error: unterminated dollar-quoted string\n"));
  EXPECT_THAT(texts_of(std::string_view{"select '\xFF'"}),
              ElementsAre("a.sql:1:9: error: byte 0xff is not valid UTF-8\n  hint: Save the file as UTF-8 text.\n"));
}

}  // namespace
}  // namespace innkeeper::migration
