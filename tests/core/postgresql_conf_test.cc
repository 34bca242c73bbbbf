#include "core/postgresql_conf.h"

#include <gtest/gtest.h>

namespace innkeeper {
namespace {

using settings = std::map<std::string, declared<std::string>>;

TEST(postgresql_conf, values_are_quoted_so_that_nothing_gets_out) {
  EXPECT_EQ(quote_conf_value("200"), "'200'");
  EXPECT_EQ(quote_conf_value("it's"), "'it''s'");
  EXPECT_EQ(quote_conf_value("a\\b"), "'a\\\\b'");
  EXPECT_EQ(quote_conf_value("x\nfsync = off"), "'x\\nfsync = off'");
  EXPECT_EQ(quote_conf_value("\\'"), "'\\\\'''");
}

TEST(postgresql_conf, lines_come_in_the_order_of_names) {
  EXPECT_EQ(print_conf({{"work_mem", {"4MB", {}}}, {"log_statement", {"all", {}}}}),
            "log_statement = 'all'\nwork_mem = '4MB'\n");
  EXPECT_EQ(print_conf({}), "");
}

TEST(postgresql_conf, an_embedded_server_refuses_what_says_where_it_is) {
  const settings wrong{{"Port", {"5432", {"a.yaml", 3, 5}}},
                       {"data_directory", {"/x", {"a.yaml", 4, 5}}},
                       {"x = 1\nfsync", {"off", {"a.yaml", 5, 5}}},
                       {"", {"off", {"a.yaml", 6, 5}}},
                       {"work_mem", {std::string{"4\0MB", 4}, {"a.yaml", 7, 5}}}};
  EXPECT_EQ(check_embedded_settings(wrong).size(), 5U);
  EXPECT_TRUE(check_embedded_settings({{"log_statement", {"all", {}}}, {"my.setting", {"x", {}}}}).empty());
}

}  // namespace
}  // namespace innkeeper
