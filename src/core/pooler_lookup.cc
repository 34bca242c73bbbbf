#include "core/pooler_lookup.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/sql.h"

namespace innkeeper {
namespace {

constexpr std::string_view lookup_settings = "search_path=pg_catalog, pg_temp";

std::string function_name() {
  return quoted(lookup_schema) + ".log_in";
}

// The name is compared as text: as a name, a longer one would be cut to that of somebody else.
std::string lookup_body(const role_name& access) {
  return fmt::format(
      "\n  SELECT a.rolname::text, a.rolpassword\n"
      "  FROM pg_catalog.pg_authid AS a\n"
      "  WHERE a.rolname::text = $1 AND a.rolcanlogin AND NOT a.rolsuper\n"
      "    AND NOT (a.rolcreaterole OR a.rolcreatedb OR a.rolreplication OR a.rolbypassrls)\n"
      "    AND (a.rolvaliduntil IS NULL OR a.rolvaliduntil > pg_catalog.now())\n"
      "    AND EXISTS (SELECT FROM pg_catalog.pg_auth_members AS m\n"
      "                JOIN pg_catalog.pg_authid AS g ON g.oid = m.roleid\n"
      "                WHERE m.member = a.oid AND g.rolname = {})\n",
      quote_literal(access.value));
}

}  // namespace

std::string lookup_query() {
  return fmt::format("SELECT usename, passwd FROM {}($1)", function_name());
}

std::string create_lookup_sql(const role_name& access, const std::vector<role_name>& users) {
  const auto name = function_name();
  std::string text = fmt::format("DROP FUNCTION IF EXISTS {}(text);\n", name);
  text += fmt::format(
      "CREATE FUNCTION {}(text) RETURNS TABLE (usename text, passwd text)\n"
      "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp\nAS {};\n",
      name, quote_literal(lookup_body(access)));
  text += fmt::format("REVOKE ALL ON FUNCTION {}(text) FROM PUBLIC;", name);
  for (const auto& user : users) {
    text += fmt::format("\nGRANT EXECUTE ON FUNCTION {}(text) TO {};", name, quoted(user));
  }
  return text;
}

std::string drop_lookup_sql(const database_name& database, const std::vector<role_name>& users) {
  std::string text =
      fmt::format("DROP FUNCTION IF EXISTS {}(text);\nDROP SCHEMA {};", function_name(), quoted(lookup_schema));
  for (const auto& user : users)
    text += fmt::format("\nREVOKE ALL ON DATABASE {} FROM {};", quoted(database), quoted(user));
  return text;
}

std::vector<role_name> users_of(const observed_lookup& found) {
  std::vector<role_name> users;
  for (const auto& item : found.privileges) {
    if (item.grantee != found.owner && !item.is_public() && !item.privileges.empty()) users.push_back(item.grantee);
  }
  return users;
}

bool is_as_made(const observed_lookup& found, const role_name& access, const std::vector<role_name>& users) {
  std::vector<role_name> callers;
  for (const auto& item : found.privileges) {
    if (item.grantee != found.owner && !item.privileges.empty()) callers.push_back(item.grantee);
  }
  auto wanted = users;
  std::ranges::sort(wanted);
  std::ranges::sort(callers);
  return found.owner_is_superuser && found.is_security_definer && found.settings == lookup_settings &&
         found.body == lookup_body(access) && callers == wanted;
}

}  // namespace innkeeper
