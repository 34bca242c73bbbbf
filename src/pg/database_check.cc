#include "pg/database_check.h"

#include <algorithm>

#include "core/sql.h"
#include "embedded/catalog_sql.h"

namespace innkeeper::pg {
namespace {

// Whatever decides how a value is printed, so that two sessions print it alike.
constexpr std::string_view same_output =
    "SET TimeZone = 'UTC'; SET IntervalStyle = 'iso_8601'; SET bytea_output = 'hex'; SET extra_float_digits = 3; "
    "SET lc_monetary = 'C'; SET row_security = off;";

}  // namespace

database_check check_database(connection& inside, const schema_name& schema, const role_name& as) {
  inside.query(same_output);
  if (!as.empty()) inside.query("SET ROLE " + quoted(as));
  database_check found;
  const auto objects = inside.query_with(catalog_sql::object_lines_sql, {schema.value});
  for (std::size_t i = 0; i < objects.size(); ++i) found.objects.push_back(objects.text(i, 0));
  const auto statements = inside.query_with(catalog_sql::data_checks_sql, {schema.value});
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const auto row = inside.query(statements.text(i, 1));
    found.data.push_back({statements.text(i, 0), std::stoll(row.text(0, 0)), row.text(0, 1)});
  }
  return found;
}

std::vector<std::string> schema_lines(connection& inside) {
  std::vector<std::string> lines;
  const auto objects = inside.query_with(catalog_sql::object_lines_sql, {""});
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto& line = objects.text(i, 0);
    if (line.find("innkeeper.") == std::string::npos && line != "schema innkeeper") lines.push_back(line);
  }
  const auto definitions = inside.query(catalog_sql::definitions_sql);
  for (std::size_t i = 0; i < definitions.size(); ++i) lines.push_back(definitions.text(i, 0));
  std::ranges::sort(lines);
  return lines;
}

std::string creation_options(connection& maintenance, const database_name& database) {
  const auto row = maintenance.query_with(catalog_sql::creation_options_sql, {database.value});
  return row.empty() ? std::string{} : row.text(0, 0);
}

}  // namespace innkeeper::pg
