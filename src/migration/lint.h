#pragma once
// Statements that hurt a running system, found before they run: locks on tables in use, rewrites, drops, what breaks
// the version of the application that still runs, what can't be re-run. The rules and their evidence: docs/lint.md,
// which is made from the table here. Pure: what is known of a server is passed in.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "migration/sql_split.h"
#include "migration/sql_tree.h"

namespace innkeeper::migration {

// error: `up` refuses it unless allowed; warning: shown; info: shown with -v and in reports.
enum class lint_level { error, warning, info };

struct table_facts {
  std::int64_t rows = 0;   // the planner's estimate
  std::int64_t bytes = 0;  // with indexes
  bool is_partitioned = false;
  // What follows makes findings more exact; empty where it isn't known.
  std::map<std::string, std::string> columns;               // name -> type, as format_type() writes it
  std::set<std::string> not_null;                           // columns that are, or that a valid CHECK proves to be
  std::map<std::string, std::vector<std::string>> indexes;  // name -> its columns; an expression is ""
  std::map<std::string, relation_name> foreign_keys;        // constraint -> the table that it refers to

  friend bool operator==(const table_facts&, const table_facts&) = default;
};

// What is known of the database that the files will run in. Without a connection: nothing, and rules assume a table
// that is big and in use, and the oldest supported server.
struct lint_facts {
  std::optional<int> server_version;  // 150020
  std::optional<std::map<relation_name, table_facts>>
      tables;                                   // all of them; a schema left out of a file is found by `path`
  std::vector<std::string> path;                // the search_path's schemas
  std::set<std::string> extensions;             // installed
  std::set<relation_name> constrained_domains;  // types that are domains with a CHECK or NOT NULL
};

// Without a connection, rules assume this one.
constexpr int oldest_supported_server = 130000;

// What is said of a table's size: nothing for an empty one, a warning at most for a small one.
constexpr std::int64_t empty_table_bytes = 64 * 1024;  // and no rows
constexpr std::int64_t small_table_rows = 10'000;      // fewer, and
constexpr std::int64_t small_table_bytes = 8 * 1024 * 1024;

// A file that is about to run; several in the order that they will.
struct lint_file {
  std::string name;
  bool is_transactional = true;  // one transaction for the whole file
  bool is_phase = false;         // idempotent and re-run, not run once
  bool is_down = false;
  std::vector<sql_statement> statements;
  // lint-ignore directives of the file: rule -> reason; without a reason it doesn't count.
  std::map<std::string, std::string> ignored;
};

struct lint_finding {
  std::string rule;  // "index-not-concurrent"
  lint_level level = lint_level::error;
  location where;
  std::string message;  // what happens, on which table, with which lock
  std::string hint;     // the safe way, in whole sentences
  std::string rewrite;  // the statements to write instead, where they can be made
  std::string ignored;  // the reason of a lint-ignore: shown, not counted

  friend bool operator==(const lint_finding&, const lint_finding&) = default;
};

// A row of the table: what docs/lint.md says of it, and its two examples, which the tests run both ways.
struct lint_rule {
  int number = 0;  // as the table of dangerous statements counts
  std::string_view id;
  lint_level level = lint_level::error;
  std::string_view title;     // "CREATE INDEX without CONCURRENTLY"
  std::string_view why;       // with the lock
  std::string_view safe;      // the way out
  std::string_view bad;       // a file in which only this rule finds something; "" where the rule is off
  std::string_view good;      // one in which none does
  std::string_view versions;  // "18+: …", or ""
};

[[nodiscard]] std::string_view to_string(lint_level level);
[[nodiscard]] const std::vector<lint_rule>& lint_rules();            // by number
[[nodiscard]] const lint_rule* find_lint_rule(std::string_view id);  // none: null
[[nodiscard]] std::string lint_rules_to_markdown();                  // docs/lint.md

// In the order of the files; suppressed ones too, with their reason. A statement that the parser can't take is a
// finding `not-analysed`, and the others go on. A comment line `-- innkeeper: lint-ignore RULE REASON` directly before
// a statement suppresses a rule for it alone.
[[nodiscard]] std::vector<lint_finding> lint(const std::vector<lint_file>& pending, const lint_facts& facts);

// Strength of the strongest lock that a statement takes on tables which exist already, for `migrate up --plan`.
struct lock_forecast {
  std::string lock;                         // "ACCESS EXCLUSIVE", "" for none
  std::vector<relation_name> tables;        // the tables it is taken on
  std::vector<relation_name> referenced{};  // other sides of foreign keys, under a weaker SHARE ROW EXCLUSIVE
  bool rewrites = false;                    // makes the table anew
  bool scans = false;                       // reads the whole table under the lock

  friend bool operator==(const lock_forecast&, const lock_forecast&) = default;
};
[[nodiscard]] lock_forecast forecast_locks(const sql_tree& statement, const lint_facts& facts);

}  // namespace innkeeper::migration
