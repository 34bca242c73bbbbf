// What a statement is, as far as transactions go.
#include "migration/statement_kind.h"

#include <gtest/gtest.h>

namespace innkeeper::migration {
namespace {

TEST(statement_kind, knows_what_begins_and_ends_a_transaction) {
  for (const auto* one : {"BEGIN", "begin isolation level serializable", "START TRANSACTION", "COMMIT AND CHAIN", "end",
                          "ROLLBACK WORK", "abort", "PREPARE TRANSACTION 'two'", "commit/* now */"}) {
    EXPECT_TRUE(controls_transaction(one)) << one;
  }
}

TEST(statement_kind, takes_nothing_else_for_that) {
  for (const auto* one : {"SELECT 'commit'", "SAVEPOINT a", "ROLLBACK TO SAVEPOINT a", "PREPARE beginning AS SELECT 1",
                          "CREATE TABLE begin_of_it ()", "\"commit\"", "", "endless"}) {
    EXPECT_FALSE(controls_transaction(one)) << one;
  }
}

}  // namespace
}  // namespace innkeeper::migration
