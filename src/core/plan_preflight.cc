#include <fmt/format.h>

#include <algorithm>

#include "core/plan_rules.h"
#include "core/sql.h"

namespace innkeeper::plan_rules {
namespace {

using need = missing_right::need;

class preflight_rules {
 public:
  explicit preflight_rules(const context& with) : with_{with}, admin_{quoted(with.can.admin)} {}

  std::vector<missing_right> run(const std::vector<attention>& told) {
    std::set<database_name> inside;
    for (const auto& one : told) {
      if (is_for_others(one) && !one.database.empty()) inside.insert(one.database);
    }
    // Databases first: what follows may happen inside them.
    for (const auto& database : with_.desired.databases) {
      if (!with_.skips(database)) make_ahead(database, inside.contains(database.name));
    }
    from_attentions(told);
    for_the_proof();
    std::map<database_name, int> places{{with_.observed.maintenance, 0}};
    for (const auto& one : rights_) places.emplace(one.database, static_cast<int>(places.size()));
    std::ranges::stable_sort(rights_, {}, [&](const missing_right& one) { return places.at(one.database); });
    return std::move(rights_);
  }

 private:
  void ask(std::string statement, const database_name& database, std::string why, need needed_for,
           std::string who = "a superuser") {
    const auto is_same = [&](const missing_right& one) {
      return one.statement == statement && one.database == database;
    };
    if (std::ranges::any_of(rights_, is_same)) return;
    rights_.push_back({std::move(statement), database, std::move(who), std::move(why), needed_for});
  }

  static bool is_for_others(const attention& one) {
    return !one.statement.empty() && one.who != "you" && !one.is_advice;
  }

  // What only a superuser can do inside a database needs the database; apply then finds it as it would have made it.
  void make_ahead(const desired_database& wanted, bool has_other_reasons) {
    if (with_.database(wanted.name) != nullptr) return;
    const bool gives_public = !with_.can.may_give_public_schema;
    const auto guarded = guarded_extensions(wanted);
    if (!gives_public && guarded.empty() && !has_other_reasons) return;
    const auto& at = with_.observed.maintenance;
    const std::string name = quoted(wanted.name);
    const std::string why = fmt::format("database \"{}\" needs a superuser inside, before apply", wanted.name);
    std::string create = fmt::format("CREATE DATABASE {} OWNER {} TEMPLATE template0", name, admin_);
    if (!wanted.encoding.empty()) create += fmt::format(" ENCODING {}", quote_literal(wanted.encoding));
    if (!wanted.locale.empty()) create += fmt::format(" LOCALE {}", quote_literal(wanted.locale));
    ask(create + ";", at, why, need::apply);
    ask(fmt::format("REVOKE ALL ON DATABASE {} FROM PUBLIC;", name), at, why, need::apply);
    if (!wanted.is_registry) {
      ask(fmt::format("COMMENT ON DATABASE {} IS {};", name, quote_literal(with_.desired.mark)), at, why, need::apply);
    }
    if (gives_public) {
      const std::string owns = "schema \"public\" of a new database belongs to a superuser";
      ask(fmt::format("ALTER SCHEMA \"public\" OWNER TO {};", admin_), wanted.name, owns, need::apply);
    }
    if (guarded.empty()) return;
    ask(fmt::format("CREATE SCHEMA {} AUTHORIZATION {};", quoted(extensions_schema), admin_), wanted.name, why,
        need::apply);
    for (const auto& one : guarded) {
      ask(fmt::format("CREATE EXTENSION {} WITH SCHEMA {};", quoted(one), quoted(extensions_schema)), wanted.name,
          fmt::format("extension \"{}\" is not trusted", one), need::apply);
    }
  }

  [[nodiscard]] std::vector<extension_name> guarded_extensions(const desired_database& wanted) const {
    std::vector<extension_name> names;
    if (with_.can.may_use_untrusted_extensions) return names;
    for (const auto& one : wanted.extensions) {
      const auto available = with_.observed.available_extensions.find(one.name.value);
      if (available == with_.observed.available_extensions.end() || available->second.trusted) continue;
      names.push_back(one.name);
    }
    return names;
  }

  // What this admin can't mend, a superuser mends: as good as the right to.
  void from_attentions(const std::vector<attention>& told) {
    for (const auto& one : told) {
      if (!is_for_others(one)) continue;
      const auto& at = one.database.empty() ? with_.observed.maintenance : one.database;
      if (with_.database(at) == nullptr && is_done_ahead(one.statement)) continue;
      make_roles_ahead(one.alters);
      ask(one.statement, at, one.text, need::apply, one.who);
      if (one.statement.starts_with("ALTER SYSTEM")) {
        ask("SELECT pg_catalog.pg_reload_conf();", at, "settings take effect with a reload", need::apply, one.who);
      }
    }
  }

  // A log-in that only a superuser can bound has to be there first; apply then gives it its password.
  void make_roles_ahead(const std::vector<role_name>& altered) {
    for (const auto& role : altered) {
      const auto wanted = with_.wanted_roles.find(role);
      if (wanted == with_.wanted_roles.end() || with_.role(role) != nullptr) continue;
      const std::string name = quoted(role);
      const std::string why = fmt::format("role \"{}\" needs a superuser, before apply", role);
      ask(fmt::format("CREATE ROLE {}{};", name, wanted->second->can_login ? " LOGIN" : ""), with_.observed.maintenance,
          why, need::apply);
      ask(fmt::format("COMMENT ON ROLE {} IS {};", name, quote_literal(with_.desired.mark)), with_.observed.maintenance,
          why, need::apply);
    }
  }

  // What make_ahead asks for in its own way, because the services' roles are not there yet.
  static bool is_done_ahead(std::string_view statement) {
    return statement.starts_with("ALTER SCHEMA") || statement.starts_with("REVOKE ALL ON SCHEMA") ||
           statement.starts_with("CREATE EXTENSION");
  }

  void for_the_proof() {
    const auto& at = with_.observed.maintenance;
    if (!with_.can.may_read_verifiers) {
      ask(fmt::format("GRANT SELECT (rolname, rolpassword) ON pg_catalog.pg_authid TO {};", admin_), at,
          "how passwords are hashed, and whether another hand changed one, without trying to log in", need::proof);
    }
    if (!with_.can.may_read_hba_rules) {
      const std::string why = "which log-ins pg_hba.conf lets in, and how";
      ask(fmt::format("GRANT SELECT ON pg_catalog.pg_hba_file_rules TO {};", admin_), at, why, need::proof);
      ask(fmt::format("GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO {};", admin_), at, why, need::proof);
    }
  }

  const context& with_;
  const std::string admin_;
  std::vector<missing_right> rights_;
};

}  // namespace

std::vector<missing_right> plan_preflight(const context& with, const std::vector<attention>& told) {
  if (with.can.is_superuser) return {};
  return preflight_rules{with}.run(told);
}

}  // namespace innkeeper::plan_rules
