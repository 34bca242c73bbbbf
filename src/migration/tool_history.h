#pragma once
// What another tool remembers of the migrations that it ran, and which files of a directory are applied by that. Pure.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migration/directory.h"

namespace innkeeper::migration {

// Where a tool keeps its history.
struct tool_table {
  layout tool = layout::flyway;
  std::string schema;
  std::string name;
  bool is_on_path = true;  // of the session's search_path
  bool is_readable = true;

  friend bool operator==(const tool_table&, const tool_table&) = default;
};
[[nodiscard]] std::string to_string(const tool_table& one);  // "public.flyway_schema_history"

// As the tools call them unless told otherwise.
[[nodiscard]] std::vector<std::string_view> usual_tool_tables();
// Whose table has these columns, in any order; nothing for a table that is no tool's.
[[nodiscard]] std::optional<layout> tool_of_columns(const std::vector<std::string>& columns);

enum class tool_row_kind {
  version,     // this one
  up_to,       // this one and all below it
  repeatable,  // by its script
  change       // of sqitch: by its name
};
enum class tool_row_state { applied, undone, failed };

struct tool_row {
  tool_row_kind kind = tool_row_kind::version;
  tool_row_state state = tool_row_state::applied;
  std::string version;
  std::string script;    // the file's name, or sqitch's project
  std::string checksum;  // as the tool computes it; "" where it has none

  friend bool operator==(const tool_row&, const tool_row&) = default;
};

// Columns: kind, state (words of the enums), version, script, checksum; in the order in which things happened.
[[nodiscard]] std::string read_tool_rows_sql(const tool_table& from);
[[nodiscard]] tool_row parse_tool_row(const std::array<std::string, 5>& columns);

struct takeover {
  std::vector<const migration_file*> applied;  // borrowed from the directory, in its order
  diagnostics problems;                        // errors: nothing is taken over
};
// Refuses what the tool calls failed, what no file has, and files that are not what ran, as far as the tool can tell.
[[nodiscard]] takeover find_takeover(const schema_directory& files, const tool_table& from,
                                     const std::vector<tool_row>& rows, const std::string& root);

}  // namespace innkeeper::migration
