#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "migration/file_name.h"
#include "migration/layouts.h"
#include "migration/lines.h"
#include "migration/migration_list.h"

namespace innkeeper::migration {
namespace {

struct diesel_folder {
  const source_file* up = nullptr;
  const source_file* down = nullptr;
  const source_file* metadata = nullptr;
};

// The part before the first underscore, without dashes: 2024-01-31-120000_add_menu.
std::optional<numbered_name> diesel_name(std::string_view folder) {
  const auto underscore = folder.find('_');
  std::string number{folder.substr(0, underscore)};
  std::erase(number, '-');
  if (!is_all_digits(number)) return std::nullopt;
  const auto title = underscore == std::string_view::npos ? std::string_view{} : folder.substr(underscore + 1);
  return numbered_name{.number = std::move(number), .title = std::string{title}};
}

// metadata.toml, of which diesel itself reads `run_in_transaction` only.
bool runs_in_transaction(const source_file& metadata, reading& into) {
  bool runs = true;
  line_reader lines{metadata.text};
  while (const auto line = lines.next()) {
    const auto text = trim(line->text.substr(0, line->text.find('#')));
    if (text.starts_with('[')) break;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || trim(text.substr(0, equals)) != "run_in_transaction") continue;
    const auto value = trim(text.substr(equals + 1));
    if (value != "true" && value != "false") {
      into.error(into.place(metadata, line->number), "run_in_transaction is true or false");
    }
    runs = value != "false";
  }
  return runs;
}

void read_folder(std::string_view folder, const diesel_folder& files, reading& into, migration_list& list) {
  const auto* any = files.down != nullptr ? files.down : files.metadata;
  const auto name = diesel_name(folder);
  if (files.up == nullptr || !name) {
    const auto* file = files.up != nullptr ? files.up : any;
    into.error(into.place(*file), fmt::format("\"{}\" is no migration's folder", folder),
               name ? "Put the migration's SQL into up.sql." : "Folders are named 2024-01-31-120000_add_menu.");
    return;
  }
  directives_result known;
  known.says.no_transaction = files.metadata != nullptr && !runs_in_transaction(*files.metadata, into);
  list.add_up({name->number}, name->title, into.make_script(*files.up, known));
  if (files.down != nullptr) list.add_down({name->number}, name->title, into.make_script(*files.down, known));
}

}  // namespace

void read_diesel(const files_view& files, reading& into) {
  std::map<std::string, diesel_folder> folders;
  for (const auto* file : files) {
    const auto name = into.local(*file);
    const auto slash = name.find('/');
    const auto base = slash == std::string_view::npos ? std::string_view{} : name.substr(slash + 1);
    const std::string folder{name.substr(0, slash)};
    if (base == "up.sql") {
      folders[folder].up = file;
    } else if (base == "down.sql") {
      folders[folder].down = file;
    } else if (base == "metadata.toml") {
      folders[folder].metadata = file;
    } else if (name != "diesel.toml") {
      into.leave_out(*file, name.ends_with(".sql") ? "Migrations are folders with up.sql and down.sql." : "");
    }
  }
  migration_list list{into};
  for (const auto& [folder, found] : folders) read_folder(folder, found, into, list);
  list.finish();
  std::ranges::stable_sort(into.result.migrations, {}, [](const migration_file& one) { return one.number.text; });
}

}  // namespace innkeeper::migration
