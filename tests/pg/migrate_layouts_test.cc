// Directories of other tools, unedited: what they make is what psql makes of the same scripts, back and forth.
#include <gmock/gmock.h>

#include "core/text.h"
#include "tests/pg/layout_databases.h"

namespace innkeeper::exec {
namespace {

using testing::IsEmpty;

class migrate_layouts : public layout_databases, public testing::WithParamInterface<std::string> {};

TEST_P(migrate_layouts, makes_what_psql_makes_of_the_scripts_and_goes_back_and_forth) {
  files(migration::layout_files(GetParam()));
  const auto before = made();
  const auto first = up();
  ASSERT_EQ(failure_of(first), "");
  EXPECT_EQ(first.state, schema_state::up_to_date);
  const auto after = made();
  EXPECT_EQ(difference(made_by_psql(scripts_of(GetParam())), after), "");
  const auto second = up();
  EXPECT_THAT(second.ran, IsEmpty());
  EXPECT_EQ(second.state, schema_state::up_to_date);
  const auto& all = target_.files.migrations;
  if (std::ranges::any_of(all, &migration::migration_file::is_repeatable))
    ask("DROP VIEW menu_board");  // has no way back
  ASSERT_EQ(failure_of(down({.to = migration::version{"0"}})), "");
  EXPECT_EQ(difference(before, made()), "");
  ASSERT_EQ(failure_of(up()), "");
  EXPECT_EQ(difference(after, made()), "");
  EXPECT_THAT(up().ran, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(of, migrate_layouts,
                         testing::Values("innkeeper", "flyway", "golang-migrate", "dbmate", "goose", "sqlx", "diesel",
                                         "node-pg-migrate", "sqitch"),
                         [](const auto& one) { return replace_all(one.param, "-", "_"); });

TEST_F(migrate_layouts, phases_make_what_psql_makes_of_them) {
  for (const auto& database : {database_, other_})
    admin(database, "CREATE EXTENSION pgcrypto SCHEMA public; CREATE EXTENSION citext SCHEMA public");
  files(migration::layout_files("phases"));
  ASSERT_EQ(failure_of(up()), "");
  const auto in_order =
      texts_of("phases", {"types/dish_kind.sql", "tables/guests.sql", "tables/dishes.sql", "tables/orders/orders.sql",
                          "indexes/dishes.sql", "constraints/dishes.sql", "functions/b_price.sql",
                          "functions/a_total.sql", "triggers/dishes.sql", "seed/guests.sql"});
  EXPECT_EQ(difference(made_by_psql(in_order), made()), "");
  EXPECT_THAT(up().ran, IsEmpty());
}

}  // namespace
}  // namespace innkeeper::exec
