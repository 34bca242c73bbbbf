#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

// A database's owner may create these from PostgreSQL 13 on.
constexpr auto trusted_extensions = std::to_array<std::string_view>(
    {"bool_plperl",     "btree_gin",       "btree_gist", "citext",       "cube", "dict_int",  "fuzzystrmatch",
     "hstore",          "intarray",        "isn",        "jsonb_plperl", "lo",   "ltree",     "pg_trgm",
     "pgcrypto",        "plperl",          "plpgsql",    "pltcl",        "seg",  "tablefunc", "tcn",
     "tsm_system_rows", "tsm_system_time", "unaccent",   "uuid-ossp"});

void check_extension(const lint_context& at) {
  const auto name = at.root["extname"].text();
  const bool is_trusted =
      std::find(trusted_extensions.begin(), trusted_extensions.end(), name) != trusted_extensions.end();
  if (is_trusted || at.known.facts().extensions.contains(name)) return;
  at.report(
      {.rule = "create-extension-privilege",
       .message = fmt::format("only a superuser may create extension {}", in_quotes(name)),
       .hint = "Declare it in the manifest or in extensions.sql, which an admin sets up before the service's files."});
}

bool sets_search_path(const sql_node& option) {
  return option["defname"].text() == "set" && option["arg"]["name"].text() == "search_path";
}

void check_security_definer(const lint_context& at) {
  const auto options = at.root[at.root.type() == "AlterFunctionStmt" ? "actions" : "options"].items();
  const auto makes_definer = [](const sql_node& one) {
    return one["defname"].text() == "security" && one["arg"]["boolval"].flag();
  };
  const bool is_definer = std::any_of(options.begin(), options.end(), makes_definer);
  if (!is_definer || std::any_of(options.begin(), options.end(), sets_search_path)) return;
  const auto name = at.root.type() == "AlterFunctionStmt" ? at.root["func"]["objname"] : at.root["funcname"];
  at.report({.rule = "security-definer-search-path",
             .message = fmt::format("function {} runs with its owner's rights and its caller's search_path: the caller "
                                    "chooses what its names mean",
                                    in_quotes(name_in(name))),
             .hint = "Add SET search_path = pg_catalog, followed by the schemas that it reads, and pg_temp last."});
}

void check_grant(const lint_context& at) {
  const auto grant = at.root.type() == "AlterDefaultPrivilegesStmt" ? at.root["action"] : at.root;
  if (!grant["is_grant"].flag()) return;
  const auto grantees = grant["grantees"].items();
  const bool is_public = std::any_of(grantees.begin(), grantees.end(),
                                     [](const sql_node& one) { return one["roletype"].text() == "ROLESPEC_PUBLIC"; });
  if (!is_public) return;
  at.report({.rule = "grant-to-public",
             .message = "PUBLIC is every role of the server, those of other services too",
             .hint = "Grant to the roles that need it."});
}

void check_password(const lint_context& at) {
  for (const auto& option : at.root["options"].items()) {
    if (option["defname"].text() != "password" || option["arg"].text().empty()) continue;
    at.report(
        {.rule = "password-in-sql",
         .message = "a password in a file is read by whoever reads the repository, the history or the server's log",
         .hint = "Declare the role in the manifest: its password is made there and kept as a secret.",
         .offset = option["location"].number()});
  }
}

}  // namespace

void lint_privileges(const lint_context& at) {
  const auto type = at.root.type();
  if (type == "CreateExtensionStmt") check_extension(at);
  if (type == "CreateFunctionStmt" || type == "AlterFunctionStmt") check_security_definer(at);
  if (type == "GrantStmt" || type == "AlterDefaultPrivilegesStmt") check_grant(at);
  const bool has_password = type == "CreateRoleStmt" || type == "AlterRoleStmt" || type == "CreateUserMappingStmt" ||
                            type == "AlterUserMappingStmt";
  if (has_password) check_password(at);
}

}  // namespace innkeeper::migration
