#include "core/step_sql.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/loans.h"
#include "core/pooler_lookup.h"
#include "core/sql.h"
#include "core/text.h"
#include "embedded/core_sql.h"

namespace innkeeper {
namespace {

std::string grantee_list(const std::vector<role_name>& grantees) {
  if (grantees.empty()) return "PUBLIC";
  std::string text;
  for (const auto& grantee : grantees) text += (text.empty() ? "" : ", ") + quoted(grantee);
  return text;
}

std::string or_public(const role_name& grantee) {
  return grantee.empty() ? "PUBLIC" : quoted(grantee);
}

std::string parameter_value(const std::string& name, const std::string& value) {
  return is_list_setting(name) ? print_search_path(parse_search_path(value)) : quote_literal(value);
}

// A parameter's name may be qualified ("auto_explain.log_analyze"): each part is an identifier.
std::string parameter_name(const std::string& name) {
  const auto dot = name.find('.');
  if (dot == std::string::npos) return quote_identifier(name);
  return quote_identifier(name.substr(0, dot)) + "." + quote_identifier(name.substr(dot + 1));
}

std::string in_database(const database_name& database) {
  return database.empty() ? std::string{} : " IN DATABASE " + quoted(database);
}

// Signatures are the server's own words; only the schema is added.
std::string function_list(const std::vector<std::string>& signatures) {
  return fmt::format("pg_catalog.{}", fmt::join(signatures, ", pg_catalog."));
}

std::string as_role(const role_name& role, const std::string& statement) {
  if (role.empty()) return statement;
  return fmt::format("SET LOCAL ROLE {};\n{}\nSET LOCAL ROLE NONE;", quoted(role), statement);
}

std::string_view kind_plural(char kind) {
  switch (kind) {
    case 'S':
      return "SEQUENCES";
    case 'f':
      return "ROUTINES";
    case 'T':
      return "TYPES";
    case 'n':
      return "SCHEMAS";
    default:
      return "TABLES";
  }
}

// A file that is one DO block, without the comment above it.
std::string script(std::string_view file) {
  std::string text{file.substr(file.find("DO "))};
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// A role's loans in one: what any of them needs.
std::vector<loan> added_up(const std::vector<const step*>& steps) {
  std::vector<loan> all;
  for (const auto* one : steps) {
    for (const auto& needed : one->loans) {
      const auto same = std::ranges::find(all, needed.role, &loan::role);
      if (same == all.end()) {
        all.push_back(needed);
      } else {
        same->inherits = same->inherits || needed.inherits;
        same->becomes = same->becomes || needed.becomes;
      }
    }
  }
  return all;
}

std::string by_grantor(const loan& one) {
  return one.grantor.empty() ? "" : " GRANTED BY " + quoted(one.grantor);
}

std::string with_loans(const std::vector<const step*>& steps, const std::string& statements) {
  const auto loans = added_up(steps);
  std::string text;
  for (const auto& one : loans) text += borrowing_sql(one) + "\n";
  text += statements;
  for (const auto& one : loans) text += "\n" + returning_sql(one);
  return text;
}

// One overload a kind of step; the compiler names the one that is missing.
struct sql_of {
  const std::string& password;  // a literal

  std::string operator()(const steps::set_parameter& s) const {
    return fmt::format("ALTER SYSTEM SET {} = {};", parameter_name(s.name), parameter_value(s.name, s.value));
  }
  std::string operator()(const steps::create_role& s) const {
    std::string text = s.is_alone ? "SET LOCAL createrole_self_grant = '';\n" : "";
    text += fmt::format("CREATE ROLE {}", quoted(s.role));
    text += s.can_login ? " LOGIN" : " NOLOGIN";
    if (s.can_login || s.connection_limit >= 0) text += fmt::format(" CONNECTION LIMIT {}", s.connection_limit);
    if (s.can_login && !password.empty()) text += " PASSWORD " + password;
    return text + ";\n" + (*this)(steps::comment_role{s.role, s.mark});
  }
  std::string operator()(const steps::alter_role& s) const {
    std::string text = fmt::format("ALTER ROLE {}", quoted(s.role));
    for (const auto& attribute : s.attributes) text += " " + attribute;
    if (s.connection_limit) text += fmt::format(" CONNECTION LIMIT {}", *s.connection_limit);
    return text + ";";
  }
  std::string operator()(const steps::set_password& s) const {
    return fmt::format("ALTER ROLE {} PASSWORD {};", quoted(s.role), password);
  }
  std::string operator()(const steps::grant_role& s) const {
    const std::string text = fmt::format("GRANT {} TO {}", quoted(s.role), quoted(s.member));
    if (!s.inherit) return text + ";";
    return text + (*s.inherit ? " WITH INHERIT TRUE, SET TRUE;" : " WITH INHERIT FALSE, SET TRUE;");
  }
  std::string operator()(const steps::revoke_role& s) const {
    return fmt::format("REVOKE {} FROM {}{}{};", quoted(s.role), quoted(s.member),
                       s.grantor.empty() ? "" : " GRANTED BY " + quoted(s.grantor), s.cascades ? " CASCADE" : "");
  }
  std::string operator()(const steps::set_role_parameter& s) const {
    return fmt::format("ALTER ROLE {}{} SET {} = {};", quoted(s.role), in_database(s.database), parameter_name(s.name),
                       parameter_value(s.name, s.value));
  }
  std::string operator()(const steps::reset_role_parameter& s) const {
    return fmt::format("ALTER ROLE {}{} RESET {};", quoted(s.role), in_database(s.database), parameter_name(s.name));
  }
  std::string operator()(const steps::revoke_admin_option& s) const {
    const std::string by = s.grantor.empty() ? "" : " GRANTED BY " + quoted(s.grantor);
    return fmt::format("REVOKE ADMIN OPTION FOR {} FROM {}{} CASCADE;", quoted(s.role), quoted(s.member), by);
  }
  std::string operator()(const steps::revoke_grant_option& s) const {
    const std::string on = s.schema.empty() ? "DATABASE " + quoted(s.database) : "SCHEMA " + quoted(s.schema);
    return as_role(s.as, fmt::format("REVOKE GRANT OPTION FOR {} ON {} FROM {} CASCADE;", privilege_words(s.privileges),
                                     on, quoted(s.grantee)));
  }
  std::string operator()(const steps::grant_on_functions& s) const {
    return fmt::format("GRANT EXECUTE ON FUNCTION {} TO {};", function_list(s.functions), or_public(s.grantee));
  }
  std::string operator()(const steps::revoke_on_functions& s) const {
    return fmt::format("REVOKE EXECUTE ON FUNCTION {} FROM {};", function_list(s.functions), or_public(s.grantee));
  }
  std::string operator()(const steps::comment_role& s) const {
    return fmt::format("COMMENT ON ROLE {} IS {};", quoted(s.role), quote_literal(s.mark));
  }
  std::string operator()(const steps::create_database& s) const {
    std::string text = fmt::format("CREATE DATABASE {} TEMPLATE template0", quoted(s.database));
    if (!s.encoding.empty()) text += fmt::format(" ENCODING {}", quote_literal(s.encoding));
    if (!s.locale.empty()) text += fmt::format(" LOCALE {}", quote_literal(s.locale));
    text += " ALLOW_CONNECTIONS false";
    if (s.connection_limit >= 0) text += fmt::format(" CONNECTION LIMIT {}", s.connection_limit);
    return text + ";";
  }
  std::string operator()(const steps::alter_database& s) const {
    std::string text;
    const auto line = [&](const std::string& change) {
      text += fmt::format("{}ALTER DATABASE {} {};", text.empty() ? "" : "\n", quoted(s.database), change);
    };
    if (s.owner) line("OWNER TO " + quoted(*s.owner));
    if (s.connection_limit) line(fmt::format("CONNECTION LIMIT {}", *s.connection_limit));
    if (s.is_template) line(fmt::format("IS_TEMPLATE {}", *s.is_template));
    return text;
  }
  std::string operator()(const steps::open_database& s) const {
    return fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS true;", quoted(s.database));
  }
  std::string operator()(const steps::set_database_parameter& s) const {
    return fmt::format("ALTER DATABASE {} SET {} = {};", quoted(s.database), parameter_name(s.name),
                       parameter_value(s.name, s.value));
  }
  std::string operator()(const steps::reset_database_parameter& s) const {
    return fmt::format("ALTER DATABASE {} RESET {};", quoted(s.database), parameter_name(s.name));
  }
  std::string operator()(const steps::comment_database& s) const {
    return fmt::format("COMMENT ON DATABASE {} IS {};", quoted(s.database), quote_literal(s.mark));
  }
  std::string operator()(const steps::grant_on_database& s) const {
    return fmt::format("GRANT {} ON DATABASE {} TO {};", privilege_words(s.privileges), quoted(s.database),
                       quoted(s.grantee));
  }
  std::string operator()(const steps::revoke_on_database& s) const {
    return fmt::format("REVOKE {} ON DATABASE {} FROM {};", privilege_words(s.privileges), quoted(s.database),
                       or_public(s.grantee));
  }
  std::string operator()(const steps::end_sessions& s) const {
    return fmt::format(
        "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = {} AND usename = "
        "{};",
        quote_literal(s.database.value), quote_literal(s.role.value));
  }
  std::string operator()(const steps::create_schema& s) const {
    std::string text = fmt::format("CREATE SCHEMA {}", quoted(s.schema));
    if (!s.owner.empty()) text += fmt::format(" AUTHORIZATION {}", quoted(s.owner));
    return text + ";";
  }
  std::string operator()(const steps::alter_schema_owner& s) const {
    const std::string change = fmt::format("ALTER SCHEMA {} OWNER TO {};", quoted(s.schema), quoted(s.owner));
    if (!s.needs_create) return change;
    return fmt::format("GRANT CREATE ON DATABASE {0} TO {1};\n{2}\nREVOKE CREATE ON DATABASE {0} FROM {1};",
                       quoted(s.database), quoted(s.owner), change);
  }
  std::string operator()(const steps::grant_on_schema& s) const {
    return as_role(s.as, fmt::format("GRANT {} ON SCHEMA {} TO {};", privilege_words(s.privileges), quoted(s.schema),
                                     quoted(s.grantee)));
  }
  std::string operator()(const steps::revoke_on_schema& s) const {
    return as_role(s.as, fmt::format("REVOKE {} ON SCHEMA {} FROM {};", privilege_words(s.privileges), quoted(s.schema),
                                     or_public(s.grantee)));
  }
  std::string operator()(const steps::create_extension& s) const {
    std::string text =
        fmt::format("CREATE EXTENSION {} WITH SCHEMA {}", quoted(s.extension), quoted(extensions_schema));
    if (!s.version.empty()) text += fmt::format(" VERSION {}", quote_literal(s.version));
    return text + ";";
  }
  std::string operator()(const steps::update_extension& s) const {
    return fmt::format("ALTER EXTENSION {} UPDATE TO {};", quoted(s.extension), quote_literal(s.version));
  }
  std::string operator()(const steps::alter_default_privileges& s) const {
    const std::string in = s.schema.empty() ? "" : " IN SCHEMA " + quoted(s.schema);
    return as_role(s.assume_owner ? s.owner : role_name{},
                   fmt::format("ALTER DEFAULT PRIVILEGES FOR ROLE {}{} {} {} ON {} {} {};", quoted(s.owner), in,
                               s.is_grant ? "GRANT" : "REVOKE", privilege_words(s.privileges), kind_plural(s.kind),
                               s.is_grant ? "TO" : "FROM", grantee_list(s.grantees)));
  }
  std::string operator()(const steps::grant_on_objects& s) const {
    return fmt::format("GRANT {} ON ALL {} IN SCHEMA {} TO {};", privilege_words(s.privileges), kind_plural(s.kind),
                       quoted(s.schema), grantee_list(s.grantees));
  }
  std::string operator()(const steps::change_object_owner& s) const {
    std::string text = script(core_sql::change_object_owner_sql);
    text = replace_all(std::move(text), "@TO@", quote_literal(quoted(s.to)));
    text = replace_all(std::move(text), "@FROM@", quote_literal(s.from.value));
    return replace_all(std::move(text), "@SCHEMA@", quote_literal(s.schema.value));
  }
  std::string operator()(const steps::create_lookup& s) const { return create_lookup_sql(s.access, s.users); }
  std::string operator()(const steps::drop_lookup& s) const { return drop_lookup_sql(s.database, s.users); }
  std::string operator()(const steps::drop_database& s) const {
    return fmt::format("DROP DATABASE {} WITH (FORCE);", quoted(s.database));
  }
  std::string operator()(const steps::drop_schema& s) const {
    return replace_all(script(core_sql::drop_schema_sql), "@SCHEMA@", quote_literal(s.schema.value));
  }
  std::string operator()(const steps::take_over_owned& s) const {
    const std::string inherit = s.membership_options ? " WITH INHERIT TRUE" : "";
    const auto join = [&](const role_name& role) {
      return fmt::format("GRANT {} TO CURRENT_USER{};\n", quoted(role), inherit);
    };
    std::string text = s.must_join ? join(s.role) : "";
    if (!s.to.empty()) {
      if (s.must_join) text += join(s.to);
      text += fmt::format("REASSIGN OWNED BY {} TO {};\n", quoted(s.role), quoted(s.to));
    }
    text += replace_all(script(core_sql::drop_privileges_sql), "@ROLE@", quote_literal(s.role.value));
    if (s.must_join && s.membership_options && !s.to.empty()) {
      text += fmt::format("\nGRANT {} TO CURRENT_USER WITH INHERIT FALSE;", quoted(s.to));
    }
    return text;
  }
  std::string operator()(const steps::drop_role& s) const { return fmt::format("DROP ROLE {};", quoted(s.role)); }
  std::string operator()(const steps::write_secret&) const { return "-- written by `innkeeper apply`, not by SQL"; }
  std::string operator()(const steps::create_registry&) const {
    std::string text{core_sql::registry_sql};
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }
};

std::string statements(const step& one, const std::string& password_literal) {
  return std::visit(sql_of{password_literal}, one.what);
}

// SET LOCAL and loans hold in a transaction only.
std::string in_transaction(const std::string& text) {
  const bool needs_one = text.find("SET LOCAL ") != std::string::npos || text.starts_with("GRANT ");
  return needs_one && text.find('\n') != std::string::npos ? "BEGIN;\n" + text + "\nCOMMIT;" : text;
}

// In a psql variable's place: a script for people holds no password and no verifier.
std::string script_statement(const step& one) {
  const role_name needs = needs_secret_of(one);
  if (needs.empty()) return in_transaction(with_loans({&one}, statements(one, {})));
  const std::string ask = fmt::format("\\password {}", quoted(needs));
  if (std::holds_alternative<steps::set_password>(one.what)) return ask;
  return in_transaction(statements(one, {})) + "\n" + ask;
}

bool needs_transaction(const step& one) {
  return !one.loans.empty();
}

// As apply runs them: what borrows a role shares a transaction with the other steps of its database.
std::vector<std::vector<const step*>> transactions_of(const plan& whole) {
  const auto belong_together = [](const step& a, const step& b) {
    return a.scope == b.scope &&
           (a.scope == step_scope::closing || (a.scope == step_scope::inside && a.database == b.database));
  };
  std::vector<std::vector<const step*>> groups;
  for (const auto& one : whole.steps) {
    if (!groups.empty() && belong_together(*groups.back().front(), one)) {
      groups.back().push_back(&one);
    } else {
      groups.push_back({&one});
    }
  }
  return groups;
}

std::string group_script(const std::vector<const step*>& group) {
  const bool is_one =
      group.size() > 1 && std::ranges::any_of(group, [](const auto* one) { return needs_transaction(*one); });
  std::string text = is_one ? "\nBEGIN;\n" : "";
  const auto loans = is_one ? added_up(group) : std::vector<loan>{};
  for (const auto& one : loans) text += borrowing_sql(one) + "\n";
  for (const auto* one : group) {
    const std::string place = to_string(one->from.where);
    text += fmt::format("\n-- {}{}\n{}\n", describe(*one), place.empty() ? "" : " (" + place + ")",
                        is_one ? statements(*one, {}) : script_statement(*one));
    if (std::holds_alternative<steps::set_parameter>(one->what)) text += "SELECT pg_reload_conf();\n";
  }
  for (const auto& one : loans) text += "\n" + returning_sql(one);
  return is_one ? text + "\nCOMMIT;\n" : text;
}

}  // namespace

std::string borrowing_sql(const loan& one) {
  const std::string grant = fmt::format("GRANT {} TO {}", quoted(one.role), quoted(one.admin));
  if (!one.has_options) return grant + by_grantor(one) + ";";
  std::string options;
  const auto say = [&](const char* option, bool is_needed) {
    // What it holds already is left as it is.
    if (!is_needed && one.has_row) return;
    options += fmt::format("{}{} {}", options.empty() ? "" : ", ", option, is_needed ? "TRUE" : "FALSE");
  };
  say("INHERIT", one.inherits);
  say("SET", one.becomes);
  return fmt::format("{} WITH {}{};", grant, options, by_grantor(one));
}

std::string returning_sql(const loan& one) {
  const auto revoke = [&](const char* what) {
    return fmt::format("REVOKE {}{} FROM {}{};", what, quoted(one.role), quoted(one.admin), by_grantor(one));
  };
  if (!one.has_row) return revoke("");
  const char* between = one.inherits && one.becomes ? "\n" : "";
  return (one.inherits ? revoke("INHERIT OPTION FOR ") : "") + between + (one.becomes ? revoke("SET OPTION FOR ") : "");
}

std::string to_sql(const step& one, const std::optional<secret>& verifier) {
  return with_loans({&one}, statements(one, verifier ? quote_literal(verifier->expose()) : std::string{}));
}

std::string to_sql(const std::vector<const step*>& steps, const verifier_lookup& verifier_of) {
  std::string text;
  for (const auto* one : steps) {
    const auto verifier = verifier_of(*one);
    text += (text.empty() ? "" : "\n") + statements(*one, verifier ? quote_literal(verifier->expose()) : std::string{});
  }
  return with_loans(steps, text);
}

std::string shown_sql(const step& one) {
  return shown_sql(std::vector<const step*>{&one});
}

std::string shown_sql(const std::vector<const step*>& steps) {
  std::string text;
  for (const auto* one : steps) {
    const bool has_secret = !needs_secret_of(*one).empty();
    text += (text.empty() ? "" : "\n") + statements(*one, has_secret ? "'********'" : std::string{});
  }
  return with_loans(steps, text);
}

int registry_tables() {
  static constexpr std::string_view statement = "\nCREATE TABLE ";
  const std::string_view script = core_sql::registry_sql;
  int tables = 0;
  for (auto at = script.find(statement); at != std::string_view::npos; at = script.find(statement, at + 1)) ++tables;
  return tables;
}

std::string create_admin_sql(const role_name& admin, bool superuser, const secret& verifier) {
  return fmt::format("CREATE ROLE {} LOGIN {} PASSWORD {};", quoted(admin),
                     superuser ? "SUPERUSER" : "CREATEDB CREATEROLE", quote_literal(verifier.expose()));
}

std::string to_preflight_script(const plan& whole) {
  std::string text = fmt::format(
      "-- What the admin of server \"{}\" lacks: {} statement{}. Run as a superuser: psql -X -d postgres -f FILE\n"
      "\\set ON_ERROR_STOP on\n",
      whole.server, whole.preflight.size(), whole.preflight.size() == 1 ? "" : "s");
  std::string connected;
  for (const auto& one : whole.preflight) {
    if (one.database.value != connected) {
      connected = one.database.value;
      text += fmt::format("\n\\connect {}\nSET search_path = pg_catalog, pg_temp;\n", quote_identifier(connected));
    }
    text += fmt::format("\n-- {}{}\n{}\n", one.why, one.needed_for == missing_right::need::proof ? " (proof)" : "",
                        one.statement);
  }
  if (whole.preflight.empty()) text += "-- nothing is missing\n";
  return text;
}

std::string to_script(const plan& whole) {
  std::string text = fmt::format(
      "-- {} step{} for server \"{}\". Run with: psql -X -d postgres -f FILE\n"
      "\\set ON_ERROR_STOP on\n"
      "SET search_path = pg_catalog, pg_temp;\n",
      whole.steps.size(), whole.steps.size() == 1 ? "" : "s", whole.server);
  const std::string maintenance = "postgres";
  std::string connected = maintenance;
  for (const auto& group : transactions_of(whole)) {
    const auto& first = *group.front();
    const std::string target = first.scope == step_scope::inside ? first.database.value : maintenance;
    if (target != connected) {
      text += fmt::format("\n\\connect {}\nSET search_path = pg_catalog, pg_temp;\n", quote_identifier(target));
      connected = target;
    }
    text += group_script(group);
  }
  if (whole.empty()) text += "-- nothing to do\n";
  return text;
}

}  // namespace innkeeper
