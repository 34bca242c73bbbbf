#pragma once
// What lint's rules and the plan share of the locks that a statement takes.
#include <string_view>

#include "migration/lint.h"

namespace innkeeper::migration {

// PostgreSQL's numbers.
enum class lock_mode {
  none = 0,
  access_share = 1,
  row_share = 2,
  row_exclusive = 3,
  share_update_exclusive = 4,
  share = 5,
  share_row_exclusive = 6,
  exclusive = 7,
  access_exclusive = 8,
};
[[nodiscard]] std::string_view to_string(lock_mode mode);  // "ACCESS EXCLUSIVE"; "" for none

// Of a statement's node.
[[nodiscard]] lock_forecast forecast_locks(const sql_node& statement, const lint_facts& facts);
// Of one command of ALTER TABLE.
[[nodiscard]] lock_mode lock_of_alter_command(const sql_node& command);

// A table's facts, by the name as written; a schema left out is found by the path. None: null.
[[nodiscard]] const table_facts* find_table_facts(const relation_name& table, const lint_facts& facts);

}  // namespace innkeeper::migration
