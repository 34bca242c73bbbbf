// The other half of lint_knowledge: what a statement changes of what is known.
#include <algorithm>

#include "migration/column_types.h"
#include "migration/lint_knowledge.h"
#include "migration/sql_words.h"

namespace innkeeper::migration {
namespace {

bool adds_domain_constraint(const sql_node& statement) {
  if (statement.type() == "AlterDomainStmt") {
    const auto kind = statement["subtype"].text();
    return kind == "C" || kind == "O";  // ADD CONSTRAINT, SET NOT NULL
  }
  return constraint_of(statement, "CONSTR_CHECK") || constraint_of(statement, "CONSTR_NOTNULL");
}

std::vector<std::string> key_columns(const sql_node& index) {
  std::vector<std::string> columns;
  for (const auto& one : index["indexParams"].items()) columns.push_back(one["name"].text());
  return columns;
}

std::string joined_columns(const std::vector<std::string>& columns) {
  std::string all;
  for (const auto& one : columns) all += (all.empty() ? "" : "_") + one;
  return all;
}

// Where the type was made by the same transaction.
constexpr int first_with_usable_values = 180000;

// The lock that a file's own tables are no part of.
constexpr std::string_view strongest_lock = "ACCESS EXCLUSIVE";

}  // namespace

void lint_knowledge::begin_file(const lint_file& file) {
  path_ = facts_.path;
  file_is_transactional_ = file.is_transactional;
  in_transaction_ = file.is_transactional;
  transaction_ = {};
  dropped_.clear();
}

void lint_knowledge::learn(const sql_tree& tree, const lint_file& file) {
  const auto node = tree.root();
  const auto type = node.type();
  if (does_nothing(node)) return;
  learn_locks(node);
  if (type == "CreateStmt") {
    learn_table(node, file);
  } else if (type == "CreateTableAsStmt") {
    const auto table = node["into"]["rel"];
    make_table(relation_of(table), table["relpersistence"].text() == "t", node["if_not_exists"].flag(), file);
  } else if (type == "SelectStmt" && node["intoClause"]) {
    make_table(relation_of(node["intoClause"]["rel"]), false, false, file);
  } else if (type == "IndexStmt") {
    learn_index(node);
  } else if (type == "AlterTableStmt") {
    learn_alter(node);
  } else if (type == "DropStmt") {
    learn_drop(node);
  } else if (type == "RenameStmt" || type == "AlterObjectSchemaStmt") {
    learn_rename(node);
  } else if (type == "CreateDomainStmt" || type == "AlterDomainStmt") {
    const auto name = node[type == "CreateDomainStmt" ? "domainname" : "typeName"];
    if (adds_domain_constraint(node)) domains_.insert(name_in(name));
  } else if (type == "AlterEnumStmt" || type == "CreateEnumStmt") {
    learn_enum(node);
  } else if (type == "VariableSetStmt" || type == "SelectStmt") {
    learn_setting(node);
  } else if (type == "TransactionStmt") {
    learn_transaction(node);
  }
  if (!in_transaction_) transaction_ = {};
}

void lint_knowledge::make_table(const relation_name& table, bool is_temporary, bool is_guarded, const lint_file& file) {
  table_state made;
  const bool is_sure = is_temporary || !is_guarded || file.is_phase || exists(table) == false;
  made.use = is_sure ? table_use::fresh : table_use::maybe_fresh;
  const auto name = resolve(table);
  // Without facts a table that was used before is one that exists.
  if (const auto* known = find(name); is_guarded && known != nullptr && !known->is_dropped) return;
  set_state(name, std::move(made));
}

void lint_knowledge::move_table(const relation_name& from, const relation_name& to) {
  const auto old_name = resolve(from);
  table_state moved = state_of(from);
  if (moved.use == table_use::busy && !moved.was) moved.was = old_name;
  set_state(old_name, {.is_dropped = true});
  set_state({to.schema.empty() ? old_name.schema : to.schema, to.name}, std::move(moved));
  for (auto& [index, table] : indexes_) {
    if (table == old_name) table = to;
  }
}

void lint_knowledge::learn_table(const sql_node& create, const lint_file& file) {
  const auto table = relation_of(create["relation"]);
  make_table(table, create["relation"]["relpersistence"].text() == "t", create["if_not_exists"].flag(), file);
  auto& state = state_of(table);
  state.is_partitioned = static_cast<bool>(create["partspec"]);
  for (const auto& element : create["tableElts"].items()) {
    if (element.type() == "Constraint") learn_constraint(table, element, {});
    if (element.type() != "ColumnDef") continue;
    for (const auto& one : element["constraints"].items()) learn_constraint(table, one, element["colname"].text());
  }
}

void lint_knowledge::learn_index(const sql_node& index) {
  const auto table = resolve(relation_of(index["relation"]));
  auto columns = key_columns(index);
  auto name = index["idxname"].text();
  if (name.empty()) name = default_object_name(table.name, joined_columns(columns), "idx");
  indexes_[{table.schema, name}] = table;
  if (!index["whereClause"]) state_of(table).keys.push_back(std::move(columns));
}

void lint_knowledge::learn_constraint(const relation_name& table, const sql_node& constraint,
                                      const std::string& column) {
  auto& state = state_of(table);
  const auto kind = constraint["contype"].text();
  auto name = constraint["conname"].text();
  const bool is_valid = !constraint["skip_validation"].flag();
  if (kind == "CONSTR_NOTNULL") state.not_null.insert(column);
  if (kind == "CONSTR_PRIMARY" || kind == "CONSTR_UNIQUE") {
    auto columns = names_of(constraint["keys"]);
    if (columns.empty() && !column.empty()) columns.push_back(column);
    if (!columns.empty()) state.keys.push_back(std::move(columns));
  }
  if (kind == "CONSTR_CHECK") {
    const auto proven = column_proven_not_null(constraint["raw_expr"]);
    if (is_valid && !proven.empty()) state.not_null.insert(proven);
    if (!is_valid && !proven.empty()) state.not_null_checks[name] = proven;
  }
  if (kind == "CONSTR_FOREIGN") {
    auto columns = names_of(constraint["fk_attrs"]);
    if (columns.empty()) columns.push_back(column);
    if (name.empty()) name = default_object_name(table.name, joined_columns(columns), "fkey");
    state.foreign_keys[name] = relation_of(constraint["pktable"]);
  }
  if (!is_valid && in_transaction_) transaction_.not_valid.emplace(resolve(table), name);
}

void lint_knowledge::learn_alter(const sql_node& alter) {
  if (!is_about_table(alter)) return;
  const auto table = relation_of(alter["relation"]);
  for (const auto& command : alter["cmds"].items()) {
    const auto kind = command["subtype"].text();
    if (kind == "AT_AddConstraint") learn_constraint(table, command["def"], {});
    if (kind == "AT_DropConstraint" && command["missing_ok"].flag()) dropped_.insert(command["name"].text());
    if (kind == "AT_SetNotNull") state_of(table).not_null.insert(command["name"].text());
    if (kind == "AT_DropNotNull") state_of(table).not_null.erase(command["name"].text());
    if (kind == "AT_ValidateConstraint") {
      auto& state = state_of(table);
      const auto found = state.not_null_checks.find(command["name"].text());
      if (found != state.not_null_checks.end()) state.not_null.insert(found->second);
    }
    if (kind != "AT_AddColumn") continue;
    const auto column = command["def"]["colname"].text();
    state_of(table).new_columns.insert(column);
    for (const auto& one : command["def"]["constraints"].items()) learn_constraint(table, one, column);
  }
}

void lint_knowledge::learn_drop(const sql_node& drop) {
  const auto kind = drop["removeType"].text();
  for (const auto& name : names_dropped(drop)) {
    if (drop["missing_ok"].flag()) dropped_.insert(name.name);
    if (kind == "OBJECT_TABLE") set_state(resolve(name), {.is_dropped = true});
    if (kind == "OBJECT_INDEX") std::erase_if(indexes_, [&](const auto& one) { return one.first.name == name.name; });
  }
}

void lint_knowledge::learn_rename(const sql_node& rename) {
  const bool is_move = rename.type() == "AlterObjectSchemaStmt";
  if (rename[is_move ? "objectType" : "renameType"].text() != "OBJECT_TABLE") return;
  const auto from = relation_of(rename["relation"]);
  if (is_move) return move_table(from, {rename["newschema"].text(), from.name});
  move_table(from, {from.schema, rename["newname"].text()});
}

// SET search_path, and pg_dump's set_config('search_path', …).
void lint_knowledge::learn_setting(const sql_node& statement) {
  if (statement.type() == "VariableSetStmt") {
    if (statement["name"].text() != "search_path") return;
    std::vector<std::string> schemas;
    for (const auto& one : statement["args"].items()) schemas.push_back(one.text());
    return learn_search_path(schemas);
  }
  for (const auto& target : statement["targetList"].items()) {
    const auto arguments = target["val"]["args"].items();
    if (last_name(target["val"]["funcname"]) != "set_config" || arguments.size() < 2) continue;
    if (arguments[0].text() == "search_path") learn_search_path({arguments[1].text()});
  }
}

void lint_knowledge::learn_search_path(const std::vector<std::string>& schemas) {
  path_.clear();
  for (const auto& one : schemas) {
    if (!one.empty()) path_.push_back(one);
  }
  if (path_.empty()) path_ = facts_.path;
}

void lint_knowledge::learn_transaction(const sql_node& statement) {
  const auto kind = statement["kind"].text();
  if (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START") {
    in_transaction_ = true;
  } else if (kind == "TRANS_STMT_COMMIT" || kind == "TRANS_STMT_ROLLBACK") {
    in_transaction_ = file_is_transactional_;
    transaction_ = {};
  }
}

void lint_knowledge::learn_enum(const sql_node& statement) {
  const auto type = name_in(statement["typeName"]);
  if (statement.type() == "CreateEnumStmt") {
    transaction_.enum_types.insert(type);
    return;
  }
  const bool is_made_here = transaction_.enum_types.contains(type);
  if (statement["oldVal"] || !in_transaction_) return;
  if (is_made_here && version() >= first_with_usable_values) return;
  transaction_.enum_values[statement["newVal"].text()] = type;
}

void lint_knowledge::learn_locks(const sql_node& statement) {
  if (!in_transaction_ || is_about_views(statement)) return;
  const auto locks = forecast_locks(statement, facts_);
  if (locks.lock != strongest_lock) return;
  for (const auto& table : locks.tables) {
    if (use_of(table) == table_use::fresh) continue;
    const auto name = resolve(table);
    auto& locked = transaction_.locked;
    if (std::find(locked.begin(), locked.end(), name) == locked.end()) locked.push_back(name);
  }
}

}  // namespace innkeeper::migration
