#pragma once
// Databases that other tools' directories were run in, by psql and by us, and what is in them then.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "exec/process.h"
#include "tests/migration/layout_files.h"
#include "tests/pg/migrate_fixture.h"
#include "tests/support/catalog_text.h"

namespace innkeeper::exec {

class layout_databases : public migrate {
 protected:
  layout_databases() : other_{server().fresh_database()} {
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
    run_by_psql(other_, scripts);
    return all_in(other_);
  }

  void run_by_psql(const std::string& database, const std::vector<std::string>& scripts) const {
    const test::scratch_folder folder;
    for (const auto& one : scripts) {
      const auto file = folder.path() / "script.sql";
      std::ofstream{file} << one;
      const auto done = run_process(
          {.words = {"/usr/bin/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server().socket_directory(), "-p",
                     std::to_string(server().port()), "-U", role_, "-d", database, "-f", file},
           .environment = {{"PATH", "/usr/bin:/bin"}, {"PGCLIENTENCODING", "UTF8"}}},
          std::chrono::seconds{60});
      EXPECT_EQ(done.status, 0) << done.output << one;
    }
  }

  static std::string difference(const std::vector<std::string>& wanted, const std::vector<std::string>& found) {
    return test::difference({.lines = {wanted.begin(), wanted.end()}}, {.lines = {found.begin(), found.end()}});
  }

  std::string other_;  // database of the same role, for psql
};

inline std::vector<std::string> texts_of(const std::string& layout, const std::vector<std::string>& names) {
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
inline std::vector<std::string> scripts_of(const std::string& layout) {
  auto scripts = layout == "diesel" ? texts_of("diesel", {"migrations/00000000000000_diesel_initial_setup/up.sql"})
                                    : std::vector<std::string>{};
  for (auto& one :
       texts_of("golang-migrate", {"8_create_menu.up.sql", "9_add_available.up.sql", "10_index_prices.up.sql",
                                   "11_raise_prices.up.sql", "0012_first_dishes.up.sql", "13_menu_board.up.sql"})) {
    scripts.push_back(std::move(one));
  }
  return scripts;
}

}  // namespace innkeeper::exec
