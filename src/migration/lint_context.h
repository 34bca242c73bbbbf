#pragma once
// What a rule sees of the statement that it looks at, and where it puts what it finds.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "migration/lint.h"
#include "migration/lint_knowledge.h"
#include "migration/sql_words.h"

namespace innkeeper::migration {

struct found {
  std::string_view rule;
  std::string message;
  std::string hint;
  std::string rewrite = {};
  std::optional<lint_level> level = {};     // other than the rule's
  std::optional<std::int64_t> offset = {};  // the byte of the statement that it is about
};

// Collects the findings of a run, in the order of the statements that they are about.
class lint_collector {
 public:
  void add(const lint_file& file, const sql_statement& statement, std::size_t order, found one);
  void add(std::size_t order, lint_finding finding);
  [[nodiscard]] std::vector<lint_finding> take();

 private:
  struct entry {
    std::size_t order = 0;
    lint_finding finding;
  };
  std::vector<entry> entries_;
};

struct lint_context {
  const lint_file& file;
  const sql_statement& statement;
  std::size_t order;  // of the statement in the run
  sql_node root;      // none where the parser couldn't take it
  const lint_knowledge& known;
  lint_collector& findings;
  std::optional<std::int64_t> offset = {};  // of the part of the statement that is looked at

  void report(found one) const;
  // For what hurts who uses the table: not for tables that the files make.
  void report_in_use(const relation_name& table, found one) const;
  // For what takes as long as the table is big: not for empty ones either, and a warning for small ones.
  void report_by_size(const relation_name& table, found one) const;

  // The statements to write instead, as a file, or the end of one: each begins a line. `separate` ones go into files of
  // their own where a file is a transaction.
  [[nodiscard]] std::string no_transaction(const std::string& statements) const;
  [[nodiscard]] std::string separate(const std::vector<std::string>& statements) const;
};

// One command of ALTER TABLE.
struct alter_context {
  const lint_context& at;
  relation_name table;
  sql_node command;
  std::size_t index = 0;  // among the commands

  [[nodiscard]] sql_node definition() const { return command["def"]; }
  [[nodiscard]] alter_words words() const { return split_alter_table(at.statement.text); }
  // "ALTER TABLE orders …;" with this command alone, and what the other commands are, as a statement of their own.
  [[nodiscard]] std::string alter(std::string_view command_text) const;
  [[nodiscard]] std::vector<std::string> others() const;  // none or one
};

// "orders" or "shop.orders", in quotes.
[[nodiscard]] std::string in_quotes(const relation_name& name);
[[nodiscard]] std::string in_quotes(std::string_view name);
[[nodiscard]] std::string in_quotes(const std::vector<relation_name>& names);  // with commas

// The rules, by what they look at. Each is called for every statement of its kind, before the statement is learned.
void lint_indexes(const lint_context& at);
void lint_drops(const lint_context& at);
void lint_renames(const lint_context& at);
void lint_alter_table(const lint_context& at);
void lint_new_table(const lint_context& at);
void lint_maintenance(const lint_context& at);
void lint_table_locks(const lint_context& at);
void lint_data(const lint_context& at);
void lint_enums(const lint_context& at);
void lint_transactions(const lint_context& at);
void lint_settings(const lint_context& at);
void lint_guards(const lint_context& at);
void lint_privileges(const lint_context& at);
void lint_names(const lint_context& at);

// Of a statement that the parser can't take; whether it found any.
bool lint_client_syntax(const lint_context& at);

// `-- innkeeper: lint-ignore RULE REASON` in the lines directly before a statement: rule -> reason, which may be "".
[[nodiscard]] std::map<std::string, std::string> ignored_by_comments(const sql_statement& statement);

// What ALTER TABLE's commands are given to.
void lint_added_constraint(const alter_context& at);
void lint_constraint_change(const alter_context& at);
void lint_added_column(const alter_context& at);
void lint_column_change(const alter_context& at);
void lint_column_constraint(const alter_context& at, const sql_node& constraint);

// Looks at whole files, or all of them.
class lint_foreign_keys {
 public:
  void take(const lint_context& at);
  void report(const lint_knowledge& known, lint_collector& findings) const;

 private:
  struct key {
    const lint_file* file;
    const sql_statement* statement;
    std::size_t order;
    relation_name table;
    std::vector<std::string> columns;
    relation_name parent;
  };
  void take(const lint_context& at, const relation_name& table, const sql_node& constraint, const std::string& column);
  std::vector<key> keys_;
};

class lint_file_end {
 public:
  void take(const lint_context& at);
  void report(lint_collector& findings) const;  // at the file's end

 private:
  struct place {
    const lint_file* file;
    const sql_statement* statement;
    std::size_t order;
  };
  std::optional<place> open_transaction_;
  std::optional<place> first_unqualified_;
  std::string unqualified_name_;
  std::set<std::string> unqualified_;
};

}  // namespace innkeeper::migration
