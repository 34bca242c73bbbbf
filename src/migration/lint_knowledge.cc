#include "migration/lint_knowledge.h"

#include <algorithm>

#include "migration/column_types.h"

namespace innkeeper::migration {
namespace {

bool starts_with(const std::vector<std::string>& key, const std::vector<std::string>& columns) {
  if (key.size() < columns.size()) return false;
  // A key over (b, a) serves a look-up by a and b as well.
  return std::is_permutation(columns.begin(), columns.end(), key.begin());
}

bool is_known(const std::map<std::string, std::string>& columns, const std::string& column) {
  return columns.contains(column);
}

}  // namespace

lint_knowledge::lint_knowledge(const lint_facts& facts) : facts_{facts}, path_{facts.path} {}

int lint_knowledge::version() const {
  return facts_.server_version.value_or(oldest_supported_server);
}

relation_name lint_knowledge::resolve(const relation_name& written) const {
  if (!path_.empty()) {
    if (!written.schema.empty()) return written;
    for (const auto& schema : path_) {
      const relation_name candidate{schema, written.name};
      if (find(candidate) != nullptr || (facts_.tables && facts_.tables->contains(candidate))) return candidate;
    }
    return {path_.front(), written.name};
  }
  // Which schema a name without one means isn't known: the same name is the same table.
  if (tables_.contains(written)) return written;
  const auto [begin, end] = tables_by_name_.equal_range(written.name);
  for (auto one = begin; one != end; ++one) {
    if (one->second.schema.empty() || written.schema.empty()) return one->second;
  }
  return written;
}

const lint_knowledge::table_state* lint_knowledge::find(const relation_name& table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? nullptr : &found->second;
}

lint_knowledge::table_state& lint_knowledge::state_of(const relation_name& table) {
  const auto name = resolve(table);
  const auto found = tables_.find(name);
  return found == tables_.end() ? set_state(name, {}) : found->second;
}

lint_knowledge::table_state& lint_knowledge::set_state(const relation_name& resolved, table_state state) {
  const auto [place, is_new] = tables_.insert_or_assign(resolved, std::move(state));
  if (is_new) tables_by_name_.emplace(resolved.name, resolved);
  return place->second;
}

table_use lint_knowledge::use_of(const relation_name& table) const {
  const auto* state = find(resolve(table));
  if (state != nullptr && (state->use == table_use::fresh || state->use == table_use::maybe_fresh)) return state->use;
  const auto* facts = facts_of(table);
  if (facts == nullptr) return table_use::busy;
  if (facts->rows <= 0 && facts->bytes <= empty_table_bytes) return table_use::empty;
  const bool is_small = facts->rows < small_table_rows && facts->bytes < small_table_bytes;
  return is_small ? table_use::small : table_use::busy;
}

const table_facts* lint_knowledge::facts_of(const relation_name& table) const {
  const auto name = resolve(table);
  const auto* state = find(name);
  if (state != nullptr && state->use == table_use::fresh) return nullptr;
  return find_table_facts(state != nullptr && state->was ? *state->was : name, facts_);
}

bool lint_knowledge::is_partitioned(const relation_name& table) const {
  const auto* state = find(resolve(table));
  if (state != nullptr && state->is_partitioned) return true;
  const auto* facts = facts_of(table);
  return facts != nullptr && facts->is_partitioned;
}

std::optional<bool> lint_knowledge::exists(const relation_name& table) const {
  const auto* state = find(resolve(table));
  if (state != nullptr && state->is_dropped) return false;
  if (state != nullptr && state->use == table_use::fresh) return true;
  if (!facts_.tables) return std::nullopt;
  return facts_of(table) != nullptr;
}

std::optional<relation_name> lint_knowledge::table_of_index(const relation_name& index) const {
  for (const auto& [name, table] : indexes_) {
    const bool is_same_schema = name.schema == index.schema || name.schema.empty() || index.schema.empty();
    if (name.name == index.name && is_same_schema) return table;
  }
  if (!facts_.tables) return std::nullopt;
  for (const auto& [name, facts] : *facts_.tables) {
    const bool is_same_schema = name.schema == index.schema || index.schema.empty();
    if (is_same_schema && facts.indexes.contains(index.name)) return name;
  }
  return std::nullopt;
}

bool lint_knowledge::is_constrained_domain(const relation_name& type) const {
  const auto is_same = [&](const relation_name& one) {
    return one.name == type.name && (one.schema.empty() || type.schema.empty() || one.schema == type.schema);
  };
  return std::any_of(domains_.begin(), domains_.end(), is_same) ||
         std::any_of(facts_.constrained_domains.begin(), facts_.constrained_domains.end(), is_same);
}

bool lint_knowledge::is_not_null(const relation_name& table, const std::string& column) const {
  const auto* state = find(resolve(table));
  if (state != nullptr && state->not_null.contains(column)) return true;
  const auto* facts = facts_of(table);
  return facts != nullptr && facts->not_null.contains(column);
}

bool lint_knowledge::has_index_on(const relation_name& table, const std::vector<std::string>& columns) const {
  if (const auto* state = find(resolve(table)); state != nullptr) {
    for (const auto& key : state->keys) {
      if (starts_with(key, columns)) return true;
    }
  }
  const auto* facts = facts_of(table);
  if (facts == nullptr) return false;
  return std::any_of(facts->indexes.begin(), facts->indexes.end(),
                     [&](const auto& index) { return starts_with(index.second, columns); });
}

std::optional<relation_name> lint_knowledge::parent_of(const relation_name& table,
                                                       const std::string& constraint) const {
  if (const auto* state = find(resolve(table)); state != nullptr) {
    const auto found = state->foreign_keys.find(constraint);
    if (found != state->foreign_keys.end()) return found->second;
  }
  const auto* facts = facts_of(table);
  if (facts == nullptr) return std::nullopt;
  const auto found = facts->foreign_keys.find(constraint);
  return found == facts->foreign_keys.end() ? std::nullopt : std::optional{found->second};
}

std::vector<relation_name> lint_knowledge::parents_of(const relation_name& table) const {
  std::vector<relation_name> parents;
  const auto add = [&](const std::map<std::string, relation_name>& keys) {
    for (const auto& [name, parent] : keys) {
      if (std::find(parents.begin(), parents.end(), parent) == parents.end()) parents.push_back(parent);
    }
  };
  if (const auto* state = find(resolve(table)); state != nullptr) add(state->foreign_keys);
  if (const auto* facts = facts_of(table); facts != nullptr) add(facts->foreign_keys);
  std::erase(parents, table);
  return parents;
}

bool lint_knowledge::does_nothing(const sql_node& statement) const {
  const auto type = statement.type();
  if (type == "CreateStmt") {
    return statement["if_not_exists"].flag() && exists(relation_of(statement["relation"])) == true;
  }
  if (type == "IndexStmt") {
    const auto table = relation_of(statement["relation"]);
    const relation_name index{resolve(table).schema, statement["idxname"].text()};
    return statement["if_not_exists"].flag() && table_of_index(index).has_value();
  }
  if (type == "DropStmt" && statement["removeType"].text() == "OBJECT_TABLE") {
    const auto tables = names_dropped(statement);
    return statement["missing_ok"].flag() &&
           std::all_of(tables.begin(), tables.end(), [&](const auto& one) { return exists(one) == false; });
  }
  if (type == "AlterTableStmt" || type == "RenameStmt") {
    return statement["missing_ok"].flag() && exists(relation_of(statement["relation"])) == false;
  }
  return false;
}

bool lint_knowledge::does_nothing(const relation_name& table, const sql_node& command) const {
  const auto* facts = facts_of(table);
  if (!command["missing_ok"].flag() || facts == nullptr || facts->columns.empty()) return false;
  const auto kind = command["subtype"].text();
  if (kind == "AT_AddColumn") return is_known(facts->columns, command["def"]["colname"].text());
  if (kind == "AT_DropColumn") return !is_known(facts->columns, command["name"].text());
  return false;
}

bool lint_knowledge::knows_indexes_on(const relation_name& table, const std::vector<std::string>& columns) const {
  if (facts_of(table) != nullptr) return true;
  const auto* state = find(resolve(table));
  if (state == nullptr) return false;
  return state->use == table_use::fresh || std::any_of(columns.begin(), columns.end(), [&](const auto& column) {
           return state->new_columns.contains(column);
         });
}

bool is_about_table(const sql_node& alter) {
  const auto kind = alter["objtype"].text();
  return kind == "OBJECT_TABLE" || kind == "OBJECT_FOREIGN_TABLE" || kind == "OBJECT_MATVIEW";
}

bool is_about_views(const sql_node& statement) {
  const auto dropped = statement["removeType"].text();
  return statement.type() == "ViewStmt" || statement.type() == "RefreshMatViewStmt" || dropped == "OBJECT_VIEW" ||
         dropped == "OBJECT_MATVIEW";
}

relation_name name_in(const sql_node& names) {
  auto parts = names_of(names);
  if (parts.empty()) return {};
  relation_name name{.schema = {}, .name = std::move(parts.back())};
  if (parts.size() > 1) name.schema = std::move(parts[parts.size() - 2]);
  return name;
}

std::vector<relation_name> names_dropped(const sql_node& drop) {
  std::vector<relation_name> names;
  for (const auto& one : drop["objects"].items()) {
    const auto list = one.type() == "TypeName" ? one["names"] : one["objname"] ? one["objname"] : one;
    names.push_back(one.type() == "String" ? relation_name{{}, one.text()} : name_in(list));
  }
  return names;
}

}  // namespace innkeeper::migration
