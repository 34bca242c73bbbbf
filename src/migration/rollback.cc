#include "migration/rollback.h"

#include <fmt/format.h>

#include "migration/sql_tree.h"

namespace innkeeper::migration {
namespace {

std::string dropped_by_alter(const sql_node& alter) {
  const auto table = relation_of(alter["relation"]).name;
  for (const auto& command : alter["cmds"].items()) {
    const auto what = command["subtype"].text();
    if (what == "AT_DropColumn") return fmt::format("drops column {} of {}", command["name"].text(), table);
    if (what == "AT_AlterColumnType") return fmt::format("changes the type of {} of {}", command["name"].text(), table);
    if (what == "AT_DetachPartition") return {};
  }
  return {};
}

std::string dropped_object(const sql_node& drop) {
  const auto kind = drop["removeType"].text();
  const bool holds_data = kind == "OBJECT_TABLE" || kind == "OBJECT_SCHEMA" || kind == "OBJECT_MATVIEW" ||
                          kind == "OBJECT_SEQUENCE" || kind == "OBJECT_FOREIGN_TABLE";
  if (!holds_data) return drop["behavior"].text() == "DROP_CASCADE" ? "drops with CASCADE" : std::string{};
  const auto objects = drop["objects"].items();
  const auto name = objects.empty() ? std::string{} : last_name(objects[0]);
  const auto word = kind == "OBJECT_TABLE" ? "table" : kind == "OBJECT_SCHEMA" ? "schema" : "relation";
  return fmt::format("drops {} {}", word, name.empty() && !objects.empty() ? objects[0].text() : name);
}

// What is lost with a statement; "" for nothing that can be seen.
std::string loss_of(const sql_statement& statement) {
  const auto tree = sql_tree::parse(statement.text);
  if (!tree) return "has a statement that can't be analysed";
  const auto root = tree->root();
  const auto type = root.type();
  if (type == "DropStmt") return dropped_object(root);
  if (type == "AlterTableStmt") return dropped_by_alter(root);
  if (type == "TruncateStmt") return "truncates a table";
  if (type == "DeleteStmt") return fmt::format("deletes rows of {}", relation_of(root["relation"]).name);
  if (type == "UpdateStmt") return fmt::format("overwrites rows of {}", relation_of(root["relation"]).name);
  return {};
}

std::string first_loss(const std::vector<sql_statement>& statements) {
  for (const auto& one : statements) {
    if (auto loss = loss_of(one); !loss.empty()) return loss;
  }
  return {};
}

}  // namespace

std::string_view to_string(reversibility one) {
  switch (one) {
    case reversibility::reversible:
      return "reversible";
    case reversibility::lossy:
      return "lossy";
    case reversibility::irreversible:
      return "irreversible";
  }
  return {};
}

rollback_class class_of_down(const std::vector<sql_statement>& statements) {
  const auto loss = first_loss(statements);
  if (loss.empty()) return {};
  return {.what = reversibility::lossy, .why = fmt::format("its down script {}", loss)};
}

rollback_class class_of(const migration_file& one) {
  if (!one.down) return {.what = reversibility::irreversible, .why = "it has no down script"};
  if (const auto loss = first_loss(one.up.statements); !loss.empty()) {
    return {.what = reversibility::lossy, .why = fmt::format("its up script {}", loss)};
  }
  return class_of_down(one.down->statements);
}

}  // namespace innkeeper::migration
