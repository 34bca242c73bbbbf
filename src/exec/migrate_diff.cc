#include "exec/migrate_diff.h"

#include <fmt/format.h>

#include "migration/line_diff.h"
#include "pg/connection.h"

namespace innkeeper::exec {
namespace {

using migration::history_row;

struct changed_file {
  const history_row* row = nullptr;
  const migration::migration_file* file = nullptr;
};

std::vector<changed_file> changed_files(const migration_target& target, const migration::stored_history& stored) {
  std::vector<changed_file> all;
  for (const auto& one : target.files.migrations) {
    if (one.is_repeatable) continue;
    for (const auto& row : stored.rows) {
      const bool is_its_row =
          row.kind == migration::item_kind::versioned && row.is_applied() && compare({row.version}, one.number) == 0;
      if (is_its_row && change_since(row.sums, one.up.text) != migration::text_change::none) {
        all.push_back({&row, &one});
      }
    }
  }
  return all;
}

}  // namespace

std::string changed_since(const migration_target& target, const migration::stored_history& stored) {
  const auto changed = changed_files(target, stored);
  if (changed.empty()) return {};
  auto session = pg::connection::open(
      target.log_in, {.kind = pg::session_kind::service, .application_name = "innkeeper migrate validate"});
  std::string text;
  for (const auto& [row, file] : changed) {
    const auto scripts = session.query(migration::read_scripts_sql(stored.schema, row->kind, row->version));
    if (scripts.empty()) continue;
    text += fmt::format("{}: version {} ran at {} as {} (-), and is written as (+)\n{}", file->up.file, row->version,
                        row->started_at, row->applied_by, migration::line_diff(scripts.text(0, 0), file->up.text));
  }
  return text;
}

}  // namespace innkeeper::exec
