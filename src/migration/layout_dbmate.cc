#include <algorithm>

#include "migration/file_name.h"
#include "migration/layouts.h"
#include "migration/lines.h"
#include "migration/migration_list.h"

namespace innkeeper::migration {
namespace {

// https://github.com/amacneil/dbmate#migration-options: `transaction:false`, for each direction by itself.
directives_result with_options(directives_result above, std::string_view options) {
  while (!options.empty()) {
    if (take_word(options) == "transaction:false") above.says.no_transaction = true;
  }
  return above;
}

// Digits and anything behind them: 20240131120000_add_menu.sql, 2024add.sql.
std::optional<numbered_name> dbmate_name(std::string_view base) {
  static constexpr std::string_view suffix = ".sql";
  const auto number = base.substr(0, base.find_first_not_of("0123456789"));
  if (number.empty() || !base.ends_with(suffix)) return std::nullopt;
  auto title = base.substr(number.size(), base.size() - number.size() - suffix.size());
  if (title.starts_with('_')) title.remove_prefix(1);
  return numbered_name{.number = std::string{number}, .title = std::string{title}};
}

}  // namespace

std::optional<marked_half> dbmate_mark(std::string_view line) {
  if (!line.starts_with("--")) return std::nullopt;
  if (const auto words = words_behind(line, "migrate:up")) return marked_half{half::up, *words};
  if (const auto words = words_behind(line, "migrate:down")) return marked_half{half::down, *words};
  return std::nullopt;
}

void read_dbmate(const files_view& files, reading& into) {
  static const section_rules rules{.up_mark = "-- migrate:up", .mark = dbmate_mark};
  migration_list list{into};
  for (const auto* file : files) {
    const auto name = dbmate_name(into.local(*file));
    if (!name) {
      into.leave_out(*file, "Migrations are named 20240131120000_add_menu.sql.");
      continue;
    }
    const auto found = read_sections(into, *file, rules);
    if (!found.up) continue;
    list.add_up({name->number}, name->title,
                into.make_script(*file, *found.up, with_options(found.above, found.up->mark.words)));
    if (!found.down) continue;
    if (found.down->mark_line < found.up->mark_line) {
      into.error(into.place(*file, found.down->mark_line), "\"-- migrate:down\" stands above \"-- migrate:up\"");
    }
    list.add_down({name->number}, name->title,
                  into.make_script(*file, *found.down, with_options(found.above, found.down->mark.words)));
  }
  list.finish();
  std::ranges::stable_sort(into.result.migrations, {}, [](const migration_file& one) { return one.up.file; });
}

}  // namespace innkeeper::migration
