// Directories of other tools, unedited: what they make is what psql makes of the same scripts, back and forth.
#include <gmock/gmock.h>

#include <algorithm>

#include "core/text.h"
#include "exec/process.h"
#include "tests/migration/layout_files.h"
#include "tests/pg/migrate_fixture.h"
#include "tests/support/catalog_text.h"

namespace innkeeper::exec {
namespace {

using testing::IsEmpty;

class migrate_layouts : public migrate, public testing::WithParamInterface<std::string> {
 protected:
  migrate_layouts() : other_{server().fresh_database()} {
    options_.allowed_rules = {"all"};
    admin(other_, fmt::format("ALTER SCHEMA public OWNER TO {}; REVOKE ALL ON SCHEMA public FROM PUBLIC", role_));
  }

  // Objects, their definitions, and rows, without the history.
  static std::vector<std::string> all_in(const std::string& database) {
    const auto beginning = fmt::format("in {}: ", database);
    std::vector<std::string> lines;
    for (const auto& line : test::read_catalogs(server().admin(), {database}).about({beginning}).lines) {
      if (line.find("innkeeper") == std::string::npos) lines.push_back(line.substr(beginning.size()));
    }
    return lines;
  }
  [[nodiscard]] std::vector<std::string> made() const { return all_in(database_); }

  [[nodiscard]] std::vector<std::string> made_by_psql(const std::vector<std::string>& scripts) const {
    const test::scratch_folder folder;
    for (const auto& one : scripts) {
      const auto file = folder.path() / "script.sql";
      std::ofstream{file} << one;
      const auto done = run_process(
          {.words = {"/usr/bin/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server().socket_directory(), "-p",
                     std::to_string(server().port()), "-U", role_, "-d", other_, "-f", file},
           .environment = {{"PATH", "/usr/bin:/bin"}, {"PGCLIENTENCODING", "UTF8"}}},
          std::chrono::seconds{60});
      EXPECT_EQ(done.status, 0) << done.output << one;
    }
    return all_in(other_);
  }

  static std::string difference(const std::vector<std::string>& wanted, const std::vector<std::string>& found) {
    return test::difference({.lines = {wanted.begin(), wanted.end()}}, {.lines = {found.begin(), found.end()}});
  }

  std::string other_;  // database of the same role, for psql
};

std::vector<std::string> texts_of(const std::string& layout, const std::vector<std::string>& names) {
  const auto all = migration::layout_files(layout);
  std::vector<std::string> texts;
  for (const auto& name : names) {
    const auto file = std::ranges::find(all, name, &migration::source_file::name);
    EXPECT_NE(file, all.end()) << name;
    if (file != all.end()) texts.push_back(file->text);
  }
  return texts;
}

// What all tools' directories are about, as golang-migrate has it: SQL and nothing else.
std::vector<std::string> scripts_of(const std::string& layout) {
  auto scripts = layout == "diesel" ? texts_of("diesel", {"migrations/00000000000000_diesel_initial_setup/up.sql"})
                                    : std::vector<std::string>{};
  for (auto& one :
       texts_of("golang-migrate", {"8_create_menu.up.sql", "9_add_available.up.sql", "10_index_prices.up.sql",
                                   "11_raise_prices.up.sql", "0012_first_dishes.up.sql", "13_menu_board.up.sql"})) {
    scripts.push_back(std::move(one));
  }
  return scripts;
}

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
