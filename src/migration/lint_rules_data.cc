// Rows that are changed, and the values of enums.
#include <fmt/format.h>

#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

constexpr std::string_view batches = "Change the rows in batches by their key, in a file that has no transaction.";

// Conditions that hold for whole tables: what no key bounds.
bool is_backfill(const sql_node& condition) {
  if (condition.type() == "NullTest") return true;
  if (condition.type() != "BoolExpr") return false;
  for (const auto& one : condition["args"].items()) {
    if (!is_backfill(one)) return false;
  }
  return true;
}

void check_all_rows(const lint_context& at) {
  const auto table = relation_of(at.root["relation"]);
  const auto verb = at.root.type() == "UpdateStmt" ? "UPDATE" : "DELETE";
  const auto condition = at.root["whereClause"];
  if (!condition) {
    const bool is_joined = at.root["fromClause"] || at.root["usingClause"];
    at.report_by_size(table,
                      {.rule = "mutation-without-where",
                       .message = fmt::format("{} without WHERE locks every row of {} until the transaction ends", verb,
                                              in_quotes(table)),
                       .hint = std::string{batches},
                       .level = is_joined ? lint_level::warning : lint_level::error});
    return;
  }
  if (!is_backfill(condition) || !at.known.in_transaction()) return;
  at.report_by_size(table,
                    {.rule = "unbatched-backfill",
                     .message = fmt::format("{} may change most of {} at once and keeps its rows locked until the "
                                            "transaction ends",
                                            verb, in_quotes(table)),
                     .hint = std::string{batches}});
}

void check_after_definition(const lint_context& at) {
  const auto& held = at.known.transaction().locked;
  if (held.empty() || !at.known.in_transaction()) return;
  const auto table = relation_of(at.root["relation"]);
  at.report_by_size(held.front(),
                    {.rule = "dml-with-ddl-in-tx",
                     .message = fmt::format("{} stays locked for reads and writes while rows of {} are changed (ACCESS "
                                            "EXCLUSIVE lock)",
                                            in_quotes(held.front()), in_quotes(table)),
                     .hint = "Move the rows' change into a later file."});
}

void check_catalog(const lint_context& at) {
  const auto table = relation_of(at.root["relation"]);
  if (table.name != "pg_enum" || (!table.schema.empty() && table.schema != "pg_catalog")) return;
  at.report({.rule = "enum-value-removal",
             .message =
                 "values of an enum cannot be removed: changing pg_enum by hand breaks indexes and rows that hold "
                 "the value",
             .hint = "Leave the value unused, or make a new type without it and change the columns over."});
}

void check_server_file(const lint_context& at) {
  if (at.root["filename"].text().empty()) return;
  at.report(
      {.rule = "copy-server-file",
       .message = fmt::format("COPY with {} reads or writes on the server, which only privileged roles may",
                              at.root["is_program"].flag() ? "PROGRAM" : "a file"),
       .hint =
           "Write the rows into the file itself, behind COPY … FROM stdin, and end them with a line that holds \\. and "
           "nothing else."});
}

// A string of the statement that is a value which the transaction has added.
const std::string* added_value_in(const lint_context& at) {
  const auto& added = at.known.transaction().enum_values;
  if (added.empty()) return nullptr;
  const std::string* used = nullptr;
  at.root.walk([&](const sql_node& node) {
    const bool is_string = node.type() == "A_Const" && node["sval"];
    if (!is_string) return;
    if (const auto found = added.find(node.text()); found != added.end()) used = &found->first;
  });
  return used;
}

void check_added_value(const lint_context& at) {
  const auto* value = added_value_in(at);
  if (value == nullptr) return;
  at.report({.rule = "enum-add-value-use",
             .message = fmt::format("the value '{}' cannot be used in the transaction that adds it to {} (55P04)",
                                    *value, in_quotes(at.known.transaction().enum_values.at(*value))),
             .hint = "Move ADD VALUE into an earlier file."});
}

void check_added_order(const lint_context& at) {
  if (at.root["oldVal"] || at.root["newValNeighbor"]) return;
  at.report({.rule = "enum-order",
             .message = fmt::format("the value '{}' sorts behind all others of {}", at.root["newVal"].text(),
                                    in_quotes(name_in(at.root["typeName"]))),
             .hint = "Say BEFORE or AFTER if the order matters: it cannot be changed later."});
}

}  // namespace

void lint_data(const lint_context& at) {
  const auto type = at.root.type();
  if (type == "UpdateStmt" || type == "DeleteStmt") check_all_rows(at);
  if (type == "UpdateStmt" || type == "DeleteStmt" || type == "InsertStmt" || type == "MergeStmt") {
    check_after_definition(at);
    check_catalog(at);
  }
  if (type == "CopyStmt") check_server_file(at);
}

void lint_enums(const lint_context& at) {
  if (at.root.type() == "AlterEnumStmt") return check_added_order(at);
  check_added_value(at);
}

}  // namespace innkeeper::migration
