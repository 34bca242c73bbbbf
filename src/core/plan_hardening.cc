// What goes beyond the role model: limits of log-ins, functions that every log-in could call, rights to hand out
// rights, seats for the admin, and sums that do not fit. docs/manifest.md says what each is good for.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/acl.h"
#include "core/parameter.h"
#include "core/plan_rules.h"
#include "core/seats.h"
#include "core/sql.h"
#include "core/step_sql.h"

namespace innkeeper::plan_rules {
namespace {

constexpr std::string_view temp_file_limit = "temp_file_limit";

std::string statement_of(action what) {
  return shown_sql({std::move(what), step_scope::server, {}, {}});
}

// ---- limits of log-ins ----

std::string_view unit_of(std::string_view setting) {
  return setting == temp_file_limit ? "kB" : "ms";
}

bool is_as_wanted(const parameters& found, const std::string& name, const std::optional<std::string>& wanted) {
  const auto set = found.find(name);
  if (set == found.end() || !wanted) return set == found.end() && !wanted;
  if (set->second == *wanted) return true;
  const auto amount = parameter_amount(*wanted, unit_of(name));
  return amount && amount == parameter_amount(set->second, unit_of(name));
}

action setting_step(const role_name& role, const std::string& name, const std::optional<std::string>& value) {
  if (value) return steps::set_role_parameter{role, {}, name, *value};
  return steps::reset_role_parameter{role, {}, name};
}

class limit_rules {
 public:
  limit_rules(const context& with, writer& to) : with_{with}, to_{to} {}

  void run() {
    for (const auto& wanted : with_.desired.roles) {
      if (wanted.settings.empty() || with_.skips(wanted.from)) continue;
      const auto* found = with_.role(wanted.name);
      if (found == nullptr && !with_.can.may_create_roles) continue;  // check_server told
      static const parameters none;
      for (const auto& [name, value] : wanted.settings) {
        if (!is_as_wanted(found == nullptr ? none : found->settings, name, value)) change(wanted, found, name, value);
      }
    }
    tell_unlimited();
  }

 private:
  void change(const desired_role& wanted, const observed_role* found, const std::string& name,
              const std::optional<std::string>& value) {
    auto step = setting_step(wanted.name, name, value);
    if (name == temp_file_limit && !with_.can.may_limit_temp_files) {
      unlimited_.push_back(statement_of(std::move(step)));
      altered_.push_back(wanted.name);
      return;
    }
    const bool may = found == nullptr || with_.can.is_superuser || (with_.may_alter(wanted.name) && !found->superuser);
    if (may) {
      to_.add(std::move(step), step_scope::server, wanted.from);
    } else {
      to_.tell({.text = fmt::format("role \"{}\" should have {} = {}, and this admin may not alter it", wanted.name,
                                    name, value.value_or("the server's")),
                .statement = statement_of(std::move(step)),
                .who = "a superuser",
                .from = wanted.from});
    }
  }

  // One right of the admin for all log-ins, where the server knows such a right; else each log-in's statement.
  void tell_unlimited() {
    if (unlimited_.empty()) return;
    const std::string grant = fmt::format("GRANT SET ON PARAMETER {} TO {};", temp_file_limit, quoted(with_.can.admin));
    to_.tell({.text = fmt::format("{} log-in{} without the limit on temporary files that is declared, and admin \"{}\" "
                                  "may not set it",
                                  unlimited_.size(), unlimited_.size() == 1 ? " is" : "s are", with_.can.admin),
              .statement = with_.can.parameter_grants ? grant : fmt::format("{}", fmt::join(unlimited_, "\n")),
              .who = "a superuser",
              .alters = with_.can.parameter_grants ? std::vector<role_name>{} : altered_});
  }

  const context& with_;
  writer& to_;
  std::vector<std::string> unlimited_;
  std::vector<role_name> altered_;  // by these
};

// ---- functions that are open to everybody ----

std::string_view what_they_do(function_group group) {
  switch (group) {
    case function_group::wal_messages:
      return "write WAL at will with pg_logical_emit_message";
    case function_group::advisory_locks:
      return "take advisory locks, which can fill the lock table of the whole server";
    case function_group::large_objects:
      return "make large objects without any right to create";
  }
  return "";
}

class function_rules {
 public:
  function_rules(const context& with, const desired_database& database, const database_contents& found, writer& to)
      : with_{with}, database_{database}, found_{found}, to_{to} {}

