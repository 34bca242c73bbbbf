#pragma once
// What a database remembers of its schema files: one row for each attempt, kept; the last one of each file counts. It
// lies in a schema of its own beside the service's tables. Pure: what is stored, and the statements that store it.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/name.h"
#include "migration/directory.h"

namespace innkeeper::migration {

enum class item_kind { phase, versioned, repeatable };
enum class item_state {
  running,  // begun, and not yet said how it ended: a runner is at it, or was cut off
  applied,
  failed,
  reverted,   // by its down script
  baselined,  // was there before Innkeeper: taken for applied, never run
  forgotten,  // `migrate repair`: taken for never run
};
enum class direction { up, down };
[[nodiscard]] std::string_view to_string(item_kind one);
[[nodiscard]] std::string_view to_string(direction one);
[[nodiscard]] std::string_view to_string(item_state one);

struct history_row {
  item_kind kind = item_kind::versioned;
  std::string version;  // of phases and repeatables: the file
  std::string name;
  std::string file;
  checksums sums;
  direction way = direction::up;
  item_state state = item_state::applied;
  int statements_total = 0;
  int statements_done = 0;    // of a file outside a transaction: where the next run goes on
  std::string checksum_done;  // of those statements, by checksum_of_first()
  bool has_down = false;
  std::string minimum_app_version;
  std::string app_version;
  std::string tool_version;
  std::string applied_by;
  std::string host;
  std::string started_at;   // "2026-11-21 22:30:52 UTC"
  std::string finished_at;  // "" while it runs
  std::int64_t duration_ms = 0;
  int attempts = 1;
  std::int64_t lock_wait_ms = 0;
  std::string error_sqlstate;
  std::string error_text;
  int error_line = 0;
  std::int64_t id = 0;

  // What its up script does is there: also while, or after, its down script failed.
  [[nodiscard]] bool is_applied() const;
  friend bool operator==(const history_row&, const history_row&) = default;
};

// Left by a CREATE INDEX CONCURRENTLY or REINDEX that failed: it costs writes and serves no query.
struct invalid_index {
  std::string name;  // "public.orders_by_user", quoted where it needs to be
  std::string table;

  friend bool operator==(const invalid_index&, const invalid_index&) = default;
};

struct stored_history {
  schema_name schema;
  int format = 0;  // 0: nothing is stored yet
  std::string service;
  std::vector<history_row> rows;  // the last of each file, in the order of their ids
  std::vector<invalid_index> broken;

  [[nodiscard]] const history_row* find(item_kind kind, std::string_view version) const;
  friend bool operator==(const stored_history&, const stored_history&) = default;
};

// Of this program. A database with a newer one is left alone.
inline constexpr int history_format = 1;

// The statements; every name in them is qualified.
// `reader` may read them besides their owner.
[[nodiscard]] std::string create_history_sql(const schema_name& schema, std::string_view service,
                                             const std::optional<role_name>& reader);
// Three results: format and service; rows (parse_history_row() reads one); invalid indexes.
[[nodiscard]] std::string read_history_sql(const schema_name& schema);

// The columns of read_history_sql()'s second result, as text, "" for NULL.
[[nodiscard]] history_row parse_history_row(const std::function<const std::string&(std::size_t column)>& column);

struct stored_texts {
  std::string_view up;
  std::optional<std::string_view> down;
};
// A new row. One that is `running` has no end yet, and the statement returns its id; any other ends now, and began with
// the transaction that it is inserted in.
[[nodiscard]] std::string insert_row_sql(const schema_name& schema, const history_row& row, const stored_texts& texts);
// For many rows in one session: planned once. Of a row that ends now and has no error; else the same as insert_row_sql.
// The statement that it runs is the session's until forget_prepared_row_sql, or until a script drops all of them.
[[nodiscard]] std::string prepare_row_sql(const schema_name& schema);
[[nodiscard]] std::string insert_prepared_row_sql(const history_row& row, const stored_texts& texts);
[[nodiscard]] std::string forget_prepared_row_sql();
// Statements that are done, of a running row; in the transaction of the last of them where there is one.
[[nodiscard]] std::string progress_sql(const schema_name& schema, std::int64_t id, int statements_done,
                                       std::string_view checksum_done);
// State, end, duration, attempts, lock wait and error of a running row.
[[nodiscard]] std::string finish_row_sql(const schema_name& schema, const history_row& row);
// One row: the up and down scripts of what was applied last as this version.
[[nodiscard]] std::string read_scripts_sql(const schema_name& schema, item_kind kind, std::string_view version);

}  // namespace innkeeper::migration
