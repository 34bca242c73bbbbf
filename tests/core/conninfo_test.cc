#include "core/conninfo.h"

#include <gtest/gtest.h>

namespace innkeeper {
namespace {

conninfo cafe() {
  return {.endpoints = {{"127.0.0.1", 5433}}, .user = {"cafe_user"}, .database = {"cafe"}, .password = secret{"pw"}};
}

TEST(conninfo, uri_and_keyword_forms_say_the_same) {
  EXPECT_EQ(parse_conninfo("postgresql://cafe_user:pw@127.0.0.1:5433/cafe").value, cafe());
  EXPECT_EQ(parse_conninfo("host=127.0.0.1 port=5433 user=cafe_user password=pw dbname=cafe").value, cafe());
}

TEST(conninfo, a_problem_names_the_place_and_no_value) {
  EXPECT_EQ(parse_conninfo("postgresql://u:p%zz@h/d").problem,
            "the percent sign at offset 16 is not followed by two hexadecimal digits; write it as %25");
  EXPECT_EQ(parse_conninfo("host=h sslmod=require").problem,
            "unknown connection parameter at offset 7: did you mean sslmode?");
}

}  // namespace
}  // namespace innkeeper
