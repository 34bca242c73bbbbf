#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"
#include "migration/file_name.h"
#include "migration/layouts.h"
#include "migration/lines.h"
#include "migration/migration_list.h"

namespace innkeeper::migration {
namespace {

// https://pressly.github.io/goose/documentation/annotations/
enum class annotation { up, down, statement_begin, statement_end, no_transaction, substitution_on, substitution_off };
constexpr std::array<std::pair<std::string_view, annotation>, 7> annotations{{
    {"up", annotation::up},
    {"down", annotation::down},
    {"statementbegin", annotation::statement_begin},
    {"statementend", annotation::statement_end},
    {"no transaction", annotation::no_transaction},
    {"envsub on", annotation::substitution_on},
    {"envsub off", annotation::substitution_off},
}};

std::optional<std::string_view> annotation_text(std::string_view line) {
  return line.starts_with("--") ? words_behind(line, "+goose") : std::nullopt;
}

std::optional<annotation> annotation_of(std::string_view text) {
  const auto found = std::ranges::find(annotations, to_lower(text), &decltype(annotations)::value_type::first);
  return found == annotations.end() ? std::nullopt : std::optional{found->second};
}

// What the annotations say that mark no section. Statements are told apart without StatementBegin and StatementEnd.
class annotation_reader {
 public:
  annotation_reader(const source_file& file, reading& into) : file_{file}, into_{into} {}

  directives_result read(directives_result above) {
    line_reader lines{file_.text};
    while (const auto line = lines.next()) {
      if (const auto text = annotation_text(line->text)) take(line->number, *text, above);
    }
    if (open_) into_.error(into_.place(file_, open_), "\"-- +goose StatementBegin\" has no end");
    return above;
  }

 private:
  void take(int number, std::string_view text, directives_result& above) {
    const auto found = annotation_of(text);
    if (!found) return refuse(number, text);
    switch (*found) {
      case annotation::up:
      case annotation::down:
      case annotation::substitution_off:
        break;
      case annotation::statement_begin:
        open_ = number;
        break;
      case annotation::statement_end:
        if (open_ == 0) into_.error(into_.place(file_, number), "\"-- +goose StatementEnd\" has no begin");
        open_ = 0;
        break;
      case annotation::no_transaction:
        above.says.no_transaction = true;
        break;
      case annotation::substitution_on:
        into_.error(into_.place(file_, number), "variables of the environment are not substituted",
                    "Write the values themselves and leave out \"-- +goose ENVSUB ON\".");
        break;
    }
  }

  void refuse(int number, std::string_view text) {
    std::vector<std::string_view> names;
    for (const auto& one : annotations) names.push_back(one.first);
    const auto meant = nearest(to_lower(text), names);
    into_.error(into_.place(file_, number), fmt::format("\"-- +goose {}\" is no annotation", text),
                meant.empty() ? "" : fmt::format("Did you mean \"{}\"?", meant));
  }

  const source_file& file_;
  reading& into_;
  int open_ = 0;  // the line of the StatementBegin that has no end yet
};

bool is_go_migration(std::string_view base) {
  if (!base.ends_with(".go") || base.ends_with("_test.go")) return false;
  const auto number = base.substr(0, base.find('_'));
  return number.size() < base.size() && is_all_digits(number);
}

void read_goose_file(const source_file& file, const numbered_name& name, reading& into, migration_list& list) {
  static const section_rules rules{.up_mark = "-- +goose Up", .mark = goose_mark};
  const auto found = read_sections(into, file, rules);
  if (!found.up) return;
  // A title may end in .up or .down, which says nothing here.
  const std::string title = name.title + (!name.which ? "" : *name.which == half::up ? ".up" : ".down");
  const auto above = annotation_reader{file, into}.read(found.above);
  list.add_up({name.number}, title, into.make_script(file, *found.up, above));
  if (!found.down) return;
  if (found.down->mark_line < found.up->mark_line) {
    into.error(into.place(file, found.down->mark_line), "\"-- +goose Down\" stands above \"-- +goose Up\"");
  }
  list.add_down({name.number}, title, into.make_script(file, *found.down, above));
}

}  // namespace

std::optional<marked_half> goose_mark(std::string_view line) {
  const auto text = annotation_text(line);
  const auto found = text ? annotation_of(*text) : std::nullopt;
  if (found == annotation::up) return marked_half{.which = half::up};
  if (found == annotation::down) return marked_half{.which = half::down};
  return std::nullopt;
}

void read_goose(const files_view& files, reading& into) {
  migration_list list{into};
  for (const auto* file : files) {
    const auto base = into.local(*file);
    if (is_go_migration(base)) {
      into.error(into.place(*file), fmt::format("\"{}\" is a migration that isn't SQL", base),
                 "Write what it does as SQL, under the same version.");
    } else if (const auto name = parse_numbered_name(base)) {
      read_goose_file(*file, *name, into, list);
    } else if (!base.ends_with(".go")) {
      into.leave_out(*file, "Migrations are named 20240131120000_add_menu.sql or 00001_add_menu.sql.");
    }
  }
  list.finish();
}

}  // namespace innkeeper::migration
