// What is about the file and not about tables: its transaction, the session's settings, running it again.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "migration/column_types.h"
#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

bool opens(std::string_view kind) {
  return kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START";
}

bool closes(std::string_view kind) {
  return kind == "TRANS_STMT_COMMIT" || kind == "TRANS_STMT_ROLLBACK" || kind == "TRANS_STMT_PREPARE";
}

std::string all_words_of(const lint_context& at) {
  return sql_words{at.statement.text}.all();
}

struct setting {
  std::string name;
  bool is_local = false;
  bool is_empty_path = false;
};

// SET, or SELECT set_config(…).
std::optional<setting> setting_of(const sql_node& statement) {
  if (statement.type() == "VariableSetStmt") {
    const auto kind = statement["kind"].text();
    if (kind != "VAR_SET_VALUE" && kind != "VAR_SET_MULTI") return std::nullopt;
    const auto values = statement["args"].items();
    const auto name = statement["name"].text();
    return setting{.name = name,
                   .is_local = statement["is_local"].flag() || name == "TRANSACTION",
                   .is_empty_path = name == "search_path" && values.size() == 1 && values.front().text().empty()};
  }
  for (const auto& target : statement["targetList"].items()) {
    const auto arguments = target["val"]["args"].items();
    if (last_name(target["val"]["funcname"]) != "set_config" || arguments.size() != 3) continue;
    const auto name = arguments[0].text();
    return setting{.name = name,
                   .is_local = arguments[2]["boolval"]["boolval"].flag(),
                   .is_empty_path = name == "search_path" && arguments[1].text().empty()};
  }
  return std::nullopt;
}

std::string local_setting(const lint_context& at) {
  if (at.root.type() != "VariableSetStmt") return {};
  const sql_words words{at.statement.text};
  return fmt::format("SET LOCAL {};", words.slice(words.is(1, "session") ? 2 : 1, words.size()));
}

void check_setting(const lint_context& at, const setting& set) {
  if (set.is_empty_path && !set.is_local) {
    return at.report({.rule = "empty-search-path",
                      .message =
                          "an empty search_path stays for the files that follow: names without a schema are found "
                          "nowhere then",
                      .hint = "Leave it out, or make it local: set_config('search_path', '', true)."});
  }
  if (!set.is_local && at.known.in_transaction()) {
    return at.report({.rule = "session-setting",
                      .message = fmt::format("SET {} outlasts the file's transaction", set.name),
                      .hint = "Use SET LOCAL. What is left behind is reset before the next file.",
                      .rewrite = local_setting(at)});
  }
  if (set.is_local && !at.known.in_transaction()) {
    at.report({.rule = "set-local-without-transaction",
               .message = fmt::format("SET LOCAL {} does nothing outside a transaction", set.name),
               .hint = "Use SET in this file; it is reset before the next one."});
  }
}

struct guard {
  std::string_view type;   // of the statement
  std::string_view field;  // of the tree, that is true where it is guarded
  std::string_view words;  // "CREATE TABLE"
  std::string_view guarded;
};
constexpr auto guards = std::to_array<guard>({
    {"CreateStmt", "if_not_exists", "CREATE TABLE", "IF NOT EXISTS"},
    {"CreateTableAsStmt", "if_not_exists", "CREATE TABLE AS", "IF NOT EXISTS"},
    {"IndexStmt", "if_not_exists", "CREATE INDEX", "IF NOT EXISTS"},
    {"CreateSchemaStmt", "if_not_exists", "CREATE SCHEMA", "IF NOT EXISTS"},
    {"CreateSeqStmt", "if_not_exists", "CREATE SEQUENCE", "IF NOT EXISTS"},
    {"CreateExtensionStmt", "if_not_exists", "CREATE EXTENSION", "IF NOT EXISTS"},
    {"ViewStmt", "replace", "CREATE VIEW", "OR REPLACE"},
    {"CreateFunctionStmt", "replace", "CREATE FUNCTION", "OR REPLACE"},
    {"CreateTrigStmt", "replace", "CREATE TRIGGER", "OR REPLACE, from PostgreSQL 14 on"},
    {"DropStmt", "missing_ok", "DROP", "IF EXISTS"},
});

void report_unguarded(const lint_context& at, std::string_view what, std::string_view way) {
  at.report({.rule = "not-robust",
             .message = fmt::format("{} fails when the file is run again", what),
             .hint = fmt::format("Write it so that a second run does nothing: {}.", way),
             .level = at.file.is_phase ? lint_level::error : lint_level::warning});
}

void check_unguarded_command(const lint_context& at, const sql_node& command) {
  const auto kind = command["subtype"].text();
  if (command["missing_ok"].flag()) return;
  if (kind == "AT_AddColumn") report_unguarded(at, "ADD COLUMN", "IF NOT EXISTS");
  if (kind == "AT_DropColumn") report_unguarded(at, "DROP COLUMN", "IF EXISTS");
  if (kind == "AT_DropConstraint") report_unguarded(at, "DROP CONSTRAINT", "IF EXISTS");
  if (kind == "AT_AddConstraint" && !at.known.is_dropped_before(command["def"]["conname"].text())) {
    report_unguarded(at, "ADD CONSTRAINT",
                     "a DO block that looks into pg_constraint, or DROP CONSTRAINT IF EXISTS before");
  }
}

