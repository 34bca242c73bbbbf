#include "exec/look_notes.h"

#include <fmt/format.h>

#include "core/sql.h"
#include "pg/connection.h"

namespace innkeeper::exec {
namespace {

std::string sql_of(const look_changes& changes) {
  std::string sql;
  if (!changes.note.empty()) {
    sql = "INSERT INTO innkeeper.look (database, name, wanted, found) VALUES";
    const char* separator = "\n";
    for (const auto& [name, look] : changes.note) {
      sql += fmt::format("{}({}, {}, {}, {})", separator, look.database, quote_literal(name.value),
                         quote_literal(look.wanted), quote_literal(look.found));
      separator = ",\n";
    }
    sql +=
        "\nON CONFLICT (database) DO UPDATE SET name = excluded.name, wanted = excluded.wanted, "
        "found = excluded.found, looked_at = pg_catalog.clock_timestamp();\n";
  }
  if (!changes.forget.empty()) {
    sql += "DELETE FROM innkeeper.look WHERE database IN (";
    const char* separator = "";
    for (const auto oid : changes.forget) {
      sql += fmt::format("{}{}", separator, oid);
      separator = ", ";
    }
    sql += ");\n";
  }
  return sql;
}

}  // namespace

void note_looks(const server_access& access, const look_changes& changes, const event_sink& tell) {
  if (changes.empty()) return;
  conninfo target = access.admin;
  target.database = registry_database;
  try {
    auto session = pg::connection::open(target, {.application_name = "innkeeper registry"});
    session.query(sql_of(changes));
  } catch (const pg::error& failure) {
    tell({.kind = event_kind::note,
          .server = access.server->name,
          .text = fmt::format("what was seen could not be noted for quick plans: {}", failure.what())});
  }
}

}  // namespace innkeeper::exec
