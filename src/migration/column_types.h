#pragma once
// What PostgreSQL does to a table's rows for a type or a default, as measured on 15 and 18. Pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migration/sql_tree.h"

namespace innkeeper::migration {

struct column_type {
  std::string schema;  // empty for the built-in ones
  std::string name;    // as the catalogs have it: "varchar", "int8", "timestamptz"; "serial" as written
  std::vector<std::int64_t> modifiers;
  bool is_array = false;

  friend bool operator==(const column_type&, const column_type&) = default;
};
[[nodiscard]] column_type type_of(const sql_node& type_name);
// As format_type() writes it: "character varying(20)".
[[nodiscard]] std::optional<column_type> parse_column_type(std::string_view text);
[[nodiscard]] bool is_serial(const column_type& type);
// Of PostgreSQL itself: surely no domain.
[[nodiscard]] bool is_built_in(const column_type& type);

enum class type_change { keeps_rows, rewrites, depends };  // depends: on the type before, which isn't known
// `conversion`: the expression behind USING, or none.
[[nodiscard]] type_change judge_type_change(const std::optional<column_type>& before, const column_type& after,
                                            std::string_view column, const sql_node& conversion);

enum class volatility { stable, changing, unknown };  // unknown: it calls a function that isn't PostgreSQL's
[[nodiscard]] volatility volatility_of(const sql_node& expression);

// A constraint of a ColumnDef, by the parser's name: "CONSTR_NOTNULL"; none if it has none.
[[nodiscard]] sql_node constraint_of(const sql_node& column, std::string_view kind);
// The columns of a list of String nodes.
[[nodiscard]] std::vector<std::string> names_of(const sql_node& list);
// The column that a CHECK (column IS NOT NULL) proves; "" for any other expression.
[[nodiscard]] std::string column_proven_not_null(const sql_node& check_expression);

}  // namespace innkeeper::migration
