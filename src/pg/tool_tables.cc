#include "pg/tool_tables.h"

#include <fmt/format.h>

#include "embedded/catalog_sql.h"

namespace innkeeper::pg {
namespace {

constexpr char separator = '\x1f';

std::vector<std::string> split_columns(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

}  // namespace

std::vector<migration::tool_table> find_tool_tables(connection& session, const std::optional<std::string>& schema,
                                                    const std::optional<std::string>& name) {
  std::string names = name.value_or("");
  if (!name) names = fmt::format("{}", fmt::join(migration::usual_tool_tables(), std::string{separator}));
  const auto rows = session.query_with(catalog_sql::tool_tables_sql, {names, schema});
  std::vector<migration::tool_table> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto tool = migration::tool_of_columns(split_columns(rows.text(i, 4)));
    if (!tool) continue;
    all.push_back({.tool = *tool,
                   .schema = rows.text(i, 0),
                   .name = rows.text(i, 1),
                   .is_on_path = rows.text(i, 2) == "t",
                   .is_readable = rows.text(i, 3) == "t"});
  }
  return all;
}

std::vector<migration::tool_row> read_tool_rows(connection& session, const migration::tool_table& from) {
  const auto rows = session.query(migration::read_tool_rows_sql(from));
  std::vector<migration::tool_row> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    all.push_back(migration::parse_tool_row(
        {rows.text(i, 0), rows.text(i, 1), rows.text(i, 2), rows.text(i, 3), rows.text(i, 4)}));
  }
  return all;
}

}  // namespace innkeeper::pg
