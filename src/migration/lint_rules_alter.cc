// ALTER TABLE: who looks at which command, and what is no column and no constraint.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "migration/column_types.h"
#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

void check_storage(const alter_context& at) {
  struct row {
    std::string_view subtype;
    std::string_view rule;
    std::string_view words;
  };
  static constexpr auto rows = std::to_array<row>({
      {"AT_SetLogged", "set-logged", "SET LOGGED"},
      {"AT_SetUnLogged", "set-logged", "SET UNLOGGED"},
      {"AT_SetTableSpace", "set-tablespace", "SET TABLESPACE"},
      {"AT_SetAccessMethod", "set-access-method", "SET ACCESS METHOD"},
  });
  const auto kind = at.command["subtype"].text();
  const auto* found_row = std::find_if(rows.begin(), rows.end(), [&](const row& one) { return one.subtype == kind; });
  if (found_row == rows.end()) return;
  at.at.report_by_size(
      at.table, {.rule = found_row->rule,
                 .message = fmt::format("{} writes {} anew and blocks reads and writes until then (ACCESS EXCLUSIVE "
                                        "lock)",
                                        found_row->words, in_quotes(at.table)),
                 .hint = "Choose a time when nobody uses the table, or make a new table and move the rows over."});
}

void check_attach(const alter_context& at) {
  const auto child = relation_of(at.definition()["name"]);
  at.at.report_by_size(
      child,
      {.rule = "attach-partition",
       .message = fmt::format("ATTACH PARTITION blocks reads and writes of {} while every row is checked against the "
                              "bounds (ACCESS EXCLUSIVE lock)",
                              in_quotes(child)),
       .hint = "Add a CHECK that says the same as the bounds with NOT VALID, VALIDATE it in an earlier transaction, "
               "and drop it afterwards: ATTACH then reads nothing."});
}

void check_detach(const alter_context& at) {
  if (at.definition()["concurrent"].flag()) {
    if (!at.at.known.in_transaction()) return;
    return at.at.report(
        {.rule = "concurrent-in-tx",
         .message = "DETACH PARTITION CONCURRENTLY cannot run inside a transaction",
         .hint = "Begin the file with \"-- innkeeper: no-transaction\": its statements are then sent one by "
                 "one.",
         .rewrite = at.at.no_transaction(sql_words{at.at.statement.text}.all() + ";")});
  }
  const bool has_concurrently = at.at.known.version() >= 140000;
  const auto commands = at.words().commands;
  at.at.report_in_use(
      at.table, {.rule = "detach-partition",
                 .message = fmt::format(
                     "DETACH PARTITION waits for every query of {} and blocks those that follow (ACCESS EXCLUSIVE "
                     "lock)",
                     in_quotes(at.table)),
                 .hint = has_concurrently
                             ? "Use CONCURRENTLY, in a file that has no transaction."
                             : "From PostgreSQL 14 on it can be done CONCURRENTLY; until then do it alone in a file.",
                 .rewrite = has_concurrently && !commands.empty()
                                ? at.at.no_transaction(at.alter(commands.front() + " CONCURRENTLY"))
                                : ""});
}

void check_row_security(const alter_context& at) {
  at.at.report_in_use(at.table, {.rule = "row-level-security",
                                 .message = fmt::format(
                                     "switching row level security on {} waits for every query of it and blocks those "
                                     "that follow (ACCESS EXCLUSIVE lock); without a fitting policy its rows are gone "
                                     "from sight",
                                     in_quotes(at.table)),
                                 .hint = "Create the policies first, and do this alone in a file."});
}

void check_toggled_trigger(const alter_context& at) {
  at.at.report_in_use(
      at.table, {.rule = "toggle-trigger",
                 .message = fmt::format("switching triggers of {} blocks writes until the transaction ends (SHARE ROW "
                                        "EXCLUSIVE lock), and what the triggers keep right may go wrong meanwhile",
                                        in_quotes(at.table)),
                 .hint = "Do it alone in a file; for one session, set session_replication_role instead."});
}

bool is_about_triggers(std::string_view kind) {
  return kind.find("Trig") != std::string_view::npos;
}

bool is_about_row_security(std::string_view kind) {
  return kind.ends_with("RowSecurity");
}

void check_command(const alter_context& at) {
  const auto kind = at.command["subtype"].text();
  if (at.at.known.does_nothing(at.table, at.command)) return;
  if (kind == "AT_AddConstraint") return lint_added_constraint(at);
  if (kind == "AT_AddColumn") return lint_added_column(at);
  if (kind == "AT_AttachPartition") return check_attach(at);
  if (kind == "AT_DetachPartition") return check_detach(at);
  if (is_about_row_security(kind)) return check_row_security(at);
  if (is_about_triggers(kind)) return check_toggled_trigger(at);
  lint_constraint_change(at);
  lint_column_change(at);
  check_storage(at);
}

void check_trigger(const lint_context& at) {
  const auto table = relation_of(at.root["relation"]);
  at.report_in_use(table, {.rule = "create-trigger",
                           .message = fmt::format(
                               "CREATE TRIGGER on {} waits for its writers and blocks those that follow (SHARE ROW "
                               "EXCLUSIVE lock)",
                               in_quotes(table)),
                           .hint = "Do it alone in a file, so that the lock is held for a moment only."});
}

void check_policy(const lint_context& at) {
  const auto table = relation_of(at.root["table"]);
  at.report_in_use(table,
                   {.rule = "create-policy",
                    .message = fmt::format("{} on {} waits for every query of it and blocks those that follow (ACCESS "
                                           "EXCLUSIVE lock)",
                                           at.root.type() == "CreatePolicyStmt" ? "CREATE POLICY" : "ALTER POLICY",
                                           in_quotes(table)),
                    .hint = "Do it alone in a file, so that the lock is held for a moment only."});
}

void check_partition_of(const lint_context& at) {
  if (!at.root["partbound"] || at.known.does_nothing(at.root)) return;
  for (const auto& one : at.root["inhRelations"].items()) {
    const auto parent = relation_of(one);
    at.report_in_use(
        parent, {.rule = "create-partition-of",
                 .message = fmt::format("CREATE TABLE … PARTITION OF waits for every query of {} and blocks those that "
                                        "follow (ACCESS EXCLUSIVE lock)",
                                        in_quotes(parent)),
                 .hint = "Create the table by itself, LIKE the parent, and ATTACH it: that blocks nobody."});
  }
}

}  // namespace

void lint_alter_table(const lint_context& at) {
  if (at.root.type() != "AlterTableStmt" || !is_about_table(at.root) || at.known.does_nothing(at.root)) return;
  const auto commands = at.root["cmds"].items();
  const auto begins = commands.size() > 1 ? split_alter_table(at.statement.text).begins : std::vector<std::size_t>{};
  for (std::size_t i = 0; i < commands.size(); ++i) {
    lint_context here = at;
    if (i < begins.size()) here.offset = static_cast<std::int64_t>(begins[i]);
    check_command({.at = here, .table = relation_of(at.root["relation"]), .command = commands[i], .index = i});
  }
}

void lint_table_locks(const lint_context& at) {
  const auto type = at.root.type();
  if (type == "CreateTrigStmt") check_trigger(at);
  if (type == "CreatePolicyStmt" || type == "AlterPolicyStmt") check_policy(at);
  if (type == "CreateStmt") check_partition_of(at);
}

}  // namespace innkeeper::migration