std::string name_made_by(const sql_node& statement) {
  for (const char* field : {"idxname", "trigname"}) {
    if (statement[field]) return statement[field].text();
  }
  for (const char* field : {"funcname", "typeName", "domainname"}) {
    if (statement[field].items().empty()) continue;
    return last_name(statement[field]);
  }
  const char* field = statement.type() == "ViewStmt" ? "view" : "relation";
  return relation_of(statement["into"] ? statement["into"]["rel"] : statement[field]).name;
}

// What phases have to do at each run, and what files without a transaction repeat after a failure.
void check_unguarded(const lint_context& at) {
  const auto type = at.root.type();
  if (type == "IndexStmt" && at.root["concurrent"].flag() && !at.file.is_phase) return;  // concurrent-if-not-exists
  if (type != "DropStmt" && at.known.is_dropped_before(name_made_by(at.root))) return;
  for (const auto& one : guards) {
    if (one.type == type && !at.root[one.field].flag()) report_unguarded(at, one.words, one.guarded);
  }
  if (type == "AlterTableStmt" && is_about_table(at.root)) {
    for (const auto& command : at.root["cmds"].items()) check_unguarded_command(at, command);
  }
  if (type == "AlterEnumStmt" && !at.root["oldVal"] && !at.root["skipIfNewValExists"].flag()) {
    report_unguarded(at, "ADD VALUE", "IF NOT EXISTS");
  }
  const bool makes_type = type == "CreateEnumStmt" || type == "CreateDomainStmt" || type == "CompositeTypeStmt";
  if (makes_type) {
    report_unguarded(at, type == "CreateDomainStmt" ? "CREATE DOMAIN" : "CREATE TYPE",
                     "a DO block that catches duplicate_object and unique_violation");
  }
}

// A seed that is run at every start.
void check_repeated_rows(const lint_context& at) {
  const bool has_condition = at.root["selectStmt"]["whereClause"] || at.root["onConflictClause"];
  if (at.root.type() != "InsertStmt" || !at.file.is_phase || has_condition) return;
  report_unguarded(at, "INSERT", "ON CONFLICT DO NOTHING");
}

}  // namespace

void lint_transactions(const lint_context& at) {
  if (at.root.type() != "TransactionStmt" || !at.file.is_transactional) return;
  const auto kind = at.root["kind"].text();
  if (!opens(kind) && !closes(kind)) return;
  at.report({.rule = "nested-transaction",
             .message = fmt::format("{} takes the file's transaction away from the runner", all_words_of(at)),
             .hint = "Leave it out: the file is one transaction already. If it has to be several, begin the file with "
                     "\"-- innkeeper: no-transaction\"."});
}

void lint_settings(const lint_context& at) {
  const auto type = at.root.type();
  if (type != "VariableSetStmt" && type != "SelectStmt") return;
  if (const auto set = setting_of(at.root)) check_setting(at, *set);
}

void lint_guards(const lint_context& at) {
  const bool runs_again = at.file.is_phase || (!at.file.is_transactional && !at.known.in_transaction());
  if (!runs_again || at.known.does_nothing(at.root)) return;
  check_unguarded(at);
  check_repeated_rows(at);
}

void lint_file_end::take(const lint_context& at) {
  const place here{&at.file, &at.statement, at.order};
  const auto type = at.root.type();
  if (type == "TransactionStmt" && !at.file.is_transactional) {
    const auto kind = at.root["kind"].text();
    if (opens(kind) && !open_transaction_) open_transaction_ = here;
    if (closes(kind)) open_transaction_.reset();
  }
  const bool defines = type.starts_with("Create") || type.starts_with("Alter") || type == "IndexStmt" ||
                       type == "ViewStmt" || type == "RenameStmt";
  const auto name = at.root[type == "ViewStmt" ? "view" : "relation"];
  const auto table = relation_of(name);
  const bool is_temporary = name["relpersistence"].text() == "t";
  if (!defines || is_temporary || table.name.empty() || !table.schema.empty()) return;
  if (!first_unqualified_) {
    first_unqualified_ = here;
    unqualified_name_ = table.name;
  }
  unqualified_.insert(table.name);
}

void lint_file_end::report(lint_collector& findings) const {
  if (open_transaction_) {
    const auto& [file, statement, order] = *open_transaction_;
    findings.add(*file, *statement, order,
                 {.rule = "uncommitted-transaction",
                  .message = "BEGIN without COMMIT: nothing of what follows is kept",
                  .hint = "End it with COMMIT."});
  }
  if (!first_unqualified_) return;
  const auto& [file, statement, order] = *first_unqualified_;
  const std::size_t others = unqualified_.size() - 1;
  findings.add(
      *file, *statement, order,
      {.rule = "unqualified-name",
       .message = fmt::format("{} has no schema{}: the search_path decides where it is", in_quotes(unqualified_name_),
                              others == 0   ? ""
                              : others == 1 ? ", nor has one more name of this file"
                                            : fmt::format(", nor have {} more names of this file", others)),
       .hint = "Write the schema before the name."});
}

}  // namespace innkeeper::migration
