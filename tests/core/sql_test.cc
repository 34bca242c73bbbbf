#include "core/sql.h"

#include <gtest/gtest.h>

#include "core/acl.h"
#include "core/parameter.h"
#include "core/step_sql.h"

namespace innkeeper {
namespace {

TEST(sql, quotes_identifiers_and_literals_whatever_they_hold) {
  EXPECT_EQ(quote_identifier("cafe"), "\"cafe\"");
  EXPECT_EQ(quote_identifier("Robert\"); DROP"), "\"Robert\"\"); DROP\"");
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal("a\\b'c"), " E'a\\\\b''c'");
}

TEST(sql, reads_a_search_path_as_postgresql_prints_it) {
  EXPECT_EQ(parse_search_path("\"user\", extensions, pg_temp"),
            (std::vector<std::string>{"user", "extensions", "pg_temp"}));
  EXPECT_EQ(parse_search_path("\"odd\"\"name\",  Public"), (std::vector<std::string>{"odd\"name", "public"}));
  EXPECT_EQ(parse_search_path("\"\""), (std::vector<std::string>{""}));
  const std::vector<std::string> hostile{"a,b", "Ünï", "x\"y", "select"};
  EXPECT_EQ(parse_search_path(print_search_path(hostile)), hostile);
}

TEST(sql, prints_a_qualified_parameter_as_two_identifiers) {
  const step one{steps::set_parameter{"auto_explain.log_analyze", "on", false}};
  EXPECT_EQ(to_sql(one, {}), "ALTER SYSTEM SET \"auto_explain\".\"log_analyze\" = 'on';");
}

TEST(sql, prints_a_list_setting_as_a_list) {
  const step one{steps::set_parameter{"shared_preload_libraries", "pg_stat_statements, auto_explain", true}};
  EXPECT_EQ(to_sql(one, {}),
            "ALTER SYSTEM SET \"shared_preload_libraries\" = \"pg_stat_statements\", \"auto_explain\";");
}

TEST(acl, reads_items_as_postgresql_prints_them) {
  EXPECT_EQ(parse_acl_item("=Tc/postgres"), (acl_item{{}, "Tc", "", {"postgres"}}));
  EXPECT_EQ(parse_acl_item("bob=r*w/\"odd \"\"name\""), (acl_item{{"bob"}, "rw", "r", {"odd \"name"}}));
  EXPECT_EQ(parse_acl_item("\"a=b/c\"=U/x"), (acl_item{{"a=b/c"}, "U", "", {"x"}}));
  EXPECT_EQ(parse_acl_item("nonsense"), std::nullopt);
  EXPECT_EQ(parse_acl_item("a=r"), std::nullopt);
  EXPECT_EQ(privilege_words("arwd"), "SELECT, INSERT, UPDATE, DELETE");
}

TEST(parameter, compares_values_not_spellings) {
  EXPECT_TRUE(same_parameter("256MB", "32768", "8kB", "integer"));
  EXPECT_TRUE(same_parameter("200", "200", "", "integer"));
  EXPECT_TRUE(same_parameter("30s", "30000", "ms", "integer"));
  EXPECT_TRUE(same_parameter("1min", "60", "s", "integer"));
  EXPECT_TRUE(same_parameter("true", "on", "", "bool"));
  EXPECT_TRUE(same_parameter("0.9", "0.9", "", "real"));
  EXPECT_FALSE(same_parameter("255MB", "32768", "8kB", "integer"));
  EXPECT_FALSE(same_parameter("o", "on", "", "bool"));
  EXPECT_FALSE(same_parameter("ALL", "all", "", "enum"));
}

}  // namespace
}  // namespace innkeeper
