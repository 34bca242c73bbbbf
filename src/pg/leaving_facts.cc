#include "pg/leaving_facts.h"

#include "embedded/catalog_sql.h"

namespace innkeeper::pg {
namespace {

// An array literal.
std::string array_of(const std::vector<role_name>& names) {
  std::string text = "{";
  for (const auto& name : names) {
    text += text.size() > 1 ? ",\"" : "\"";
    for (const char c : name.value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

}  // namespace

std::vector<role_dependency> observe_role_dependencies(connection& maintenance, const std::vector<role_name>& roles,
                                                       const database_name& dropped) {
  const auto rows = maintenance.query_with(catalog_sql::role_dependencies_sql, {array_of(roles), dropped.value});
  std::vector<role_dependency> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    all.push_back({{rows.text(i, 0)}, {rows.text(i, 1)}, std::stoi(rows.text(i, 2)), std::stoi(rows.text(i, 3))});
  }
  return all;
}

std::vector<drop_blocker> observe_drop_blockers(connection& maintenance, const database_name& database) {
  const auto rows = maintenance.query_with(catalog_sql::drop_blockers_sql, {database.value});
  std::vector<drop_blocker> all;
  for (std::size_t i = 0; i < rows.size(); ++i) all.push_back({rows.text(i, 0), rows.text(i, 1)});
  return all;
}

}  // namespace innkeeper::pg
