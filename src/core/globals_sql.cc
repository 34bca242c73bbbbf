#include "core/globals_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/acl.h"
#include "core/mark.h"
#include "core/sql.h"

namespace innkeeper {
namespace {

std::string set_clause(const std::string& name, const std::string& value) {
  const auto dot = name.find('.');
  const std::string quoted_name =
      dot == std::string::npos ? quote_identifier(name)
                               : quote_identifier(name.substr(0, dot)) + "." + quote_identifier(name.substr(dot + 1));
  return fmt::format("SET {} = {}", quoted_name,
                     is_list_setting(name) ? print_search_path(parse_search_path(value)) : quote_literal(value));
}

std::string role_sql(const observed_role& one) {
  std::string text = fmt::format("CREATE ROLE {} {}", quoted(one.name), one.can_login ? "LOGIN" : "NOLOGIN");
  if (!one.inherits) text += " NOINHERIT";
  if (one.connection_limit >= 0) text += fmt::format(" CONNECTION LIMIT {}", one.connection_limit);
  if (!one.valid_until.empty()) text += " VALID UNTIL " + quote_literal(one.valid_until);
  if (one.verifier.has_value()) text += " PASSWORD " + quote_literal(one.verifier.value().expose());
  text += ";\n";
  for (const auto& [name, value] : one.settings) {
    text += fmt::format("ALTER ROLE {} {};\n", quoted(one.name), set_clause(name, value));
  }
  auto mark = parse_mark(one.comment);
  if (mark) mark->pruned.clear();
  const std::string comment = mark ? print_mark(*mark) : one.comment;
  if (!comment.empty()) text += fmt::format("COMMENT ON ROLE {} IS {};\n", quoted(one.name), quote_literal(comment));
  return text;
}

std::string database_sql(const observed_database& one, const std::string& creation_options) {
  const std::string name = quoted(one.name);
  std::string text = fmt::format("\nCREATE DATABASE {} TEMPLATE template0 {}", name, creation_options);
  if (one.connection_limit >= 0) text += fmt::format(" CONNECTION LIMIT {}", one.connection_limit);
  text += fmt::format(";\nREVOKE ALL ON DATABASE {} FROM PUBLIC;\n", name);
  for (const auto& item : one.privileges) {
    if (item.grantee == one.owner || item.privileges.empty()) continue;
    text += fmt::format("GRANT {} ON DATABASE {} TO {};\n", privilege_words(item.privileges), name,
                        item.is_public() ? "PUBLIC" : quoted(item.grantee));
  }
  for (const auto& [setting, value] : one.settings) {
    text += fmt::format("ALTER DATABASE {} {};\n", name, set_clause(setting, value));
  }
  if (!one.comment.empty()) text += fmt::format("COMMENT ON DATABASE {} IS {};\n", name, quote_literal(one.comment));
  return text;
}

}  // namespace

secret print_globals(const service_footprint& one, const std::vector<role_name>& roles, const observed_server& observed,
                     const std::string& creation_options) {
  const std::set<role_name> chosen{roles.begin(), roles.end()};
  std::string text = fmt::format(
      "-- Roles and database of service {}, as they were when it was dropped. Holds password verifiers.\n"
      "-- Run as a superuser: psql -X -d postgres -f globals.sql\n"
      "\\set ON_ERROR_STOP on\n\n",
      one.service);
  for (const auto& role : observed.roles) {
    if (chosen.contains(role.name)) text += role_sql(role);
  }
  std::set<std::pair<role_name, role_name>> done;  // several grantors, one membership
  for (const auto& row : observed.memberships) {
    if (!chosen.contains(row.role) || !chosen.contains(row.member) || !done.insert({row.role, row.member}).second) {
      continue;
    }
    text += fmt::format("GRANT {} TO {}{};\n", quoted(row.role), quoted(row.member),
                        !observed.can.membership_options ? ""
                        : row.inherit                    ? " WITH INHERIT TRUE, SET TRUE"
                                                         : " WITH INHERIT FALSE, SET TRUE");
  }
  const auto database = std::ranges::find(observed.databases, one.database, &observed_database::name);
  if (!creation_options.empty() && database != observed.databases.end()) {
    text += database_sql(*database, creation_options);
  }
  for (const auto& row : observed.role_settings) {
    if (row.database != one.database || !chosen.contains(row.role)) continue;
    for (const auto& [name, value] : row.settings) {
      text += fmt::format("ALTER ROLE {} IN DATABASE {} {};\n", quoted(row.role), quoted(row.database),
                          set_clause(name, value));
    }
  }
  return secret{std::move(text)};
}

}  // namespace innkeeper
