// What lint knows, and what it therefore leaves out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lint_support.h"

namespace innkeeper::migration {
namespace {

using test::brief;
using test::down_of;
using test::file_of;
using test::lint_text;
using test::phase_of;
using test::shop_facts;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> brief_of(std::string_view text, const lint_facts& facts = {}) {
  return brief(lint_text(text, facts));
}

TEST(lint, leaves_tables_alone_that_the_files_make) {
  const std::string made = "CREATE TABLE shop.orders (id bigint PRIMARY KEY);";
  const std::string used =
      "CREATE INDEX orders_a ON shop.orders (a); ALTER TABLE shop.orders ADD CHECK (a > 0), ALTER a SET NOT NULL, "
      "ADD b uuid DEFAULT gen_random_uuid(), DROP COLUMN c; DROP TABLE shop.orders;";
  EXPECT_THAT(brief_of(made + used), IsEmpty());
  EXPECT_THAT(brief(lint({file_of(made, "1.sql"), file_of(used, "2.sql")}, {})), IsEmpty());
  EXPECT_THAT(brief(lint({file_of(used, "1.sql"), file_of(made, "2.sql")}, {})),
              ElementsAre("error index-not-concurrent", "error check-not-valid", "error set-not-null",
                          "error volatile-default", "error drop-column", "error drop-table"));
  EXPECT_THAT(brief_of("CREATE TABLE shop.a AS SELECT 1 AS x; CREATE INDEX a_x ON shop.a (x)"), IsEmpty());
  EXPECT_THAT(brief_of("SELECT 1 AS x INTO shop.a; CREATE INDEX a_x ON shop.a (x)"), IsEmpty());
}

TEST(lint, follows_tables_to_their_new_names) {
  EXPECT_THAT(brief_of("CREATE TABLE shop.a (id int); ALTER TABLE shop.a RENAME TO b; CREATE INDEX ON shop.b (id)"),
              IsEmpty());
  EXPECT_THAT(brief_of("CREATE TABLE shop.a (id int); ALTER TABLE shop.a SET SCHEMA x; CREATE INDEX ON x.a (id)"),
              IsEmpty());
  EXPECT_THAT(brief_of("ALTER TABLE empty RENAME TO b; CREATE INDEX ON b (id)", shop_facts()),
              ElementsAre("error rename-table"));
  EXPECT_THAT(brief_of("DROP TABLE shop.orders; CREATE TABLE shop.orders (id int); CREATE INDEX ON shop.orders (id)"),
              ElementsAre("error drop-table"));
}

TEST(lint, finds_names_without_a_schema_by_the_search_path) {
  EXPECT_THAT(brief_of("CREATE TABLE orders (id int); CREATE INDEX ON shop.orders (id)"), IsEmpty());
  EXPECT_THAT(brief_of("SET LOCAL search_path = shop; CREATE TABLE a (id int); CREATE INDEX ON shop.a (id)"),
              IsEmpty());
  EXPECT_THAT(brief_of("SET LOCAL search_path = shop; CREATE TABLE a (id int); CREATE INDEX ON other.a (id)"),
              ElementsAre("error index-not-concurrent"));
  EXPECT_THAT(brief_of("CREATE INDEX ON orders (id); CREATE INDEX ON empty (id)", shop_facts()),
              ElementsAre("error index-not-concurrent"));
}

TEST(lint, takes_create_if_not_exists_for_what_it_does) {
  const std::string text =
      "CREATE TABLE IF NOT EXISTS shop.orders (id bigint PRIMARY KEY); CREATE INDEX ON shop.orders (id)";
  EXPECT_THAT(brief_of(text), ElementsAre("warning index-not-concurrent"));
  EXPECT_THAT(brief_of(text, shop_facts()), ElementsAre("error index-not-concurrent"));
  lint_facts other = shop_facts();
  other.tables->erase({"shop", "orders"});
  EXPECT_THAT(brief_of(text, other), IsEmpty());
}

TEST(lint, leaves_guarded_statements_alone_that_do_nothing) {
  const std::string text =
      "CREATE TABLE IF NOT EXISTS shop.orders (id bigint PRIMARY KEY);"
      "CREATE INDEX IF NOT EXISTS orders_customer_idx ON shop.orders (customer);"
      "ALTER TABLE shop.orders ADD COLUMN IF NOT EXISTS note text NOT NULL DEFAULT random()::text;"
      "ALTER TABLE shop.orders DROP COLUMN IF EXISTS gone;"
      "ALTER TABLE IF EXISTS shop.none ADD CHECK (a > 0); DROP TABLE IF EXISTS shop.none;";
  EXPECT_THAT(brief(lint({phase_of(text)}, shop_facts())), IsEmpty());
  EXPECT_THAT(brief(lint({phase_of("CREATE INDEX IF NOT EXISTS new_idx ON shop.orders (note);")}, shop_facts())),
              ElementsAre("error index-not-concurrent"));
}

TEST(lint, asks_phases_for_guards) {
  EXPECT_THAT(
      brief(lint({phase_of("CREATE TABLE shop.a (id bigint PRIMARY KEY); CREATE TYPE shop.e AS ENUM ('a');"
                           "CREATE VIEW shop.v AS SELECT 1; INSERT INTO shop.a VALUES (1);"
                           "INSERT INTO shop.a VALUES (1) ON CONFLICT DO NOTHING;"
                           "DROP TRIGGER IF EXISTS t ON shop.a; CREATE TRIGGER t BEFORE INSERT ON shop.a FOR EACH "
                           "ROW EXECUTE FUNCTION shop.f();")},
                 {})),
      ElementsAre("error not-robust", "error not-robust", "error not-robust", "error not-robust"));
}

TEST(lint, goes_by_the_sizes_of_tables) {
  const auto about = [](const std::string& table) {
    return "CREATE INDEX ON shop." + table + " (a); ALTER TABLE shop." + table +
           " ADD FOREIGN KEY (a) REFERENCES shop.customers; ALTER TABLE shop." + table + " DROP COLUMN b";
  };
  EXPECT_THAT(brief_of(about("empty"), shop_facts()), ElementsAre("error fk-not-valid", "error drop-column"));
  EXPECT_THAT(brief_of(about("small"), shop_facts()),
              ElementsAre("warning index-not-concurrent", "error fk-not-valid", "error drop-column"));
  EXPECT_THAT(brief_of(about("customers"), shop_facts()),
              ElementsAre("error index-not-concurrent", "error fk-not-valid", "error drop-column"));
}

TEST(lint, knows_what_a_server_version_can_do) {
  const std::string not_valid = "ALTER TABLE shop.events ADD FOREIGN KEY (a) REFERENCES shop.customers NOT VALID";
  EXPECT_THAT(brief_of(not_valid, shop_facts()),
              ElementsAre("error fk-not-valid-on-partitioned", "warning fk-without-index"));
  auto newer = shop_facts();
  newer.server_version = 180004;
  EXPECT_THAT(brief_of(not_valid, newer), ElementsAre("warning fk-without-index"));
  const std::string made_here =
      "CREATE TYPE shop.e AS ENUM ('a'); ALTER TYPE shop.e ADD VALUE 'b' AFTER 'a'; SELECT 'b'::shop.e";
  EXPECT_THAT(brief_of(made_here, shop_facts()), ElementsAre("error enum-add-value-use"));
  EXPECT_THAT(brief_of(made_here, newer), IsEmpty());
  EXPECT_THAT(lint_text("ALTER TABLE shop.orders ALTER total SET NOT NULL", newer).at(0).rewrite,
              "ALTER TABLE shop.orders ADD CONSTRAINT orders_total_not_null NOT NULL total NOT VALID;\n"
              "-- in a later file:\n"
              "ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_total_not_null;");
}

TEST(lint, believes_a_check_that_was_validated) {
  const std::string add = "ALTER TABLE shop.orders ADD CONSTRAINT nn CHECK (note IS NOT NULL) NOT VALID;";
  const std::string validate = "ALTER TABLE shop.orders VALIDATE CONSTRAINT nn;";
  const std::string set = "ALTER TABLE shop.orders ALTER note SET NOT NULL;";
  EXPECT_THAT(brief(lint({file_of(add), file_of(validate), file_of(set)}, {})), IsEmpty());
  EXPECT_THAT(brief(lint({file_of(add), file_of(set)}, {})), ElementsAre("error set-not-null"));
  EXPECT_THAT(brief_of("ALTER TABLE shop.orders ALTER id SET NOT NULL", shop_facts()), IsEmpty());
}

TEST(lint, knows_which_changes_of_type_keep_the_rows) {
  const auto change = [](const std::string& column, const std::string& type) {
    return brief_of("ALTER TABLE shop.orders ALTER " + column + " TYPE " + type, shop_facts());
  };
  for (const auto& [column, type] : std::vector<std::pair<std::string, std::string>>{
           {"note", "varchar(40)"}, {"note", "text"}, {"note", "text USING note::text"}, {"total", "numeric(12,2)"}}) {
    EXPECT_THAT(change(column, type), IsEmpty()) << column << " " << type;
  }
  for (const auto& [column, type] : std::vector<std::pair<std::string, std::string>>{
           {"note", "varchar(10)"}, {"note", "text USING lower(note)"}, {"total", "numeric(12,3)"}, {"id", "bigint"}}) {
    EXPECT_THAT(change(column, type), ElementsAre("error change-type")) << column << " " << type;
  }
  EXPECT_THAT(brief_of("ALTER TABLE shop.orders ALTER note TYPE text"), ElementsAre("warning change-type"));
}

TEST(lint, knows_whose_transaction_it_is) {
  const std::string no_transaction{test::no_transaction};
  EXPECT_THAT(brief_of("CREATE INDEX CONCURRENTLY i ON shop.orders (a)"), ElementsAre("error concurrent-in-tx"));
  EXPECT_THAT(brief_of(no_transaction + "CREATE INDEX CONCURRENTLY i ON shop.orders (a)"), IsEmpty());
  EXPECT_THAT(brief_of(no_transaction + "BEGIN; CREATE INDEX CONCURRENTLY i ON shop.orders (a); COMMIT"),
              ElementsAre("error concurrent-in-tx"));
  EXPECT_THAT(brief_of("DO $$ BEGIN EXECUTE 'create index concurrently i on o (a)'; END $$"),
              ElementsAre("error concurrent-in-tx"));
  EXPECT_THAT(brief_of("BEGIN; SAVEPOINT a; ROLLBACK TO a; COMMIT"),
              ElementsAre("error nested-transaction", "error nested-transaction"));
  const std::string two_tables =
      "ALTER TABLE shop.orders ADD IF NOT EXISTS a int;ALTER TABLE shop.customers ADD IF NOT "
      "EXISTS a int; ALTER TABLE shop.events ADD IF NOT EXISTS a int;";
  EXPECT_THAT(brief_of(two_tables), ElementsAre("warning wide-lock-window"));
  EXPECT_THAT(brief_of(no_transaction + two_tables), IsEmpty());
}

TEST(lint, finds_foreign_keys_without_an_index) {
  const std::string tables =
      "CREATE TABLE shop.a (id bigint PRIMARY KEY);"
      "CREATE TABLE shop.b (id bigint PRIMARY KEY, x bigint REFERENCES shop.a, y bigint, "
      "FOREIGN KEY (y, x) REFERENCES shop.c);";
  EXPECT_THAT(brief_of(tables), ElementsAre("warning fk-without-index", "warning fk-without-index"));
  EXPECT_THAT(brief_of(tables + "CREATE INDEX ON shop.b (x, y, id)"), IsEmpty());
  EXPECT_THAT(brief_of(tables + "CREATE INDEX ON shop.b (x, y) WHERE x > 0"),
              ElementsAre("warning fk-without-index", "warning fk-without-index"));
  EXPECT_THAT(brief_of("ALTER TABLE shop.orders ADD CONSTRAINT f FOREIGN KEY (customer) REFERENCES shop.a NOT VALID",
                       shop_facts()),
              IsEmpty());
}

TEST(lint, expects_files_that_go_down_to_destroy) {
  const std::string text = "DROP TABLE shop.orders; ALTER TABLE shop.b DROP COLUMN c; CREATE INDEX ON shop.b (d)";
  EXPECT_THAT(brief(lint({down_of(text)}, {})), ElementsAre("warning wide-lock-window", "error index-not-concurrent"));
  const auto all = lint({down_of(text)}, {});
  EXPECT_EQ(all.at(0).rule, "drop-table");
  EXPECT_EQ(all.at(0).level, lint_level::info);
}

TEST(lint, ignores_what_a_file_or_a_comment_gives_a_reason_for) {
  auto file = file_of("DROP TABLE shop.a; ALTER TABLE shop.b DROP COLUMN c");
  file.ignored = {{"drop-table", "unused"}, {"drop-column", ""}, {"drop-tabel", "unused"}};
  EXPECT_THAT(brief(lint({file}, {})),
              ElementsAre("warning lint-ignore-without-reason", "warning unknown-rule", "error drop-table (ignored)",
                          "error drop-column", "warning wide-lock-window"));
  const auto findings = lint_text(
      "-- innkeeper: lint-ignore drop-table nobody reads it\nDROP TABLE shop.a;\n"
      "-- innkeeper: lint-ignore drop-table\nDROP TABLE shop.a;\n"
      "-- innkeeper: lint-ignore drop-tabel why\nDROP TABLE shop.a;");
  EXPECT_THAT(brief(findings), ElementsAre("error drop-table (ignored)", "warning lint-ignore-without-reason",
                                           "error drop-table", "warning unknown-rule", "error drop-table"));
  EXPECT_EQ(findings.at(0).ignored, "nobody reads it");
  EXPECT_EQ(findings.at(3).where, (location{"a.sql", 6, 1}));
  EXPECT_EQ(findings.at(3).hint, "Did you mean \"drop-table\"?");
}

TEST(lint, goes_on_behind_what_it_cannot_parse) {
  const auto findings = lint_text("ALTER TABLE shop.a ADD CONSTRAINT n NOT NULL b NOT VALID; DROP TABLE shop.a");
  EXPECT_THAT(brief(findings), ElementsAre("warning not-analysed", "error drop-table"));
  EXPECT_EQ(findings.at(0).message, "this statement isn't analysed: syntax error at or near \"NOT\"");
  EXPECT_THAT(brief_of("ALTER TABLE shop.a ADD CONSTRAINT n NOT NULL b NOT VALID", {.server_version = 180000}),
              IsEmpty());
}

TEST(lint, says_the_place_of_a_command_and_of_a_column) {
  const auto findings = lint_text(
      "ALTER TABLE shop.a\n  ADD b int, -- é\n  ADD CHECK (b > 0);\nCREATE TABLE shop.c (id bigint PRIMARY KEY,\n  d "
      "json);");
  ASSERT_EQ(findings.size(), 2);
  EXPECT_EQ(findings.at(0).where, (location{"a.sql", 3, 3}));
  EXPECT_EQ(findings.at(1).where, (location{"a.sql", 5, 3}));
}

TEST(lint, counts_a_names_bytes_as_written) {
  const std::string longest(63, 'a');
  EXPECT_THAT(brief_of("CREATE TABLE shop." + longest + " (id bigint PRIMARY KEY)"), IsEmpty());
  EXPECT_THAT(brief_of("CREATE TABLE shop." + longest + "b (id bigint PRIMARY KEY)"),
              ElementsAre("warning identifier-too-long"));
  EXPECT_THAT(brief_of("CREATE TABLE shop.\"" + longest + "\" (id bigint PRIMARY KEY)"), IsEmpty());
  EXPECT_THAT(brief_of("CREATE TABLE shop.\"" + longest.substr(1) + "é\" (id bigint PRIMARY KEY)"),
              ElementsAre("warning identifier-too-long"));
  EXPECT_THAT(brief_of("SELECT '" + longest + longest + "'"), IsEmpty());
}

}  // namespace
}  // namespace innkeeper::migration
