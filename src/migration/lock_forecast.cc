#include "migration/lock_forecast.h"

#include <algorithm>
#include <array>

#include "migration/column_types.h"
#include "migration/lint_knowledge.h"

namespace innkeeper::migration {
namespace {

constexpr auto mode_names =
    std::to_array<std::string_view>({"", "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
                                     "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"});

class lock_forecaster {
 public:
  explicit lock_forecaster(const lint_facts& facts) : facts_{facts} {}

  void take(const sql_node& statement);
  [[nodiscard]] lock_forecast result() const {
    lock_forecast forecast{
        .lock = std::string{to_string(mode_)}, .tables = tables_, .rewrites = rewrites_, .scans = scans_};
    auto& parents = mode_ == lock_mode::share_row_exclusive ? forecast.tables : forecast.referenced;
    for (const auto& one : parents_) {
      if (std::find(tables_.begin(), tables_.end(), one) == tables_.end()) parents.push_back(one);
    }
    return forecast;
  }

 private:
  void lock(lock_mode mode, const relation_name& table) {
    if (table.name.empty()) return;
    if (mode > mode_) {
      mode_ = mode;
      tables_.clear();
    }
    if (mode == mode_) add(table);
  }
  // Without a table that could be named.
  void lock(lock_mode mode) {
    if (mode > mode_) tables_.clear();
    mode_ = std::max(mode, mode_);
  }
  void add(const relation_name& table) {
    if (std::find(tables_.begin(), tables_.end(), table) == tables_.end()) tables_.push_back(table);
  }
  void lock_parent(const relation_name& parent) {
    if (mode_ < lock_mode::share_row_exclusive) tables_.clear();
    mode_ = std::max(mode_, lock_mode::share_row_exclusive);
    if (std::find(parents_.begin(), parents_.end(), parent) == parents_.end()) parents_.push_back(parent);
  }
  void lock_index(lock_mode mode, const relation_name& index) {
    const auto table = table_of(index);
    if (table) return lock(mode, *table);
    lock(mode);
  }
  void lock_all(lock_mode mode, const sql_node& relations) {
    for (const auto& one : relations.items()) lock(mode, relation_of(one));
  }

  [[nodiscard]] std::optional<relation_name> table_of(const relation_name& index) const;
  [[nodiscard]] std::vector<relation_name> parents_of(const relation_name& table) const;
  [[nodiscard]] bool exists_already(const sql_node& create) const;

  void take_create(const sql_node& create);
  void take_alter(const sql_node& alter);
  void take_command(const relation_name& table, const sql_node& command);
  void take_constraint(const relation_name& table, const sql_node& constraint);
  void take_column(const relation_name& table, const sql_node& column);
  void take_type(const relation_name& table, const sql_node& command);
  void take_dropped_constraint(const relation_name& table, const std::string& name);
  void take_drop(const sql_node& drop);
  void take_rename(const sql_node& rename);
  void take_vacuum(const sql_node& vacuum);
  void take_comment(const sql_node& comment);
  void take_reindex(const sql_node& reindex);
  void take_query(const sql_node& statement);
  bool take_definition(const sql_node& statement);
  bool take_maintenance(const sql_node& statement);

