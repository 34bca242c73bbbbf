// What reads or writes whole tables at once, and what takes locks for their own sake.
#include <fmt/format.h>

#include <algorithm>

#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

constexpr std::string_view strongest = "ACCESS EXCLUSIVE";

bool has_option(const sql_node& vacuum, std::string_view name) {
  const auto options = vacuum["options"].items();
  return std::any_of(options.begin(), options.end(),
                     [&](const sql_node& one) { return one["defname"].text() == name; });
}

void check_refresh(const lint_context& at) {
  if (at.root["concurrent"].flag()) return;
  const auto view = relation_of(at.root["relation"]);
  const sql_words words{at.statement.text};
  at.report_by_size(
      view,
      {.rule = "refresh-matview",
       .message = fmt::format("REFRESH MATERIALIZED VIEW {} blocks its readers until it is filled (ACCESS EXCLUSIVE "
                              "lock)",
                              in_quotes(view)),
       .hint = "Use CONCURRENTLY, for which the view needs a unique index over all its rows.",
       .rewrite = fmt::format("{} CONCURRENTLY {};", words.slice(0, 3), words.slice(3, words.size()))});
}

void check_vacuum_full(const lint_context& at) {
  if (!has_option(at.root, "full")) return;
  const std::string hint =
      "Plain VACUUM blocks nobody and is enough nearly always; to give space back on a table in use, "
      "take pg_repack.";
  const auto tables = at.root["rels"].items();
  if (tables.empty()) {
    at.report({.rule = "vacuum-full",
               .message = "VACUUM FULL writes every table of the database anew (ACCESS EXCLUSIVE locks)",
               .hint = hint});
  }
  for (const auto& one : tables) {
    const auto table = relation_of(one["relation"]);
    at.report_by_size(table,
                      {.rule = "vacuum-full",
                       .message = fmt::format("VACUUM FULL writes {} anew and blocks reads and writes until then "
                                              "(ACCESS EXCLUSIVE lock)",
                                              in_quotes(table)),
                       .hint = hint});
  }
}

void check_cluster(const lint_context& at) {
  const auto table = relation_of(at.root["relation"]);
  at.report_by_size(table,
                    {.rule = "cluster",
                     .message = fmt::format("CLUSTER writes {} anew and blocks reads and writes until then (ACCESS "
                                            "EXCLUSIVE lock)",
                                            table.name.empty() ? "tables" : in_quotes(table)),
                     .hint = "To order the rows of a table in use, take pg_repack."});
}

void check_lock(const lint_context& at) {
  const auto mode = static_cast<lock_mode>(at.root["mode"].number());
  if (mode < lock_mode::share) return;
  for (const auto& one : at.root["relations"].items()) {
    const auto table = relation_of(one);
    at.report_in_use(table, {.rule = "lock-table",
                             .message = fmt::format("LOCK TABLE blocks {} of {} until the transaction ends ({} lock)",
                                                    mode == lock_mode::access_exclusive ? "reads and writes" : "writes",
                                                    in_quotes(table), to_string(mode)),
                             .hint = "Leave it out: each statement takes the lock that it needs."});
  }
}

// What PostgreSQL refuses inside a transaction, beside the concurrent ones.
std::string_view refused_in_transaction(const sql_node& statement) {
  const auto type = statement.type();
  if (type == "VacuumStmt" && statement["is_vacuumcmd"].flag()) return "VACUUM";
  if (type == "CreatedbStmt") return "CREATE DATABASE";
  if (type == "DropdbStmt") return "DROP DATABASE";
  if (type == "CreateTableSpaceStmt") return "CREATE TABLESPACE";
  if (type == "DropTableSpaceStmt") return "DROP TABLESPACE";
  if (type == "AlterSystemStmt") return "ALTER SYSTEM";
  if (type == "ClusterStmt" && !statement["relation"]) return "CLUSTER of all tables";
  if (type != "ReindexStmt") return {};
  const auto kind = statement["kind"].text();
  return kind == "REINDEX_OBJECT_INDEX" || kind == "REINDEX_OBJECT_TABLE" ? "" : "REINDEX of all tables";
}

void check_in_transaction_block(const lint_context& at) {
  const auto what = refused_in_transaction(at.root);
  if (what.empty() || !at.known.in_transaction()) return;
  at.report({.rule = "not-in-transaction",
             .message = fmt::format("{} cannot run inside a transaction", what),
             .hint = "Begin the file with \"-- innkeeper: no-transaction\": its statements are then sent one by one.",
             .rewrite = at.no_transaction(sql_words{at.statement.text}.all() + ";")});
}

// The first statement that locks a second table, while the first's lock is held.
void check_wide_window(const lint_context& at) {
  const auto& held = at.known.transaction().locked;
  if (!at.known.in_transaction() || held.size() != 1 || is_about_views(at.root) || at.known.does_nothing(at.root))
    return;
  const auto locks = forecast_locks(at.root, at.known.facts());
  if (locks.lock != strongest) return;
  for (const auto& table : locks.tables) {
    const auto name = at.known.resolve(table);
    if (name == held.front() || at.known.use_of(table) == table_use::fresh) continue;
    return at.report({.rule = "wide-lock-window",
                      .message = fmt::format("{} stays locked while this waits for {} (ACCESS EXCLUSIVE locks)",
                                             in_quotes(held.front()), in_quotes(table)),
                      .hint = "Move it into a file of its own: one table for each transaction."});
  }
}

}  // namespace

void lint_maintenance(const lint_context& at) {
  const auto type = at.root.type();
  if (type == "RefreshMatViewStmt") check_refresh(at);
  if (type == "VacuumStmt") check_vacuum_full(at);
  if (type == "ClusterStmt") check_cluster(at);
  if (type == "LockStmt") check_lock(at);
  check_in_transaction_block(at);
  check_wide_window(at);
}

}  // namespace innkeeper::migration
