#include "migration/column_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace innkeeper::migration {
namespace {

constexpr auto built_in_types = std::to_array<std::string_view>({"bigint",
                                                                 "bigserial",
                                                                 "bit",
                                                                 "bool",
                                                                 "box",
                                                                 "bpchar",
                                                                 "bytea",
                                                                 "char",
                                                                 "cidr",
                                                                 "circle",
                                                                 "date",
                                                                 "datemultirange",
                                                                 "daterange",
                                                                 "float4",
                                                                 "float8",
                                                                 "inet",
                                                                 "int2",
                                                                 "int4",
                                                                 "int4multirange",
                                                                 "int4range",
                                                                 "int8",
                                                                 "int8multirange",
                                                                 "int8range",
                                                                 "interval",
                                                                 "json",
                                                                 "jsonb",
                                                                 "jsonpath",
                                                                 "line",
                                                                 "lseg",
                                                                 "macaddr",
                                                                 "macaddr8",
                                                                 "money",
                                                                 "name",
                                                                 "numeric",
                                                                 "nummultirange",
                                                                 "numrange",
                                                                 "oid",
                                                                 "path",
                                                                 "pg_lsn",
                                                                 "point",
                                                                 "polygon",
                                                                 "regclass",
                                                                 "regproc",
                                                                 "regrole",
                                                                 "regtype",
                                                                 "serial",
                                                                 "serial2",
                                                                 "serial4",
                                                                 "serial8",
                                                                 "smallserial",
                                                                 "text",
                                                                 "time",
                                                                 "timestamp",
                                                                 "timestamptz",
                                                                 "timetz",
                                                                 "tsmultirange",
                                                                 "tsquery",
                                                                 "tsrange",
                                                                 "tstzmultirange",
                                                                 "tstzrange",
                                                                 "tsvector",
                                                                 "uuid",
                                                                 "varbit",
                                                                 "varchar",
                                                                 "xml"});

// PostgreSQL's functions that people write into defaults; what differs from row to row makes ADD COLUMN write them all.
constexpr auto changing_functions =
    std::to_array<std::string_view>({"clock_timestamp", "currval", "gen_random_bytes", "gen_random_uuid", "lastval",
                                     "nextval", "random", "random_normal", "setval", "timeofday", "uuid_generate_v1",
                                     "uuid_generate_v1mc", "uuid_generate_v4", "uuidv4", "uuidv7", "gen_salt"});
constexpr auto stable_functions = std::to_array<std::string_view>({"abs",
                                                                   "array_fill",
                                                                   "coalesce",
                                                                   "concat",
                                                                   "current_database",
                                                                   "current_schema",
                                                                   "current_setting",
                                                                   "date_part",
                                                                   "date_trunc",
                                                                   "decode",
                                                                   "encode",
                                                                   "format",
                                                                   "greatest",
                                                                   "int4range",
                                                                   "json_build_array",
                                                                   "json_build_object",
                                                                   "jsonb_build_array",
                                                                   "jsonb_build_object",
                                                                   "least",
                                                                   "left",
                                                                   "length",
                                                                   "lower",
                                                                   "make_date",
                                                                   "make_interval",
                                                                   "make_timestamp",
                                                                   "make_timestamptz",
                                                                   "md5",
                                                                   "now",
                                                                   "numrange",
                                                                   "repeat",
                                                                   "replace",
                                                                   "round",
                                                                   "statement_timestamp",
                                                                   "string_to_array",
                                                                   "timezone",
                                                                   "to_char",
                                                                   "to_date",
                                                                   "to_json",
                                                                   "to_jsonb",
                                                                   "to_number",
                                                                   "to_timestamp",
                                                                   "transaction_timestamp",
                                                                   "trunc",
                                                                   "tstzrange",
                                                                   "txid_current",
                                                                   "upper",
                                                                   "uuid_nil"});

template <std::size_t Size>
bool is_among(const std::array<std::string_view, Size>& all, std::string_view wanted) {
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

bool is_text(const column_type& type) {
  return type.name == "text" || (type.name == "varchar" && type.modifiers.empty());
}

// No modifier is no limit.
bool is_wider(const column_type& before, const column_type& after) {
  if (after.modifiers.empty()) return true;
  return !before.modifiers.empty() && after.modifiers.front() >= before.modifiers.front();
}

std::int64_t scale_of(const column_type& numeric) {
  return numeric.modifiers.size() > 1 ? numeric.modifiers[1] : 0;
}

bool keeps_rows(const column_type& before, const column_type& after) {
  if (before == after) return true;
  if (before.is_array || after.is_array) return false;
  const bool is_string = before.name == "text" || before.name == "varchar";
  if (is_string && is_text(after)) return true;
  if (before.name == "cidr" && after.name == "inet") return true;
  if (before.name != after.name || before.schema != after.schema) return false;
  if (before.name == "numeric") {
    return is_wider(before, after) && (after.modifiers.empty() || scale_of(before) == scale_of(after));
  }
  static constexpr auto widening =
      std::to_array<std::string_view>({"varchar", "varbit", "timestamp", "timestamptz", "time", "timetz"});
  return is_among(widening, before.name) && is_wider(before, after);
}

// Some type goes over into this one without a rewrite.
bool may_keep_rows(const column_type& after) {
  static constexpr auto kinds = std::to_array<std::string_view>(
      {"text", "varchar", "numeric", "inet", "varbit", "timestamp", "timestamptz", "time", "timetz"});
  return !after.is_array && is_among(kinds, after.name);
}

// USING column, USING column::type: what happens without it too.
bool is_trivial(const sql_node& conversion, std::string_view column, const column_type& after) {
  if (!conversion) return true;
  if (conversion.type() == "TypeCast") {
    return type_of(conversion["typeName"]) == after && is_trivial(conversion["arg"], column, after);
  }
  return conversion.type() == "ColumnRef" && last_name(conversion["fields"]) == column;
}

}  // namespace

column_type type_of(const sql_node& type_name) {
  column_type type;
  const auto names = names_of(type_name["names"]);
  if (!names.empty()) type.name = names.back();
  if (names.size() > 1 && names[names.size() - 2] != "pg_catalog") type.schema = names[names.size() - 2];
  for (const auto& one : type_name["typmods"].items()) type.modifiers.push_back(one.number());
  type.is_array = !type_name["arrayBounds"].items().empty();
  return type;
}

std::optional<column_type> parse_column_type(std::string_view text) {
  const auto tree = sql_tree::parse(fmt::format("SELECT NULL::{}", text));
  if (!tree) return std::nullopt;
  const auto targets = tree->root()["targetList"].items();
  if (targets.size() != 1) return std::nullopt;
  return type_of(targets.front()["val"]["typeName"]);
}

bool is_serial(const column_type& type) {
  return type.name.find("serial") != std::string::npos && is_built_in(type);
}

bool is_built_in(const column_type& type) {
  return type.schema.empty() && is_among(built_in_types, type.name);
}

type_change judge_type_change(const std::optional<column_type>& before, const column_type& after,
                              std::string_view column, const sql_node& conversion) {
  if (!is_trivial(conversion, column, after)) return type_change::rewrites;
  if (before) return keeps_rows(*before, after) ? type_change::keeps_rows : type_change::rewrites;
  return may_keep_rows(after) ? type_change::depends : type_change::rewrites;
}

volatility volatility_of(const sql_node& expression) {
  volatility found = volatility::stable;
  expression.walk([&](const sql_node& node) {
    if (node.type() != "FuncCall") return;
    const auto name = last_name(node["funcname"]);
    if (is_among(changing_functions, name)) {
      found = volatility::changing;
    } else if (found == volatility::stable && !is_among(stable_functions, name)) {
      found = volatility::unknown;
    }
  });
  return found;
}

sql_node constraint_of(const sql_node& column, std::string_view kind) {
  for (const auto& one : column["constraints"].items()) {
    if (one["contype"].text() == kind) return one;
  }
  return {};
}

std::vector<std::string> names_of(const sql_node& list) {
  std::vector<std::string> names;
  for (const auto& one : list.items()) names.push_back(one.text());
  return names;
}

std::string column_proven_not_null(const sql_node& check_expression) {
  const bool tests = check_expression.type() == "NullTest" &&
                     check_expression["nulltesttype"].text() == "IS_NOT_NULL" &&
                     check_expression["arg"].type() == "ColumnRef";
  return tests ? last_name(check_expression["arg"]["fields"]) : std::string{};
}

}  // namespace innkeeper::migration
