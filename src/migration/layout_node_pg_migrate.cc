#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "migration/file_name.h"
#include "migration/layouts.h"
#include "migration/lines.h"
#include "migration/migration_list.h"

namespace innkeeper::migration {
namespace {

// What is before the first underscore: 1391877300255, 20240131120000123, 0001, or a time such as
// 2024-01-31T12:00:00.123Z, whose digits are the second of these.
std::optional<numbered_name> node_name(std::string_view base) {
  static constexpr std::string_view suffix = ".sql";
  static constexpr std::string_view between = "-:.TZ";
  const auto underscore = base.find('_');
  if (underscore == std::string_view::npos || !base.ends_with(suffix)) return std::nullopt;
  std::string number{base.substr(0, underscore)};
  if (number.find('T') != std::string::npos) {
    std::erase_if(number, [](char c) { return between.find(c) != std::string_view::npos; });
  }
  if (!is_all_digits(number)) return std::nullopt;
  auto parsed = parse_numbered_name("0" + std::string{base.substr(underscore)});
  parsed->number = std::move(number);
  return parsed;
}

bool is_script_migration(std::string_view base) {
  const bool is_code = base.ends_with(".js") || base.ends_with(".ts") || base.ends_with(".cjs") ||
                       base.ends_with(".mjs") || base.ends_with(".mts") || base.ends_with(".cts");
  return is_code && !base.ends_with(".d.ts") && is_all_digits(base.substr(0, base.find('_')));
}

void read_node_file(const source_file& file, const numbered_name& name, reading& into, migration_list& list) {
  static const section_rules rules{.up_mark = "-- Up Migration", .mark = node_pg_migrate_mark, .needs_mark = false};
  if (name.which == half::up) return list.add_up({name.number}, name.title, into.make_script(file));
  if (name.which == half::down) return list.add_down({name.number}, name.title, into.make_script(file));
  const auto found = read_sections(into, file, rules);
  if (!found.up) return;
  const bool is_whole = found.up->mark_line == 0;
  list.add_up({name.number}, name.title,
              is_whole ? into.make_script(file) : into.make_script(file, *found.up, found.above));
  if (found.down) list.add_down({name.number}, name.title, into.make_script(file, *found.down, found.above));
}

}  // namespace

// https://salsita.github.io/node-pg-migrate: dashes and blanks, then the words in any case, and anything behind them.
std::optional<marked_half> node_pg_migrate_mark(std::string_view line) {
  line = trim(line);
  if (!line.starts_with("--")) return std::nullopt;
  const auto words = line.find_first_not_of("- \t");
  if (words == std::string_view::npos) return std::nullopt;
  auto rest = line.substr(words);
  const auto direction = to_lower(take_word(rest));
  if ((direction != "up" && direction != "down") || !to_lower(rest).starts_with("migration")) return std::nullopt;
  return marked_half{.which = direction == "up" ? half::up : half::down};
}

void read_node_pg_migrate(const files_view& files, reading& into) {
  migration_list list{into};
  for (const auto* file : files) {
    const auto base = into.local(*file);
    if (is_script_migration(base)) {
      into.error(into.place(*file), fmt::format("\"{}\" is a migration that isn't SQL", base),
                 "Write what it does as SQL, under the same version.");
    } else if (const auto name = node_name(base)) {
      read_node_file(*file, *name, into, list);
    } else {
      into.leave_out(*file, "Migrations are named 1391877300255_add-menu.sql.");
    }
  }
  list.finish();
}

}  // namespace innkeeper::migration
