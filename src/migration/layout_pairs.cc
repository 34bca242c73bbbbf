// golang-migrate and sqlx: a file for each direction.
#include <algorithm>

#include "migration/file_name.h"
#include "migration/layouts.h"
#include "migration/migration_list.h"
#include "migration/own_transaction.h"

namespace innkeeper::migration {
namespace {

constexpr std::string_view byte_order = "\xEF\xBB\xBF";

void add_one_half(const numbered_name& name, script made, migration_list& list) {
  if (name.which == half::down) {
    list.add_down({name.number}, name.title, std::move(made));
  } else {
    list.add_up({name.number}, name.title, std::move(made));
  }
}

// https://docs.rs/sqlx/latest/sqlx/migrate: the file's very first bytes.
bool says_no_transaction(std::string_view text) {
  if (text.starts_with(byte_order)) text.remove_prefix(byte_order.size());
  return text.starts_with("-- no-transaction");
}

}  // namespace

void read_golang_migrate(const files_view& files, reading& into) {
  migration_list list{into};
  for (const auto* file : files) {
    const auto name = parse_numbered_name(into.local(*file));
    if (!name || !name->which) {
      into.leave_out(*file, "Migrations are named 1_add_menu.up.sql and 1_add_menu.down.sql.");
      continue;
    }
    auto made = into.make_script(*file);
    // It sends the file as one message, which is no transaction block where it holds one statement.
    const auto& all = made.statements;
    if (all.size() == 1 && runs_outside_transaction(all.front())) made.says.no_transaction = true;
    add_one_half(*name, std::move(made), list);
  }
  list.finish();
}

void read_sqlx(const files_view& files, reading& into) {
  migration_list list{into};
  for (const auto* file : files) {
    const auto name = parse_numbered_name(into.local(*file));
    if (!name) {
      into.leave_out(*file, "Migrations are named 20240131120000_add_menu.sql, or .up.sql and .down.sql.");
      continue;
    }
    directives_result known;
    known.says.no_transaction = says_no_transaction(file->text);
    add_one_half(*name, into.make_script(*file, std::move(known)), list);
  }
  list.finish();
}

}  // namespace innkeeper::migration
