#include "migration/file_name.h"
#include "migration/layouts.h"
#include "migration/lines.h"
#include "migration/migration_list.h"

namespace innkeeper::migration {
namespace {

void add_half_file(const source_file& file, version number, std::string title, half which, reading& into,
                   migration_list& list) {
  auto made = into.make_script(file);
  if (which == half::up) {
    list.add_up(std::move(number), std::move(title), std::move(made));
  } else {
    list.add_down(std::move(number), std::move(title), std::move(made));
  }
}

void add_sectioned_file(const source_file& file, const version& number, const std::string& title, reading& into,
                        migration_list& list) {
  static const section_rules rules{.up_mark = "-- innkeeper: up", .mark = innkeeper_mark, .needs_mark = false};
  const auto found = read_sections(into, file, rules);
  if (found.up && found.up->mark_line == 0) {
    list.add_up(number, title, into.make_script(file));
    return;
  }
  if (found.up) list.add_up(number, title, into.make_script(file, *found.up, found.above));
  if (found.up && found.down) list.add_down(number, title, into.make_script(file, *found.down, found.above));
}

void add_file(const source_file& file, version number, std::string title, std::optional<half> which, reading& into,
              migration_list& list) {
  if (which) {
    add_half_file(file, std::move(number), std::move(title), *which, into, list);
  } else {
    add_sectioned_file(file, number, title, into, list);
  }
}

// In the directory itself or in migrations/, at any depth.
bool lies_among_migrations(const source_file& file, const reading& into) {
  return into.local(file).find('/') == std::string_view::npos || file.name.starts_with("migrations/");
}

}  // namespace

std::optional<marked_half> innkeeper_mark(std::string_view line) {
  const auto words = words_behind(line, "innkeeper:");
  if (words == "up") return marked_half{.which = half::up};
  if (words == "down") return marked_half{.which = half::down};
  return std::nullopt;
}

void read_innkeeper(const files_view& files, reading& into) {
  migration_list list{into};
  for (const auto* file : files) {
    if (!lies_among_migrations(*file, into)) {
      into.leave_out(*file, "Migrations lie in migrations/.");
      continue;
    }
    const auto base = base_of(file->name);
    const auto lettered = parse_lettered_name(base);
    if (lettered && lettered->letter == 'R' && !lettered->which) {
      list.add_repeatable(lettered->title, into.make_script(*file));
    } else if (lettered && lettered->letter == 'V' && !lettered->title.empty()) {
      add_file(*file, {lettered->number}, lettered->title, lettered->which, into, list);
    } else if (const auto numbered = parse_numbered_name(base)) {
      add_file(*file, {numbered->number}, numbered->title, numbered->which, into, list);
    } else {
      into.leave_out(*file,
                     base.ends_with(".sql")
                         ? "Migrations are named V1__add_menu.sql, 20240131120000_add_menu.sql or R__menu_view.sql."
                         : "");
    }
  }
  list.finish();
}

}  // namespace innkeeper::migration
