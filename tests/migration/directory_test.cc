#include "migration/directory.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "tests/migration/layout_files.h"

namespace innkeeper::migration {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr layout all_layouts[] = {layout::innkeeper, layout::flyway,          layout::golang_migrate,
                                  layout::dbmate,    layout::goose,           layout::sqlx,
                                  layout::diesel,    layout::node_pg_migrate, layout::sqitch};

std::vector<std::string> problems_of(const schema_directory& read) {
  std::vector<std::string> texts;
  for (const auto& one : read.problems) texts.push_back(to_string(one));
  return texts;
}

std::vector<std::string> problems_of(const std::vector<source_file>& files, std::optional<layout> format = {}) {
  return problems_of(read_schema_directory(files, format, "db"));
}

// "1.2 add_menu up down no-transaction own-transaction"
std::string summary_of(const migration_file& one) {
  std::string text = one.number.text.empty() ? one.name : one.number.text + " " + one.name;
  if (one.is_repeatable) text += " repeatable";
  text += fmt::format(" up {}", one.up.statements.size());
  if (one.down) text += fmt::format(" down {}", one.down->statements.size());
  if (one.verify) text += fmt::format(" verify {}", one.verify->statements.size());
  if (one.up.says.no_transaction) text += " no-transaction";
  if (one.down && one.down->says.no_transaction != one.up.says.no_transaction) text += " (up only)";
  if (one.up.has_own_transaction) text += " own-transaction";
  return text;
}

std::vector<std::string> summary_of(const schema_directory& read) {
  std::vector<std::string> texts;
  for (const auto& one : read.migrations) texts.push_back(summary_of(one));
  return texts;
}

schema_directory read_layout(const std::string& name) {
  return read_schema_directory(layout_files(name), std::nullopt, "db");
}

std::vector<std::string> names_of(const std::vector<source_file>& files, std::optional<layout> format = {}) {
  std::vector<std::string> names;
  for (const auto& one : read_schema_directory(files, format, "db").migrations) names.push_back(one.number.text);
  return names;
}

TEST(directory, tells_the_layouts_apart) {
  for (const layout one : all_layouts) {
    const std::string name{to_string(one)};
    EXPECT_EQ(parse_layout(name), one);
    EXPECT_EQ(to_string(detect_layout(layout_files(name))), name);
    const auto read = read_layout(name);
    EXPECT_EQ(read.format, one);
    EXPECT_THAT(problems_of(read), IsEmpty()) << name;
  }
  EXPECT_EQ(parse_layout("liquibase"), std::nullopt);
  EXPECT_EQ(detect_layout({}), layout::innkeeper);
  EXPECT_EQ(detect_layout({{"20240101_a.sql", "select 1"}}), layout::innkeeper);
  EXPECT_EQ(detect_layout({{"1_a.up.sql", "select 1"}}), layout::golang_migrate);
  EXPECT_EQ(detect_layout({{"migrations/1_a.up.sql", ""}, {"tables/a.sql", ""}}), layout::innkeeper);
  EXPECT_EQ(detect_layout({{"V1__a.sql", "select 1"}}), layout::innkeeper);
  EXPECT_EQ(detect_layout({{"V1__a.sql", "select '${owner}'"}}), layout::flyway);
  EXPECT_EQ(detect_layout({{"V1__a.sql", ""}, {"U1__a.sql", ""}}), layout::flyway);
}

// What each directory says and where, is in tests/migration/layouts/: one change of a schema in nine ways.
TEST(directory, reads_our_own_migrations) {
  const auto read = read_layout("innkeeper");
  EXPECT_THAT(summary_of(read),
              ElementsAre("1 create_menu up 2 down 1", "1.2 add_available up 1 down 1",
                          "1.10 index_prices up 1 down 1 no-transaction", "20240131120000 raise_prices up 1 down 1",
                          "20240201090000 first_dishes up 2 down 1", "menu_board repeatable up 1"));
  const auto& menu = read.migrations.front();
  EXPECT_EQ(menu.up.file, "migrations/V1__create_menu.sql");
  EXPECT_EQ(menu.up.first_line, 3);
  EXPECT_EQ(menu.up.statements[0].where, (location{"db/migrations/V1__create_menu.sql", 3, 1}));
  EXPECT_EQ(menu.up.says.lock_timeout, std::chrono::seconds{2});
  EXPECT_EQ(menu.down->says.lock_timeout, std::chrono::seconds{2});
  EXPECT_EQ(menu.down->text, "drop table menu;\n");
  EXPECT_EQ(read.migrations[2].up.says.statement_timeout, std::chrono::hours{1});
  EXPECT_EQ(read.migrations[2].down->says.statement_timeout, std::nullopt);
  EXPECT_EQ(read.migrations[4].up.says.minimum_app_version, "1.4");
  ASSERT_EQ(read.phases.size(), 1);
  EXPECT_EQ(read.phases[0].in, phase::verify);
}

TEST(directory, reads_flyways) {
  EXPECT_THAT(summary_of(read_layout("flyway")),
              ElementsAre("1 create_menu up 2 down 1", "1_2 add available up 1 down 1",
                          "1.10 index_prices up 1 down 1 no-transaction", "2 raise_prices up 1 down 1",
                          "003 first_dishes up 2 down 1", "menu_board repeatable up 1"));
}

TEST(directory, reads_golang_migrates) {
  EXPECT_THAT(summary_of(read_layout("golang-migrate")),
              ElementsAre("8 create_menu up 2 down 1 own-transaction", "9 add_available up 1 down 1",
                          "10 index_prices up 1 down 1 no-transaction", "11 raise_prices up 1 down 1",
                          "0012 first_dishes up 2 down 1 own-transaction", "13 menu_board up 1 down 1"));
}

TEST(directory, reads_dbmates_gooses_and_sqlxs) {
  const auto want =
      ElementsAre("20240101000000 create_menu up 2 down 1", "20240102000000 add_available up 1 down 1",
                  "20240103000000 index_prices up 1 down 1 no-transaction", "20240104000000 raise_prices up 1 down 1",
                  "20240105000000 first_dishes up 2 down 1", "20240106000000 menu_board up 1 down 1");
  EXPECT_THAT(summary_of(read_layout("dbmate")), want);
  EXPECT_THAT(summary_of(read_layout("sqlx")), want);
  auto goose = read_layout("goose");
  EXPECT_EQ(goose.migrations[1].up.statements[0].text, "SELECT 'up SQL query'");
  goose.migrations[1].up.statements.erase(goose.migrations[1].up.statements.begin());
  EXPECT_THAT(summary_of(goose), want);
}

TEST(directory, reads_diesels) {
  EXPECT_THAT(
      summary_of(read_layout("diesel")),
      ElementsAre("00000000000000 diesel_initial_setup up 1 down 1", "20240101000000 create_menu up 2 down 1",
                  "20240102000000 add_available up 1 down 1", "20240103000000 index_prices up 1 down 1 no-transaction",
                  "202401040000000000 raise_prices up 1 down 1", "202401050000000000 first_dishes up 2 down 1",
                  "202401060000000000 menu_board up 1 down 1"));
}

TEST(directory, reads_node_pg_migrates) {
  EXPECT_THAT(
      summary_of(read_layout("node-pg-migrate")),
      ElementsAre("1704067200000 create-menu up 2 down 1", "1704153600000 add-available up 1 down 1",
                  "1704240000000 index-prices up 1 down 1 no-transaction", "1704326400000 raise-prices up 1 down 1",
                  "1704412800000 first-dishes up 2 down 1", "20240106000000000 menu-board up 1 down 1"));
}

TEST(directory, reads_sqitchs_in_the_plans_order) {
  const auto read = read_layout("sqitch");
  EXPECT_THAT(summary_of(read), ElementsAre("menu menu up 2 down 1 verify 1 own-transaction",
                                            "available available up 1 down 1 verify 1 own-transaction",
                                            "prices_idx prices_idx up 1 down 1 no-transaction",
                                            "raise_prices raise_prices up 1 down 1 verify 1 own-transaction",
                                            "dishes/first dishes/first up 2 down 1 verify 1 own-transaction",
                                            "raise_prices#2 raise_prices up 1 down 1 own-transaction",
                                            "menu_board menu_board up 1 down 1 own-transaction"));
  EXPECT_EQ(read.migrations[3].up.file, "deploy/raise_prices@v1.0.sql");
  EXPECT_EQ(read.migrations[5].up.file, "deploy/raise_prices.sql");
  EXPECT_TRUE(read.migrations[0].verify->has_own_transaction);
  EXPECT_TRUE(read.migrations[0].up.text.starts_with("-- Deploy cafe:menu to pg"));
}

// All nine end in the same schema, so they hold the same statements, in whatever files.
TEST(directory, finds_the_same_statements_in_all_layouts) {
  const auto statements = [](const std::string& name) {
    std::vector<std::string> texts;
    for (const auto& one : read_layout(name).migrations) {
      for (const auto& statement : one.up.statements) {
        if (!statement.text.starts_with("SELECT") && !statement.text.starts_with("select")) {
          std::string text = statement.text;
          std::erase(text, '\r');
          texts.push_back(text);
        }
      }
    }
    return texts;
  };
  const auto want = statements("golang-migrate");
  EXPECT_EQ(want.size(), 8);
  for (const layout one : all_layouts) {
    if (one == layout::sqitch) continue;  // its plan reworks a change
    EXPECT_EQ(statements(std::string{to_string(one)}), want) << to_string(one);
  }
}

TEST(directory, runs_phases_in_their_order_and_files_behind_what_they_require) {
  const auto read = read_layout("phases");
  EXPECT_THAT(problems_of(read), IsEmpty());
  std::vector<std::string> names;
  for (const auto& one : read.phases) names.push_back(one.content.file);
  EXPECT_THAT(names,
              ElementsAre("types/dish_kind.sql", "tables/guests.sql", "tables/dishes.sql", "tables/orders/orders.sql",
                          "indexes/dishes.sql", "constraints/dishes.sql", "functions/b_price.sql",
                          "functions/a_total.sql", "triggers/dishes.sql", "seed/guests.sql", "verify/dishes.sql"));
  EXPECT_TRUE(read.phases[4].content.says.no_transaction);
  ASSERT_EQ(read.extensions.size(), 2);
  EXPECT_EQ(read.extensions[0], (extension_line{"pgcrypto", "", {"db/extensions", 2, 1}}));
  EXPECT_EQ(read.extensions[1], (extension_line{"citext", "1.6", {"db/extensions", 3, 1}}));
  EXPECT_FALSE(read.is_empty());
  EXPECT_TRUE(schema_directory{}.is_empty());
}

TEST(directory, refuses_requirements_that_cannot_be_met) {
  EXPECT_THAT(
      problems_of({{"tables/a.sql", "-- innkeeper: requires b.sql\nselect 1"},
                   {"tables/b.sql", "\n-- innkeeper: requires c.sql\nselect 1"},
                   {"tables/c.sql", "-- innkeeper: requires a.sql\nselect 1"}}),
      ElementsAre("db/tables/c.sql:1:1: error: files require each other\n"
                  "  detail: tables/a.sql requires tables/b.sql requires tables/c.sql requires tables/a.sql\n"));
  EXPECT_THAT(
      problems_of({{"tables/menu.sql", "-- innkeeper: requires menus.sql ../x functions/f.sql\nselect 1"},
                   {"tables/menu2.sql", "select 1"},
                   {"functions/f.sql", "select 1"}}),
      ElementsAre("db/tables/menu.sql:1:1: error: \"menus.sql\" is no file that runs before this one\n"
                  "  hint: Did you mean \"menu.sql\"?\n",
                  "db/tables/menu.sql:1:1: error: \"../x\" is no file that runs before this one\n"
                  "  hint: Name a file of the same folder, or one of an earlier phase as \"types/status.sql\".\n",
                  "db/tables/menu.sql:1:1: error: \"functions/f.sql\" is no file that runs before this one\n"
                  "  hint: Name a file of the same folder, or one of an earlier phase as \"types/status.sql\".\n"));
  EXPECT_THAT(problems_of({{"tables/a.sql", "-- innkeeper: requires a.sql\nselect 1"}}),
              ElementsAre("db/tables/a.sql:1:1: error: files require each other\n"
                          "  detail: tables/a.sql requires tables/a.sql\n"));
  EXPECT_THAT(problems_of({{"V1__a.sql", "-- innkeeper: requires V0__b.sql\nselect 1"}}),
              ElementsAre("db/V1__a.sql:1:1: error: a versioned migration requires nothing but the versions before it\n"
                          "  hint: Give it a version behind those that it needs.\n"));
}

TEST(directory, orders_repeatables_by_name_and_requirement) {
  const std::vector<source_file> files{
      {"R__a.sql", "-- innkeeper: requires R__b.sql\nselect 1"}, {"R__b.sql", "select 2"}, {"V1__x.sql", "select 3"}};
  const auto read = read_schema_directory(files, std::nullopt, "db");
  EXPECT_THAT(summary_of(read), ElementsAre("1 x up 1", "b repeatable up 1", "a repeatable up 1"));
}

TEST(directory, refuses_versions_that_are_there_twice_and_downs_without_up) {
  EXPECT_THAT(problems_of({{"V1__a.sql", "select 1"}, {"V1.0__b.sql", "select 1"}, {"V01__c.sql", "select 1"}}),
              ElementsAre("db/V1.0__b.sql: error: version 1.0 is there twice\n"
                          "  detail: the other is db/V01__c.sql\n  hint: Give one of them a name of its own.\n",
                          "db/V1__a.sql: error: version 1 is there twice\n"
                          "  detail: the other is db/V01__c.sql\n  hint: Give one of them a name of its own.\n"));
  EXPECT_THAT(problems_of({{"a/R__v.sql", "select 1"}, {"b/R__v.sql", "select 1"}, {"flyway.toml", ""}}),
              ElementsAre("db/b/R__v.sql: error: the repeatable migration \"v\" is there twice\n"
                          "  detail: the other is db/a/R__v.sql\n  hint: Give one of them a name of its own.\n"));
  EXPECT_THAT(problems_of({{"1_a.up.sql", "select 1"}, {"2_b.down.sql", "select 1"}}),
              ElementsAre("db/2_b.down.sql: error: version 2 is reverted here, and no file makes it\n"));
}

TEST(directory, warns_of_files_that_are_no_part_of_it) {
  EXPECT_THAT(
      problems_of({{"V1__a.sql", "select 1"},
                   {"V2_b.sql", "select 1"},
                   {"notes.txt", "x"},
                   {"README.md", "x"},
                   {".keep", ""},
                   {"tables/.swp", ""},
                   {"tables/a.txt", ""},
                   {"V3__empty.sql", "-- later\n"}}),
      ElementsAre("db/V2_b.sql: warning: \"V2_b.sql\" is no file that the layout innkeeper knows, and is left out\n"
                  "  hint: Migrations are named V1__add_menu.sql, 20240131120000_add_menu.sql or R__menu_view.sql.\n",
                  "db/V3__empty.sql: warning: the file holds no statement\n",
                  "db/notes.txt: warning: \"notes.txt\" is no file that the layout innkeeper knows, and is left out\n",
                  "db/tables/a.txt: warning: \"a.txt\" is no file that the layout innkeeper knows, and is left out\n"));
}

TEST(directory, reads_our_own_migrations_from_their_folder_only) {
  EXPECT_THAT(names_of({{"migrations/2024/V2__b.sql", "select 1"}, {"V1__a.sql", "select 1"}}), ElementsAre("1", "2"));
  EXPECT_THAT(problems_of({{"old/V1__a.sql", "select 1"}, {"V1__a.sql", "select 1"}}),
              ElementsAre("db/old/V1__a.sql: warning: \"V1__a.sql\" is no file that the layout innkeeper knows, and is "
                          "left out\n  hint: Migrations lie in migrations/.\n"));
}

TEST(directory, looks_into_migrations_where_nothing_beside_it_is_one) {
  EXPECT_THAT(names_of({{"migrations/1_a.up.sql", "select 1"}, {"schema.sql", "select 1"}}), ElementsAre("1"));
  EXPECT_THAT(problems_of({{"migrations/1_a.up.sql", "select 1"}, {"schema.sql", "select 1"}}),
              ElementsAre("db/schema.sql: warning: \"schema.sql\" is no file that the layout golang-migrate knows, and "
                          "is left out\n"));
  const std::vector<source_file> beside{
      {"migrations/1_a.sql", "-- +goose Up\nselect 1;"}, {"tables/t.sql", "select 1"}, {"extensions", "citext"}};
  const auto read = read_schema_directory(beside, std::nullopt, "db");
  EXPECT_EQ(read.format, layout::goose);
  EXPECT_EQ(read.phases.size(), 1);
  EXPECT_EQ(read.migrations.size(), 1);
  EXPECT_EQ(read.extensions.size(), 1);
  EXPECT_THAT(problems_of(read), IsEmpty());
}

TEST(directory, takes_no_prose_for_a_mark) {
  EXPECT_EQ(detect_layout({{"1_a.sql", "-- Up migration of the guests\n-- +goose Up\nselect 1;"}}), layout::goose);
  EXPECT_EQ(detect_layout({{"V1__a.sql", "-- Up Migration\n-- migrate:up\nselect 1;"}}), layout::innkeeper);
  EXPECT_EQ(detect_layout({{"1_a.sql", "--- UP MIGRATION ---\nselect 1;"}}), layout::node_pg_migrate);
  EXPECT_EQ(detect_layout({{"1_a.sql", "select 1;\n-- no-transaction\n"}}), layout::innkeeper);
}

TEST(directory, refuses_the_migrations_of_two_tools) {
  EXPECT_THAT(
      problems_of({{"1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\n"},
                   {"2_b.sql", "-- migrate:up\nselect 1;\n-- migrate:down\n"},
                   {"3_c.sql", "-- +goose Up\nselect 1;\n"},
                   {"V4__d.sql", "select 1"}}),
      ElementsAre("db/3_c.sql: error: \"3_c.sql\" is a migration for goose, and the directory is read as one for "
                  "dbmate\n  hint: Keep the migrations of one tool in a directory.\n",
                  "db/V4__d.sql: error: \"V4__d.sql\" is a migration for flyway, and the directory is read as "
                  "one for dbmate\n  hint: Keep the migrations of one tool in a directory.\n"));
  EXPECT_THAT(problems_of({{"V1__a.sql", "select 1"}, {"U1__a.sql", "select 1"}}, layout::innkeeper),
              ElementsAre(HasSubstr("\"U1__a.sql\" is a migration for flyway")));
}

TEST(directory, knows_the_traps_of_sections) {
  EXPECT_THAT(problems_of({{"1_a.sql", "create table t ();\n-- migrate:up\nselect 1;\n-- migrate:down\n"}}),
              ElementsAre("db/1_a.sql:1:1: error: a statement stands above the first mark\n"
                          "  hint: Put it below \"-- migrate:up\".\n"));
  EXPECT_THAT(problems_of({{"1_a.sql", "-- migrate:down\nselect 1;\n-- migrate:up\nselect 1;\n"}}),
              ElementsAre("db/1_a.sql:1: error: \"-- migrate:down\" stands above \"-- migrate:up\"\n"));
  EXPECT_THAT(problems_of({{"1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:up\nselect 2;"}}),
              ElementsAre("db/1_a.sql:3: error: the same mark stands twice\n  detail: first on line 1\n"
                          "  hint: Make the second part a file of its own.\n"));
  EXPECT_THAT(problems_of({{"1_a.sql", "select 1"}}, layout::dbmate),
              ElementsAre("db/1_a.sql: error: the file has no \"-- migrate:up\"\n"));
  EXPECT_THAT(problems_of({{"1_a.sql", "-- innkeeper: down\nselect 1"}}),
              ElementsAre("db/1_a.sql: error: the file has no \"-- innkeeper: up\"\n"));
  // A down that dbmate asks for, with nothing in it, reverts nothing; marks are none inside other words.
  const auto read = read_schema_directory(
      {{"1_a.sql", "-- migrate:upwards\n-- migrate:up transaction:false\nselect 1;\n-- migrate:down a:b c\n"}}, {},
      "db");
  EXPECT_THAT(summary_of(read), ElementsAre("1 a up 1 no-transaction"));
}

TEST(directory, knows_gooses_annotations) {
  EXPECT_THAT(problems_of({{"1_a.sql", "-- +goose ENVSUB ON\n-- +goose Up\nselect '${A}';\n"}}),
              ElementsAre("db/1_a.sql:1: error: variables of the environment are not substituted\n"
                          "  hint: Write the values themselves and leave out \"-- +goose ENVSUB ON\".\n"));
  EXPECT_THAT(
      problems_of({{"1_a.sql", "-- +goose Up\n-- +goose StatementBeginn\nselect 1;\n-- +goose StatementEnd\n"}}),
      ElementsAre("db/1_a.sql:2: error: \"-- +goose StatementBeginn\" is no annotation\n"
                  "  hint: Did you mean \"statementbegin\"?\n",
                  "db/1_a.sql:4: error: \"-- +goose StatementEnd\" has no begin\n"));
  EXPECT_THAT(problems_of({{"1_a.sql", "-- +goose Up\n-- +goose StatementBegin\nselect 1;\n"}}),
              ElementsAre("db/1_a.sql:2: error: \"-- +goose StatementBegin\" has no end\n"));
  EXPECT_THAT(problems_of({{"1_a.sql", "-- +goose Up\nselect 1;\n"}, {"2_b.go", "package m\n"}}),
              ElementsAre("db/2_b.go: error: \"2_b.go\" is a migration that isn't SQL\n"
                          "  hint: Write what it does as SQL, under the same version.\n"));
}

TEST(directory, knows_flyways_names) {
  EXPECT_THAT(names_of({{"V1.sql", "select 1"}, {"V1.0.2__b.sql", "select 1"}, {"sub/V1_0_1__c.sql", "select 1"}}),
              ElementsAre("1", "1_0_1", "1.0.2"));
  EXPECT_THAT(
      problems_of({{"V1__a.sql", "select 1, 'é ${owner}'"},
                   {"V2__b.java", ""},
                   {"beforeMigrate.sql", "select 1"},
                   {"V1__a.sql.conf", "executeInTransaction=false"}}),
      ElementsAre("db/V1__a.sql:1:14: error: the placeholder ${owner} is not replaced\n"
                  "  hint: Write the value itself; the layout innkeeper reads such names too, and leaves the text "
                  "as it is.\n",
                  "db/V1__a.sql.conf: warning: a script's configuration is not read\n"
                  "  hint: Write \"-- innkeeper: no-transaction\" at the script's top for "
                  "executeInTransaction=false.\n",
                  "db/V2__b.java: error: \"V2__b.java\" is a migration that isn't SQL\n"
                  "  hint: Write what it does as SQL, under the same version.\n",
                  "db/beforeMigrate.sql: warning: \"beforeMigrate.sql\" is a callback, and callbacks are not "
                  "run\n"));
  EXPECT_THAT(problems_of({{"B5__all.sql", "select 1"}, {"V6__a.sql", "select 1"}}),
              ElementsAre("db/B5__all.sql: error: the versions that baseline 5 sums up are not there\n"
                          "  hint: Rename it to V5__all.sql, so that it runs as the first version.\n"));
  EXPECT_THAT(problems_of({{"B5__all.sql", "select 1"}, {"V1__a.sql", "select 1"}}),
              ElementsAre("db/B5__all.sql: warning: a baseline migration is left out: the versions that it sums up run "
                          "instead\n"));
  const auto read = read_schema_directory({{"V1__a.sql", "vacuum; vacuum t"}, {"V2__b.sql", "select 1; vacuum"}},
                                          layout::flyway, "db");
  EXPECT_THAT(summary_of(read), ElementsAre("1 a up 2 no-transaction", "2 b up 2"));
}

TEST(directory, keeps_the_orders_of_dbmate_and_diesel) {
  const std::string up = "-- migrate:up\nselect 1;\n-- migrate:down\n";
  EXPECT_THAT(names_of({{"2_a.sql", up}, {"10_b.sql", up}, {"3c.sql", up}}), ElementsAre("10", "2", "3"));
  EXPECT_THAT(names_of({{"2_a/up.sql", "select 1"}, {"10_b/up.sql", "select 1"}}), ElementsAre("10", "2"));
  EXPECT_THAT(names_of({{"2_a.up.sql", "select 1"}, {"10_b.up.sql", "select 1"}}), ElementsAre("2", "10"));
}

TEST(directory, knows_diesels_folders) {
  EXPECT_THAT(problems_of({{"2024-01-01-000000_a/down.sql", "select 1"},
                           {"2_b/up.sql", "select 1"},
                           {"2_b/metadata.toml", "# x\nrun_in_transaction = no\n"},
                           {"x_c/up.sql", "select 1"}}),
              ElementsAre("db/2024-01-01-000000_a/down.sql: error: \"2024-01-01-000000_a\" is no migration's folder\n"
                          "  hint: Put the migration's SQL into up.sql.\n",
                          "db/2_b/metadata.toml:2: error: run_in_transaction is true or false\n",
                          "db/x_c/up.sql: error: \"x_c\" is no migration's folder\n"
                          "  hint: Folders are named 2024-01-31-120000_add_menu.\n"));
}

TEST(directory, knows_node_pg_migrates_names_and_marks) {
  EXPECT_THAT(names_of({{"2024-01-02T03:04:05.678Z_a.sql", "-- up migration\nselect 1"},
                        {"1391877300255_b.sql", "select 1 -- no mark: all of it"}},
                       layout::node_pg_migrate),
              ElementsAre("1391877300255", "20240102030405678"));
  EXPECT_THAT(problems_of({{"1391877300255_a.js", "exports.up = () => {}"}, {"1391877300256_b.sql", "select 1"}}),
              ElementsAre(HasSubstr("is a migration that isn't SQL")));
}

TEST(directory, checks_sqitchs_plan) {
  const auto with = [](const std::string& plan) {
    return problems_of({{"sqitch.plan", plan},
                        {"deploy/a.sql", "begin; select 1; commit;"},
                        {"deploy/b.sql", "select 1; begin; select 2; commit;"}});
  };
  EXPECT_THAT(with("%project=x\n\na 2024 Me <me@x>\nb [a] 2024 Me <me@x> # [nothing]\n"), IsEmpty());
  EXPECT_THAT(with("\na\nb\nc\n"), ElementsAre("db/sqitch.plan: error: the plan has no %project\n",
                                               "db/sqitch.plan:4: error: change c has no file to deploy it\n"
                                               "  detail: expected deploy/c.sql\n"));
  EXPECT_THAT(
      with("%project=x\n\nb [a !c y:z @t]\na [!b]\n@t\n@t\na\n"),
      ElementsAre("db/sqitch.plan:3: error: the change requires a, which is not before it\n",
                  "db/sqitch.plan:3: warning: \"y:z\" is another project's, and nobody knows whether it is there\n",
                  "db/sqitch.plan:3: error: the change requires @t, which is not before it\n",
                  "db/sqitch.plan:4: error: the change conflicts with b, which is before it\n",
                  "db/sqitch.plan:4: error: change a has no file to deploy it\n"
                  "  detail: expected deploy/a@t.sql\n",
                  "db/sqitch.plan:6: error: tag @t is there twice\n  detail: first on line 5\n"));
  EXPECT_THAT(with("%project=x\n\n@t\na\na\n-b\nHEAD\nb-\nb\n"),
              ElementsAre("db/sqitch.plan:3: error: tag @t has no change before it\n",
                          "db/sqitch.plan:5: error: change a is there twice\n  detail: first on line 4\n"
                          "  hint: A change can be reworked behind a tag.\n",
                          "db/sqitch.plan:6: error: a plan's reverts are not supported\n",
                          "db/sqitch.plan:7: error: \"HEAD\" is no name for a change\n",
                          "db/sqitch.plan:8: error: \"b-\" is no name for a change\n"));
  EXPECT_THAT(problems_of({{"deploy/a.sql", ""}}, layout::sqitch),
              ElementsAre("db/sqitch.plan: error: there is no such file\n"));
}

TEST(directory, takes_off_a_transaction_only_where_it_is_all_there_is) {
  const auto summary = [](const std::string& text) {
    return summary_of(read_schema_directory({{"V1__a.sql", text}}, std::nullopt, "db")).front();
  };
  EXPECT_EQ(summary("BEGIN TRANSACTION; select 1; END WORK;"), "1 a up 1 own-transaction");
  EXPECT_EQ(summary("start transaction; select 1; rollback to x; commit"), "1 a up 2 own-transaction");
  EXPECT_EQ(summary("begin; select 1; commit; begin; select 2; commit;"), "1 a up 6");
  EXPECT_EQ(summary("begin isolation level serializable; select 1; commit;"), "1 a up 3");
  EXPECT_EQ(summary("begin; select 1; rollback;"), "1 a up 3");
  EXPECT_EQ(summary("-- innkeeper: no-transaction\nbegin; select 1; commit;"), "1 a up 3 no-transaction");
}

TEST(directory, shows_places_of_what_the_splitter_refuses) {
  EXPECT_THAT(problems_of({{"1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\n\nselect 'ü', 'x"}}),
              ElementsAre("db/1_a.sql:5:13: error: unterminated quoted string\n"));
  EXPECT_THAT(
      problems_of({{"V1__a.sql", "select '\xFF'"}}),
      ElementsAre("db/V1__a.sql:1:9: error: byte 0xff is not valid UTF-8\n  hint: Save the file as UTF-8 text.\n"));
}

TEST(version, is_compared_by_its_parts_as_numbers_of_any_length) {
  const auto order = [](std::string left, std::string right) {
    const auto found = compare({std::move(left)}, {std::move(right)});
    return found < 0 ? "<" : found > 0 ? ">" : "=";
  };
  EXPECT_STREQ(order("1.2", "1.10"), "<");
  EXPECT_STREQ(order("1_2", "1.2"), "=");
  EXPECT_STREQ(order("1", "1.0"), "=");
  EXPECT_STREQ(order("001", "1"), "=");
  EXPECT_STREQ(order("1", "1.0.1"), "<");
  EXPECT_STREQ(order("99999999999999999999999", "100000000000000000000000"), "<");
  EXPECT_STREQ(order("9", "menu"), "<");
  EXPECT_STREQ(order("menu", "9"), ">");
  EXPECT_STREQ(order("menu", "menu#2"), "<");
}

}  // namespace
}  // namespace innkeeper::migration