  void run(const desired_functions& wanted) {
    const auto grantees = grantees_of(wanted);
    // First what some keep, then what all lose: in between nobody is without.
    for (const auto& grantee : grantees) grant(wanted, grantee);
    if (wanted.open_to_public) return grant(wanted, everybody);
    revoke(wanted, everybody);
    std::set<role_name> holders;
    for (const auto& [oid, privileges] : found_.functions) {
      for (const auto& item : privileges) holders.insert(item.grantee);
    }
    for (const auto& holder : holders) {
      const bool is_kept = std::ranges::find(grantees, holder) != grantees.end();
      if (!is_kept && with_.wanted_roles.contains(holder)) revoke(wanted, holder);
    }
  }

 private:
  // An admin that is no superuser locks each database with an advisory lock while it works there.
  [[nodiscard]] std::vector<role_name> grantees_of(const desired_functions& wanted) const {
    auto grantees = wanted.grantees;
    const bool locks = wanted.group == function_group::advisory_locks && !wanted.open_to_public;
    if (locks && !with_.can.may_close_functions) grantees.push_back(with_.can.admin);
    return grantees;
  }

  [[nodiscard]] bool may_call(const observed_function& one, const role_name& who) const {
    const auto granted = found_.functions.find(one.oid);
    if (granted == found_.functions.end()) return who == everybody;
    return privileges_of(granted->second, who).find('X') != std::string::npos;
  }

  [[nodiscard]] std::vector<std::string> functions(function_group group, const role_name& who, bool that_may) const {
    std::vector<std::string> all;
    for (const auto& one : with_.observed.functions) {
      if (one.group == group && may_call(one, who) == that_may) all.push_back(one.signature);
    }
    std::ranges::sort(all);
    return all;
  }

  void grant(const desired_functions& wanted, const role_name& grantee) {
    auto lacks = functions(wanted.group, grantee, false);
    if (lacks.empty()) return;
    change(wanted, steps::grant_on_functions{database_.name, wanted.group, std::move(lacks), grantee},
           fmt::format("{} of database \"{}\" can't {}, as the manifest wants",
                       grantee.empty() ? "log-ins" : fmt::format("role \"{}\"", grantee), database_.name,
                       what_they_do(wanted.group)));
  }

  void revoke(const desired_functions& wanted, const role_name& grantee) {
    auto open = functions(wanted.group, grantee, true);
    if (open.empty()) return;
    change(wanted, steps::revoke_on_functions{database_.name, wanted.group, std::move(open), grantee},
           fmt::format("{} of database \"{}\" can {}",
                       grantee.empty() ? "every log-in" : fmt::format("role \"{}\"", grantee), database_.name,
                       what_they_do(wanted.group)));
  }

  void change(const desired_functions& wanted, action what, std::string text) {
    if (with_.can.may_close_functions) {
      to_.add(std::move(what), step_scope::inside, wanted.from, database_.name);
      return;
    }
    to_.tell({.text = std::move(text),
              .statement = statement_of(std::move(what)),
              .who = "a superuser",
              .from = wanted.from,
              .database = database_.name});
  }

