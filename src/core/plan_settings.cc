#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/plan_rules.h"
#include "core/sql.h"

namespace innkeeper::plan_rules {
namespace {

// Who a session works as: nothing else that is declared would hold.
bool changes_identity(const std::string& name) {
  return name == "role" || name == "session_authorization";
}

class settings_rules {
 public:
  settings_rules(const context& with, writer& to) : with_{with}, to_{to} {
    for (const auto& one : with_.observed.parameters_of_server) contexts_.emplace(one.name, one.context);
    for (const auto& one : with_.desired.role_settings) {
      declared_.insert({one.role, one.database, one.name});
      homes_[one.role].insert(one.database);
    }
  }

  void of_database(const desired_database& wanted, const observed_database& found) {
    for (const auto& [name, value] : found.settings) {
      if (wanted.settings.contains(name)) continue;
      if (changes_identity(name) && with_.could_act_for(found.owner)) {
        to_.add(steps::reset_database_parameter{wanted.name, name}, step_scope::around, wanted.from, wanted.name);
        continue;
      }
      tell(fmt::format("database \"{}\"", wanted.name), fmt::format("DATABASE {}", quoted(wanted.name)), name, value,
           with_.could_act_for(found.owner), wanted.from);
    }
  }

  // Of a log-in, everywhere.
  void of_role(const desired_role& wanted, const observed_role& found) {
    for (const auto& [name, value] : found.settings) {
      if (wanted.settings.contains(name)) continue;
      judge(wanted, {}, name, value, overrules_somewhere(wanted.name, name));
    }
  }

  // Of a log-in in one database.
  void of_role_in(const desired_role& wanted, const observed_role_setting& found) {
    for (const auto& [name, value] : found.settings) {
      if (declared_.contains({wanted.name, found.database, name})) continue;
      judge(wanted, found.database, name, value, overrules_database(found.database, name));
    }
  }

 private:
  // A log-in's own setting wins over its database's, which is the declared one.
  [[nodiscard]] bool overrules_database(const database_name& database, const std::string& name) const {
    const auto wanted = std::ranges::find(with_.desired.databases, database, &desired_database::name);
    return wanted != with_.desired.databases.end() && wanted->settings.contains(name);
  }

  [[nodiscard]] bool overrules_somewhere(const role_name& role, const std::string& name) const {
    const auto homes = homes_.find(role);
    return homes != homes_.end() && std::ranges::any_of(homes->second, [&](const database_name& database) {
             return overrules_database(database, name) && !declared_.contains({role, database, name});
           });
  }

  void judge(const desired_role& wanted, const database_name& database, const std::string& name,
             const std::string& value, bool overrules) {
    const bool may = with_.may_alter(wanted.name);
    if ((overrules || changes_identity(name)) && may) {
      const auto scope = database.empty() ? step_scope::server : step_scope::around;
      to_.add(steps::reset_role_parameter{wanted.name, database, name}, scope, wanted.from, database);
      return;
    }
    const std::string in = database.empty() ? "" : fmt::format(" in database \"{}\"", database);
    const std::string in_sql = database.empty() ? "" : fmt::format(" IN DATABASE {}", quoted(database));
    tell(fmt::format("role \"{}\"{}", wanted.name, in), fmt::format("ROLE {}{}", quoted(wanted.name), in_sql), name,
         value, may, wanted.from);
  }

  void tell(const std::string& whose, const std::string& sql, const std::string& name, const std::string& value,
            bool may, const origin& from) {
    const auto known = contexts_.find(name);
    const bool may_reset = may && with_.can.may_set(name, known == contexts_.end() ? "user" : known->second);
    // Applications keep secrets in settings of their own.
    const std::string shown = name.find('.') == std::string::npos ? fmt::format(" = {}", value) : "";
    to_.tell({.text = fmt::format("{} has setting {}{}, which no manifest declares", whose, name, shown),
              .statement = fmt::format("ALTER {} RESET {};", sql, quote_parameter(name)),
              .who = may_reset ? "you" : "a superuser",
              .from = from});
  }

  // As in ALTER … SET: each part of a qualified name is an identifier.
  static std::string quote_parameter(const std::string& name) {
    const auto dot = name.find('.');
    if (dot == std::string::npos) return quote_identifier(name);
    return quote_identifier(name.substr(0, dot)) + "." + quote_identifier(name.substr(dot + 1));
  }

  const context& with_;
  writer& to_;
  std::map<std::string, std::string> contexts_;
  std::set<std::tuple<role_name, database_name, std::string>> declared_;
  std::map<role_name, std::set<database_name>> homes_;
};

}  // namespace

void plan_settings(const context& with, writer& to) {
  settings_rules rules{with, to};
  std::set<database_name> databases;
  for (const auto& wanted : with.desired.databases) {
    if (with.skips(wanted)) continue;
    databases.insert(wanted.name);
    const auto* found = with.database(wanted.name);
    if (found != nullptr && found->connection_limit != -2) rules.of_database(wanted, *found);
  }
  for (const auto& wanted : with.desired.roles) {
    if (!wanted.is_log_in() || with.skips(wanted.from)) continue;
    if (const auto* found = with.role(wanted.name)) rules.of_role(wanted, *found);
  }
  for (const auto& row : with.observed.role_settings) {
    const auto wanted = with.wanted_roles.find(row.role);
    if (!databases.contains(row.database) || wanted == with.wanted_roles.end()) continue;
    if (wanted->second->is_log_in() && !with.skips(wanted->second->from)) rules.of_role_in(*wanted->second, row);
  }
}

}  // namespace innkeeper::plan_rules