  const lint_facts& facts_;
  lock_mode mode_ = lock_mode::none;
  std::vector<relation_name> tables_;
  std::vector<relation_name> parents_;  // the other sides of foreign keys, with SHARE ROW EXCLUSIVE
  bool rewrites_ = false;
  bool scans_ = false;
};

std::optional<relation_name> lock_forecaster::table_of(const relation_name& index) const {
  return lint_knowledge{facts_}.table_of_index(index);
}

std::vector<relation_name> lock_forecaster::parents_of(const relation_name& table) const {
  return lint_knowledge{facts_}.parents_of(table);
}

bool lock_forecaster::exists_already(const sql_node& create) const {
  return create["if_not_exists"].flag() && find_table_facts(relation_of(create["relation"]), facts_) != nullptr;
}

void lock_forecaster::take_constraint(const relation_name& table, const sql_node& constraint) {
  const auto kind = constraint["contype"].text();
  const bool uses_index = static_cast<bool>(constraint["indexname"]);
  if (kind == "CONSTR_FOREIGN") {
    lock(lock_mode::share_row_exclusive, table);
    lock_parent(relation_of(constraint["pktable"]));
  } else {
    lock(lock_mode::access_exclusive, table);
  }
  scans_ = scans_ || (!constraint["skip_validation"].flag() && !uses_index);
}

void lock_forecaster::take_column(const relation_name& table, const sql_node& column) {
  lock(lock_mode::access_exclusive, table);
  const auto type = type_of(column["typeName"]);
  const auto default_value = constraint_of(column, "CONSTR_DEFAULT");
  rewrites_ = rewrites_ || is_serial(type) || constraint_of(column, "CONSTR_IDENTITY") ||
              constraint_of(column, "CONSTR_GENERATED") ||
              volatility_of(default_value["raw_expr"]) == volatility::changing ||
              (!is_built_in(type) && facts_.constrained_domains.contains({type.schema, type.name}));
  for (const auto& one : column["constraints"].items()) {
    const auto kind = one["contype"].text();
    if (kind == "CONSTR_FOREIGN") lock_parent(relation_of(one["pktable"]));
    // Rows that get a null need no look at what it refers to.
    const bool reads = kind == "CONSTR_CHECK" || kind == "CONSTR_UNIQUE" || kind == "CONSTR_PRIMARY" ||
                       (kind == "CONSTR_FOREIGN" && default_value);
    scans_ = scans_ || reads;
  }
}

void lock_forecaster::take_type(const relation_name& table, const sql_node& command) {
  lock(lock_mode::access_exclusive, table);
  const auto column = command["name"].text();
  std::optional<column_type> before;
  if (const auto* facts = find_table_facts(table, facts_); facts != nullptr) {
    const auto known = facts->columns.find(column);
    if (known != facts->columns.end()) before = parse_column_type(known->second);
  }
  const auto definition = command["def"];
  const auto change = judge_type_change(before, type_of(definition["typeName"]), column, definition["raw_default"]);
  rewrites_ = rewrites_ || change != type_change::keeps_rows;
}

void lock_forecaster::take_dropped_constraint(const relation_name& table, const std::string& name) {
  lock(lock_mode::access_exclusive, table);
  if (const auto parent = lint_knowledge{facts_}.parent_of(table, name)) lock(lock_mode::access_exclusive, *parent);
}

bool is_not_null_already(const relation_name& table, const std::string& column, const lint_facts& facts) {
  const auto* known = find_table_facts(table, facts);
  return known != nullptr && known->not_null.contains(column);
}

void lock_forecaster::take_command(const relation_name& table, const sql_node& command) {
  const auto kind = command["subtype"].text();
  if (kind == "AT_AddConstraint") return take_constraint(table, command["def"]);
  if (kind == "AT_AddColumn") return take_column(table, command["def"]);
  if (kind == "AT_AlterColumnType") return take_type(table, command);
  if (kind == "AT_DropConstraint") return take_dropped_constraint(table, command["name"].text());
  lock(lock_of_alter_command(command), table);
  const auto partition = relation_of(command["def"]["name"]);
  if (kind == "AT_AttachPartition" || kind == "AT_DetachPartition") lock(lock_mode::access_exclusive, partition);
  if (kind == "AT_AddInherit" || kind == "AT_DropInherit") {
    lock(lock_mode::share_update_exclusive, relation_of(command["def"]));
  }
  const bool reads = kind == "AT_ValidateConstraint" || kind == "AT_AttachPartition" ||
                     (kind == "AT_SetNotNull" && !is_not_null_already(table, command["name"].text(), facts_));
  scans_ = scans_ || reads;
  static constexpr auto rewriting =
      std::to_array<std::string_view>({"AT_SetLogged", "AT_SetUnLogged", "AT_SetTableSpace", "AT_SetAccessMethod"});
  rewrites_ = rewrites_ || std::find(rewriting.begin(), rewriting.end(), kind) != rewriting.end();
}

void lock_forecaster::take_alter(const sql_node& alter) {
  const auto name = relation_of(alter["relation"]);
  const auto kind = alter["objtype"].text();
  if (kind == "OBJECT_TYPE" || kind == "OBJECT_SEQUENCE") return;
  for (const auto& command : alter["cmds"].items()) {
    // An index is locked by itself then, without its table.
    if (kind == "OBJECT_INDEX") {
      lock(lock_of_alter_command(command));
    } else {
      take_command(relation_of(alter["relation"]), command);
    }
  }
}

// On others than the table that it makes.
void lock_forecaster::take_create(const sql_node& create) {
  if (exists_already(create)) return;
  const auto parent_lock = create["partbound"] ? lock_mode::access_exclusive : lock_mode::share_update_exclusive;
  lock_all(parent_lock, create["inhRelations"]);
  const auto take_key = [&](const sql_node& constraint) {
    if (constraint["contype"].text() == "CONSTR_FOREIGN") lock_parent(relation_of(constraint["pktable"]));
  };
  for (const auto& element : create["tableElts"].items()) {
    if (element.type() == "TableLikeClause") lock(lock_mode::access_share, relation_of(element["relation"]));
    if (element.type() == "Constraint") take_key(element);
    for (const auto& one : element["constraints"].items()) take_key(one);
  }
  const auto self = relation_of(create["relation"]);
  std::erase(tables_, self);
  std::erase(parents_, self);
  if (tables_.empty() && parents_.empty()) mode_ = lock_mode::none;
}

void lock_forecaster::take_drop(const sql_node& drop) {
  const auto kind = drop["removeType"].text();
  const bool is_concurrent = drop["concurrent"].flag();
  const bool is_of_table = kind == "OBJECT_TRIGGER" || kind == "OBJECT_POLICY" || kind == "OBJECT_RULE";
  for (const auto& one : drop["objects"].items()) {
    auto names = names_of(one);
    if (is_of_table) {
      names.pop_back();
      const bool has_schema = names.size() > 1;
      lock(lock_mode::access_exclusive, {has_schema ? names[names.size() - 2] : "", names.back()});
    }
  }
  for (const auto& name : names_dropped(drop)) {
    if (kind == "OBJECT_INDEX") {
      lock_index(is_concurrent ? lock_mode::share_update_exclusive : lock_mode::access_exclusive, name);
    }
    if (kind != "OBJECT_TABLE" && kind != "OBJECT_VIEW" && kind != "OBJECT_MATVIEW") continue;
    lock(lock_mode::access_exclusive, name);
    for (const auto& parent : parents_of(name)) lock(lock_mode::access_exclusive, parent);
  }
}

void lock_forecaster::take_rename(const sql_node& rename) {
  const auto kind = rename[rename.type() == "RenameStmt" ? "renameType" : "objectType"].text();
  const auto name = relation_of(rename["relation"]);
  if (kind == "OBJECT_INDEX") return lock(lock_mode::share_update_exclusive);
  lock(lock_mode::access_exclusive, name);
}

void lock_forecaster::take_vacuum(const sql_node& vacuum) {
  const auto options = vacuum["options"].items();
  const bool is_full =
      std::any_of(options.begin(), options.end(), [](const sql_node& one) { return one["defname"].text() == "full"; });
  const auto mode = is_full ? lock_mode::access_exclusive : lock_mode::share_update_exclusive;
  rewrites_ = is_full;
  lock(mode);
  for (const auto& one : vacuum["rels"].items()) lock(mode, relation_of(one["relation"]));
}

void lock_forecaster::take_comment(const sql_node& comment) {
  const auto kind = comment["objtype"].text();
  auto names = names_of(comment["object"]);
  if (kind == "OBJECT_COLUMN" && !names.empty()) names.pop_back();
  if ((kind != "OBJECT_COLUMN" && kind != "OBJECT_TABLE") || names.empty()) return;
  lock(lock_mode::share_update_exclusive, {names.size() > 1 ? names[names.size() - 2] : "", names.back()});
}

void lock_forecaster::take_reindex(const sql_node& reindex) {
  const auto parameters = reindex["params"].items();
  const bool is_concurrent = std::any_of(parameters.begin(), parameters.end(),
                                         [](const sql_node& one) { return one["defname"].text() == "concurrently"; });
  const auto mode = is_concurrent ? lock_mode::share_update_exclusive : lock_mode::share;
  scans_ = true;
  const auto name = relation_of(reindex["relation"]);
  if (reindex["kind"].text() == "REINDEX_OBJECT_INDEX") return lock_index(mode, name);
  lock(mode);
  lock(mode, name);
}

// Queries, and what holds one: every table that is named is read at least.
void lock_forecaster::take_query(const sql_node& statement) {
  statement.walk([&](const sql_node& node) {
    const auto type = node.type();
    if (node["relpersistence"]) return lock(lock_mode::access_share, relation_of(node));
    if (type == "InsertStmt" || type == "UpdateStmt" || type == "DeleteStmt" || type == "MergeStmt") {
      lock(lock_mode::row_exclusive, relation_of(node["relation"]));
    }
    if (type == "SelectStmt" && node["lockingClause"]) lock_all(lock_mode::row_share, node["fromClause"]);
    if (node["relation"]) lock(lock_mode::access_share, relation_of(node["relation"]));
  });
  const auto made = relation_of(statement[statement.type() == "ViewStmt" ? "view" : "into"]);
  const auto into = statement.type() == "CreateTableAsStmt" ? relation_of(statement["into"]["rel"])
                    : statement["intoClause"]               ? relation_of(statement["intoClause"]["rel"])
                                                            : made;
  std::erase(tables_, into);
  if (statement.type() == "ViewStmt" && statement["replace"].flag()) lock(lock_mode::access_exclusive, made);
  if (tables_.empty()) mode_ = lock_mode::none;
}

bool lock_forecaster::take_definition(const sql_node& statement) {
  const auto type = statement.type();
  if (type == "CreateStmt") {
    take_create(statement);
  } else if (type == "AlterTableStmt") {
    take_alter(statement);
  } else if (type == "IndexStmt") {
    const bool is_concurrent = statement["concurrent"].flag();
    lock(is_concurrent ? lock_mode::share_update_exclusive : lock_mode::share, relation_of(statement["relation"]));
    scans_ = true;
  } else if (type == "DropStmt") {
    take_drop(statement);
  } else if (type == "RenameStmt" || type == "AlterObjectSchemaStmt") {
    take_rename(statement);
  } else if (type == "CreateTrigStmt") {
    lock(lock_mode::share_row_exclusive, relation_of(statement["relation"]));
  } else if (type == "CreatePolicyStmt" || type == "AlterPolicyStmt") {
    lock(lock_mode::access_exclusive, relation_of(statement["table"]));
  } else if (type == "RuleStmt") {
    lock(lock_mode::access_exclusive, relation_of(statement["relation"]));
  } else if (type == "CommentStmt") {
    take_comment(statement);
  } else if (type == "CreateStatsStmt") {
    lock_all(lock_mode::share_update_exclusive, statement["relations"]);
  } else if (type == "CreatePublicationStmt") {
    for (const auto& one : statement["pubobjects"].items()) {
      lock(lock_mode::share_update_exclusive, relation_of(one["pubtable"]["relation"]));
    }
  } else {
    return false;
  }
  return true;
}

bool lock_forecaster::take_maintenance(const sql_node& statement) {
  const auto type = statement.type();
  const auto table = relation_of(statement["relation"]);
  if (type == "TruncateStmt") {
    lock_all(lock_mode::access_exclusive, statement["relations"]);
  } else if (type == "LockStmt") {
    lock_all(static_cast<lock_mode>(statement["mode"].number()), statement["relations"]);
  } else if (type == "VacuumStmt") {
    take_vacuum(statement);
  } else if (type == "ClusterStmt") {
    lock(lock_mode::access_exclusive);
    lock(lock_mode::access_exclusive, table);
    rewrites_ = true;
  } else if (type == "ReindexStmt") {
    take_reindex(statement);
  } else if (type == "RefreshMatViewStmt") {
    lock(statement["concurrent"].flag() ? lock_mode::exclusive : lock_mode::access_exclusive, table);
    rewrites_ = !statement["concurrent"].flag();
  } else if (type == "CopyStmt") {
    lock(statement["is_from"].flag() ? lock_mode::row_exclusive : lock_mode::access_share, table);
  } else {
    return false;
  }
  return true;
}

void lock_forecaster::take(const sql_node& statement) {
  if (take_definition(statement) || take_maintenance(statement)) return;
  static constexpr auto queries = std::to_array<std::string_view>(
      {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "ViewStmt", "CreateTableAsStmt"});
  if (std::find(queries.begin(), queries.end(), statement.type()) != queries.end()) take_query(statement);
}

}  // namespace

std::string_view to_string(lock_mode mode) {
  const auto number = static_cast<std::size_t>(mode);
  return number < mode_names.size() ? mode_names[number] : std::string_view{};
}

lock_mode lock_of_alter_command(const sql_node& command) {
  const auto kind = command["subtype"].text();
  static constexpr auto weak =
      std::to_array<std::string_view>({"AT_SetStatistics", "AT_ClusterOn", "AT_DropCluster", "AT_SetOptions",
                                       "AT_ResetOptions", "AT_ValidateConstraint", "AT_AttachPartition",
                                       "AT_SetRelOptions", "AT_ResetRelOptions", "AT_DetachPartitionFinalize"});
  if (std::find(weak.begin(), weak.end(), kind) != weak.end()) return lock_mode::share_update_exclusive;
  if (kind == "AT_DetachPartition" && command["def"]["concurrent"].flag()) return lock_mode::share_update_exclusive;
  if (kind.find("Trig") != std::string::npos) return lock_mode::share_row_exclusive;
  return lock_mode::access_exclusive;
}

const table_facts* find_table_facts(const relation_name& table, const lint_facts& facts) {
  if (!facts.tables) return nullptr;
  const auto find = [&](const relation_name& name) {
    const auto found = facts.tables->find(name);
    return found == facts.tables->end() ? nullptr : &found->second;
  };
  if (!table.schema.empty()) return find(table);
  for (const auto& schema : facts.path) {
    if (const auto* found = find({schema, table.name}); found != nullptr) return found;
  }
  return nullptr;
}

lock_forecast forecast_locks(const sql_node& statement, const lint_facts& facts) {
  lock_forecaster forecaster{facts};
  forecaster.take(statement);
  return forecaster.result();
}

lock_forecast forecast_locks(const sql_tree& statement, const lint_facts& facts) {
  return forecast_locks(statement.root(), facts);
}

}  // namespace innkeeper::migration
