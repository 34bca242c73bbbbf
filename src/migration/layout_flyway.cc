#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "migration/file_name.h"
#include "migration/layouts.h"
#include "migration/migration_list.h"
#include "migration/own_transaction.h"

namespace innkeeper::migration {
namespace {

constexpr std::array<std::string_view, 9> code_suffixes{".java", ".kt",  ".class", ".py", ".sh",
                                                        ".bash", ".ps1", ".bat",   ".cmd"};

// beforeMigrate.sql, afterEachMigrate__log.sql, createSchema.sql
bool is_callback(std::string_view base) {
  const auto continues = [&](std::string_view word) {
    return base.starts_with(word) && base.size() > word.size() && base[word.size()] >= 'A' && base[word.size()] <= 'Z';
  };
  return base.ends_with(".sql") && (continues("before") || continues("after") || base.starts_with("createSchema"));
}

bool is_versioned_code(std::string_view base) {
  const auto suffix = std::ranges::find_if(code_suffixes, [&](auto one) { return base.ends_with(one); });
  if (suffix == code_suffixes.end()) return false;
  return parse_lettered_name(std::string{base.substr(0, base.size() - suffix->size())} + ".sql").has_value();
}

class flyway_reader {
 public:
  flyway_reader(const files_view& files, reading& into) : files_{files}, into_{into}, list_{into} {}

  void read() {
    for (const auto* file : files_) read_file(*file);
    for (const auto* file : baselines_) check_baseline(*file);
    list_.finish();
  }

 private:
  void read_file(const source_file& file) {
    const auto base = base_of(file.name);
    const auto name = parse_lettered_name(base);
    if (is_versioned_code(base)) {
      into_.error(into_.place(file), fmt::format("\"{}\" is a migration that isn't SQL", base),
                  "Write what it does as SQL, under the same version.");
    } else if (is_callback(base)) {
      into_.warn(into_.place(file), fmt::format("\"{}\" is a callback, and callbacks are not run", base));
    } else if (base.ends_with(".sql.conf")) {
      into_.warn(into_.place(file), "a script's configuration is not read",
                 "Write \"-- innkeeper: no-transaction\" at the script's top for executeInTransaction=false.");
    } else if (base == "flyway.conf" || base == "flyway.toml") {
      return;
    } else if (!name) {
      into_.leave_out(file, base.ends_with(".sql") ? "Migrations are named V1__add_menu.sql, U1__add_menu.sql or "
                                                     "R__menu_view.sql, with two underscores."
                                                   : "");
    } else {
      add(file, *name);
    }
  }

  void add(const source_file& file, const lettered_name& name) {
    if (name.letter == 'B') {
      baselines_.push_back(&file);
      return;
    }
    auto made = into_.make_script(file);
    refuse_placeholders(made);
    // Flyway finds out by itself what can't run in a transaction, and refuses it beside what can.
    const bool runs_outside = std::ranges::all_of(made.statements, runs_outside_transaction);
    if (runs_outside && !made.statements.empty()) made.says.no_transaction = true;
    if (name.letter == 'V') {
      oldest_ = oldest_.text.empty() || compare({name.number}, oldest_) < 0 ? version{name.number} : oldest_;
      list_.add_up({name.number}, name.title, std::move(made));
    } else if (name.letter == 'U') {
      list_.add_down({name.number}, name.title, std::move(made));
    } else {
      list_.add_repeatable(name.title, std::move(made));
    }
  }

  // ${name} would be replaced by Flyway; unreplaced it would go into the database as it stands.
  void refuse_placeholders(const script& made) {
    for (const auto& statement : made.statements) {
      const auto at = statement.text.find("${");
      const auto end = at == std::string::npos ? at : statement.text.find('}', at);
      if (end == std::string::npos) continue;
      int character = 1;
      for (std::size_t i = 0; i < at; ++i) character += (static_cast<unsigned char>(statement.text[i]) & 0xC0) != 0x80;
      into_.error(place_in(statement, character),
                  fmt::format("the placeholder {} is not replaced", statement.text.substr(at, end + 1 - at)),
                  "Write the value itself; the layout innkeeper reads such names too, and leaves the text as it is.");
    }
  }

  // It stands for all versions up to its own, and is what runs where those are gone.
  void check_baseline(const source_file& file) {
    const auto name = parse_lettered_name(base_of(file.name));
    const bool is_needed = oldest_.text.empty() || compare(oldest_, {name->number}) > 0;
    if (is_needed) {
      into_.error(
          into_.place(file), fmt::format("the versions that baseline {} sums up are not there", name->number),
          fmt::format("Rename it to V{}__{}.sql, so that it runs as the first version.", name->number, name->title));
    } else {
      into_.warn(into_.place(file), "a baseline migration is left out: the versions that it sums up run instead");
    }
  }

  const files_view& files_;
  reading& into_;
  migration_list list_;
  files_view baselines_;
  version oldest_;
};

}  // namespace

void read_flyway(const files_view& files, reading& into) {
  flyway_reader{files, into}.read();
}

}  // namespace innkeeper::migration