  const context& with_;
  const desired_database& database_;
  const database_contents& found_;
  writer& to_;
};

// ---- rights to hand out rights ----

void plan_admin_option(const context& with, const desired_membership& wanted, const observed_membership& row,
                       writer& to) {
  // Before 16 a membership has one row, and whoever may alter the role may take the option back.
  const bool has_grantors = with.can.membership_options;
  const bool may =
      with.can.is_superuser || (has_grantors ? row.grantor == with.can.admin : with.may_alter(wanted.role));
  const steps::revoke_admin_option change{wanted.role, wanted.member, has_grantors ? row.grantor : role_name{}};
  if (may) {
    to.add(change, step_scope::server, wanted.from);
  } else {
    to.tell({.text = fmt::format("role \"{}\" can hand out \"{}\" (ADMIN OPTION)", wanted.member, wanted.role),
             .statement = statement_of(change),
             .who = fmt::format("a superuser, or \"{}\"", row.grantor),
             .from = wanted.from});
  }
}

// ---- seats ----

const observed_parameter* parameter(const context& with, std::string_view name) {
  const auto found = std::ranges::find(with.observed.parameters_of_server, name, &observed_parameter::name);
  return found == with.observed.parameters_of_server.end() ? nullptr : &*found;
}

// A superuser has superuser_reserved_connections; before 16 nobody else can have any.
void tell_reserved_connections(const context& with, writer& to) {
  const auto& wanted = with.desired.hardening.reserved_connections;
  const auto* admin = with.role(with.can.admin);
  if (wanted.value == 0 || !with.can.has_reserved_connections || admin == nullptr || admin->superuser) return;
  const role_name seats{"pg_use_reserved_connections"};
  std::string statement;
  if (integer_parameter(with.observed, "reserved_connections").value_or(0) < wanted.value) {
    statement = fmt::format("ALTER SYSTEM SET reserved_connections = {};", wanted.value);
  }
  if (!with.memberships.contains({seats, with.can.admin})) {
    statement += fmt::format("{}GRANT {} TO {};", statement.empty() ? "" : "\n", quoted(seats), quoted(with.can.admin));
  }
  if (statement.empty()) return;
  to.tell({.text = fmt::format("admin \"{}\" has no seats of its own: services can take every connection, and it is "
                               "locked out; needs a restart",
                               with.can.admin),
           .statement = statement,
           .who = "a superuser",
           .from = {"", wanted.where},
           .is_advice = true});
}

void tell_seats(const context& with, writer& to) {
  const auto seats = count_seats(with.desired, with.observed);
  if (!seats || seats->fit()) return;
  to.tell({.text = seats_text(*seats),
           .statement = fmt::format("ALTER SYSTEM SET max_connections = {};", seats->asked_for + seats->reserved),
           .who = "a superuser",
           .is_advice = true});
}

void tell_pools(const context& with, writer& to) {
  for (const auto& one : with.desired.pools) {
    const long wanted = static_cast<long>(one.size) * one.replicas;
    if (with.skips(one.from) || wanted <= one.limit) continue;
    to.tell({.text = fmt::format("a pool of {} in {} replica{} opens {} connections, and the log-in may have {}: raise "
                                 "connections: to {}, or make the pool smaller",
                                 one.size, one.replicas, one.replicas == 1 ? "" : "s", wanted, one.limit, wanted),
             .from = one.from,
             .is_advice = true});
  }
}

}  // namespace

void plan_log_in_limits(const context& with, writer& to) {
  limit_rules{with, to}.run();
}

void plan_functions(const context& with, const desired_database& wanted, const database_contents& found, writer& to) {
  function_rules rules{with, wanted, found, to};
  for (const auto& one : wanted.functions) {
    if (!with.skips(one.from)) rules.run(one);
  }
}

void plan_admin_options(const context& with, writer& to) {
  for (const auto& wanted : with.desired.memberships) {
    if (with.skips(wanted.from)) continue;
    const auto rows = with.memberships.find({wanted.role, wanted.member});
    if (rows == with.memberships.end()) continue;
    for (const auto* row : rows->second) {
      if (row->admin) plan_admin_option(with, wanted, *row, to);
    }
  }
}

std::string grantable_to(const context& with, const acl_item& item, const role_name& owner) {
  if (item.is_public() || item.grantee == owner || !with.wanted_roles.contains(item.grantee)) return {};
  return item.grantable;
}

void plan_server_hardening(const context& with, writer& to) {
  tell_pools(with, to);
  // What `service create` makes for one service is no word on the whole server.
  if (!with.policy.services.empty() || with.desired.mark == mark_of("")) return;
  const auto& scram = with.desired.hardening.scram;
  if (scram.value && !with.desired.settings.contains("password_encryption") &&
      parameter(with, "password_encryption") != nullptr) {
    plan_parameter(with, "password_encryption", {"scram-sha-256", scram.where, !scram.is_spelled()}, to);
  }
  tell_reserved_connections(with, to);
  tell_seats(with, to);
}

}  // namespace innkeeper::plan_rules
