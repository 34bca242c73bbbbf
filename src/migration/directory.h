#pragma once
// A service's schema files as phases and migrations, in our layout or in that of another tool. Pure: the files come in
// as text (exec/schema_files.h reads them).
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "migration/sql_split.h"

namespace innkeeper::migration {

enum class layout {
  innkeeper,        // V1__name.sql with sections, V1__name.up.sql and .down.sql, <timestamp>_name…; R__name.sql
  flyway,           // V1__name.sql, U1__name.sql, R__name.sql
  golang_migrate,   // 1_name.up.sql, 1_name.down.sql
  dbmate,           // <timestamp>_name.sql with -- migrate:up and -- migrate:down
  goose,            // <timestamp>_name.sql with -- +goose Up and -- +goose Down
  sqlx,             // <timestamp>_name.sql, or .up.sql and .down.sql
  diesel,           // <timestamp>_name/up.sql and down.sql
  node_pg_migrate,  // <timestamp>_name.sql with -- Up Migration and -- Down Migration
  sqitch,           // sqitch.plan with deploy/, revert/, verify/
};
[[nodiscard]] std::string_view to_string(layout one);
[[nodiscard]] std::optional<layout> parse_layout(std::string_view name);

// A file as it lies on the disk; the name is relative to the directory, with `/`.
struct source_file {
  std::string name;
  std::string text;

  friend bool operator==(const source_file&, const source_file&) = default;
};

// The comments at a file's top: `-- innkeeper: no-transaction`, `lock-timeout 2s`, `statement-timeout 5min`,
// `requires FILE…`, `lint-ignore RULE REASON`; and what other tools' files say in their own words.
struct directives {
  bool no_transaction = false;
  std::optional<std::chrono::milliseconds> lock_timeout;
  std::optional<std::chrono::milliseconds> statement_timeout;
  std::vector<std::string> requires_files;
  std::string minimum_app_version;                 // `requires-app 1.4`: refuse to run for an older application
  std::map<std::string, std::string> lint_ignore;  // rule -> reason

  friend bool operator==(const directives&, const directives&) = default;
};

// What is run at once, with what it says of itself.
struct script {
  std::string file;    // relative; for a section, the file that it is in
  int first_line = 1;  // of the section
  std::string text;    // raw: what checksums and history keep
  directives says;
  std::vector<sql_statement> statements;
  // BEGIN … COMMIT around it all (in sqitch's verify scripts ROLLBACK), which is not among the statements: the runner
  // owns the transaction.
  bool has_own_transaction = false;

  friend bool operator==(const script&, const script&) = default;
};

// A version, compared by its parts as numbers of any length: 1.2 < 1.10; 20240101120000.
struct version {
  // As the file name spells it: "1.2", "20240101120000". In sqitch the change's name, and behind it "#2" for the second
  // change of that name, so that reworking a change never renames what was deployed.
  std::string text;

  friend bool operator==(const version&, const version&) = default;
};
// Missing parts are 0, as Flyway has it: 1 and 1.0 are the same. What is no number is compared as text.
[[nodiscard]] std::strong_ordering compare(const version& left, const version& right);

struct migration_file {
  version number;
  std::string name;  // "add_menu", from the file's name
  script up;
  std::optional<script> down;
  std::optional<script> verify;  // sqitch's
  bool is_repeatable = false;    // R__…: run again whenever its text changes, after all versions

  friend bool operator==(const migration_file&, const migration_file&) = default;
};

enum class phase { extensions, types, tables, indexes, constraints, functions, triggers, seed, verify };
[[nodiscard]] std::string_view to_string(phase one);  // the directory's name

struct phase_file {
  phase in = phase::tables;
  script content;

  friend bool operator==(const phase_file&, const phase_file&) = default;
};

struct extension_line {
  std::string name;
  std::string version;  // empty: the server's default
  location where;

  friend bool operator==(const extension_line&, const extension_line&) = default;
};

struct schema_directory {
  layout format = layout::innkeeper;
  std::string project;  // of sqitch's plan
  std::vector<extension_line> extensions;
  std::vector<phase_file> phases;  // in the order in which they run
  // Versions ascending, then repeatables by name. Where a tool has an order of its own, that one: sqitch its plan's,
  // dbmate that of the files' names, diesel that of the versions as text.
  std::vector<migration_file> migrations;
  diagnostics problems;  // errors: nothing runs; warnings: a file that is no part of it

  [[nodiscard]] bool is_empty() const { return phases.empty() && migrations.empty(); }
  friend bool operator==(const schema_directory&, const schema_directory&) = default;
};

// Which tool's files these are, by their names and marks; innkeeper where nothing speaks against it. Names and texts
// that fit several are told apart by what only one of them has.
[[nodiscard]] layout detect_layout(const std::vector<source_file>& files);

// `format` absent: detected. Problems name files as `root` + "/" + name, and so do the places of statements. For
// another tool's layout the directory itself holds the migrations; a folder `migrations/` in it is looked into where
// nothing beside it is a migration, and our phases may stand beside that.
[[nodiscard]] schema_directory read_schema_directory(const std::vector<source_file>& files,
                                                     std::optional<layout> format, const std::string& root);

// A down script as the history kept it, where its file is gone: the text of one section, with its directives.
[[nodiscard]] script stored_script(std::string_view text, const std::string& file);

// The bytes, and the tokens without comments and white space: a change that only the first sees is cosmetic. In hex.
struct checksums {
  std::string raw;
  std::string normalized;

  friend bool operator==(const checksums&, const checksums&) = default;
};
[[nodiscard]] checksums checksums_of(std::string_view text);
enum class text_change { none, cosmetic, real };
[[nodiscard]] text_change change_since(const checksums& before, std::string_view text);
// Of the first statements of a script that is run one by one: the next run goes on behind them only where they are
// still the same. "" for none.
[[nodiscard]] std::string checksum_of_first(const std::vector<sql_statement>& statements, int count);

}  // namespace innkeeper::migration
