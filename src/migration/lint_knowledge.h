#pragma once
// What is known of the schema while the files are gone through: what the server holds, and what the statements before
// this one have made of it.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "migration/lint.h"
#include "migration/lock_forecast.h"

namespace innkeeper::migration {

// How much it matters what is done to a table.
enum class table_use {
  fresh,        // made by the same set of files
  maybe_fresh,  // made by CREATE TABLE IF NOT EXISTS, on a server that isn't known
  empty,
  small,
  busy,  // or unknown
};

// What the transaction that is open has done, which the following statements of it run into.
struct transaction_state {
  std::vector<relation_name> locked;                          // existing tables under ACCESS EXCLUSIVE, in their order
  std::set<std::pair<relation_name, std::string>> not_valid;  // constraints added NOT VALID
  std::map<std::string, relation_name> enum_values;           // added, and to which type
  std::set<relation_name> enum_types;                         // made
};

class lint_knowledge {
 public:
  explicit lint_knowledge(const lint_facts& facts);

  [[nodiscard]] int version() const;
  [[nodiscard]] bool knows_version() const { return facts_.server_version.has_value(); }
  [[nodiscard]] const lint_facts& facts() const { return facts_; }

  // With the schema that the search_path finds it in, where that is known.
  [[nodiscard]] relation_name resolve(const relation_name& written) const;
  [[nodiscard]] table_use use_of(const relation_name& table) const;
  [[nodiscard]] const table_facts* facts_of(const relation_name& table) const;
  [[nodiscard]] bool is_partitioned(const relation_name& table) const;
  [[nodiscard]] std::optional<bool> exists(const relation_name& table) const;
  [[nodiscard]] std::optional<relation_name> table_of_index(const relation_name& index) const;
  [[nodiscard]] bool is_constrained_domain(const relation_name& type) const;
  [[nodiscard]] bool is_not_null(const relation_name& table, const std::string& column) const;
  [[nodiscard]] bool has_index_on(const relation_name& table, const std::vector<std::string>& columns) const;
  // Whether an index on them that isn't known can't be there.
  [[nodiscard]] bool knows_indexes_on(const relation_name& table, const std::vector<std::string>& columns) const;
  // The table that a foreign key refers to; nothing where it isn't known to be one.
  [[nodiscard]] std::optional<relation_name> parent_of(const relation_name& table, const std::string& constraint) const;
  [[nodiscard]] std::vector<relation_name> parents_of(const relation_name& table) const;
  // A guarded statement that finds what it would make, or doesn't find what it would drop.
  [[nodiscard]] bool does_nothing(const sql_node& statement) const;
  [[nodiscard]] bool does_nothing(const relation_name& table, const sql_node& alter_command) const;

  // By this file, with IF EXISTS: what makes it anew may be run again.
  [[nodiscard]] bool is_dropped_before(const std::string& name) const { return dropped_.contains(name); }

  [[nodiscard]] bool in_transaction() const { return in_transaction_; }
  [[nodiscard]] const transaction_state& transaction() const { return transaction_; }

  void begin_file(const lint_file& file);
  void learn(const sql_tree& tree, const lint_file& file);

 private:
  struct table_state {
    table_use use = table_use::busy;
    bool is_dropped = false;
    bool is_partitioned = false;
    std::optional<relation_name> was;   // an existing table's name on the server
    std::set<std::string> new_columns;  // added by the files
    std::set<std::string> not_null;
    std::map<std::string, std::string> not_null_checks;  // not valid yet -> the column
    std::vector<std::vector<std::string>> keys;          // the columns of indexes
    std::map<std::string, relation_name> foreign_keys;
  };

  [[nodiscard]] const table_state* find(const relation_name& table) const;
  table_state& state_of(const relation_name& table);
  table_state& set_state(const relation_name& resolved, table_state state);
  void make_table(const relation_name& table, bool is_temporary, bool is_guarded, const lint_file& file);
  void move_table(const relation_name& from, const relation_name& to);
  void learn_table(const sql_node& create, const lint_file& file);
  void learn_index(const sql_node& index);
  void learn_alter(const sql_node& alter);
  void learn_constraint(const relation_name& table, const sql_node& constraint, const std::string& column);
  void learn_drop(const sql_node& drop);
  void learn_rename(const sql_node& rename);
  void learn_setting(const sql_node& statement);
  void learn_search_path(const std::vector<std::string>& schemas);
  void learn_transaction(const sql_node& statement);
  void learn_enum(const sql_node& statement);
  void learn_locks(const sql_node& statement);

  const lint_facts& facts_;
  std::vector<std::string> path_;
  std::map<relation_name, table_state> tables_;
  std::multimap<std::string, relation_name> tables_by_name_;
  std::map<relation_name, relation_name> indexes_;  // made by the files -> the table
  std::set<relation_name> domains_;
  std::set<std::string> dropped_;
  bool file_is_transactional_ = true;
  bool in_transaction_ = true;
  transaction_state transaction_;
};

// The name in a list of String nodes: a, s.a.
[[nodiscard]] relation_name name_in(const sql_node& names);
// What DROP names, of tables, indexes, views…
[[nodiscard]] std::vector<relation_name> names_dropped(const sql_node& drop);

// ALTER TABLE, and not ALTER INDEX or ALTER TYPE, which are the same to the parser.
[[nodiscard]] bool is_about_table(const sql_node& alter);
[[nodiscard]] bool is_about_views(const sql_node& statement);

}  // namespace innkeeper::migration
