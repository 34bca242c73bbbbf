#include <fmt/format.h>

#include <algorithm>

#include "core/loans.h"
#include "core/plan_rules.h"
#include "core/sql.h"

namespace innkeeper::plan_rules {
namespace {

template <class... Ts>
struct overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;

using needs = std::vector<needed_role>;

needs to_become(const role_name& role) {
  return {{.role = role, .becomes = true}};
}

// Whom the action alters: for that no loan helps, only the ADMIN option.
role_name role_altered_by(const action& what) {
  return std::visit(
      overloaded{[](const steps::set_role_parameter& s) { return s.role; },
                 [](const steps::reset_role_parameter& s) { return s.role; },
                 [](const steps::set_password& s) { return s.role; },
                 [](const steps::comment_role& s) { return s.role; }, [](const auto&) { return role_name{}; }},
      what);
}

// The server takes the first one that it finds, beginning with the admin itself.
role_name grantor_of(const context& with, const role_name& role) {
  const auto has_admin_option = [&](const role_name& member) {
    const auto rows = with.memberships.find({role, member});
    return rows != with.memberships.end() &&
           std::ranges::any_of(rows->second, [](const observed_membership* row) { return row->admin; });
  };
  if (!with.can.membership_options || has_admin_option(with.can.admin)) return with.can.admin;
  const auto found = std::ranges::find_if(with.acts_as, has_admin_option);
  return found == with.acts_as.end() ? with.can.admin : *found;
}

}  // namespace

needs roles_needed_by(const context& with, const action& what) {
  return std::visit(
      overloaded{[](const steps::create_schema& s) { return to_become(s.owner); },
                 [](const steps::alter_schema_owner& s) { return to_become(s.owner); },
                 [](const steps::grant_on_schema& s) { return to_become(s.as); },
                 [](const steps::revoke_on_schema& s) { return to_become(s.as); },
                 [](const steps::revoke_grant_option& s) { return to_become(s.as); },
                 [](const steps::alter_default_privileges& s) { return s.assume_owner ? to_become(s.owner) : needs{}; },
                 [](const steps::change_object_owner& s) {
                   return needs{{.role = s.from, .inherits = true}, {.role = s.to, .inherits = true, .becomes = true}};
                 },
                 [&](const steps::end_sessions& s) {
                   return with.can.may_end_sessions ? needs{} : needs{{.role = s.role, .inherits = true}};
                 },
                 [](const auto&) { return needs{}; }},
      what);
}

std::optional<loan> loan_for(const context& with, const needed_role& needed) {
  const bool inherits = needed.inherits && !with.acts_as.contains(needed.role);
  const bool becomes = needed.becomes && !with.becomes.contains(needed.role);
  if (!inherits && !becomes) return std::nullopt;
  loan one{.role = needed.role,
           .admin = with.can.admin,
           .inherits = inherits,
           .becomes = becomes,
           .has_options = with.can.membership_options};
  const role_name grantor = grantor_of(with, needed.role);
  if (grantor != with.can.admin) one.grantor = grantor;
  const auto rows = with.memberships.find({needed.role, with.can.admin});
  one.has_row = rows != with.memberships.end() && std::ranges::any_of(rows->second, [&](const auto* row) {
                  return (row->grantor == grantor || !one.has_options) && !with.is_old_loan(*row);
                });
  // A membership without options is all there is to give; giving it back would take what others gave.
  if (one.has_row && !one.has_options) return std::nullopt;
  return one;
}

std::string context::lending_statement(const role_name& name) const {
  const auto* found = role(name);
  if (found != nullptr && found->superuser) return fmt::format("ALTER ROLE {} NOSUPERUSER;", quoted(name));
  return fmt::format("GRANT {} TO {} WITH ADMIN OPTION;", quoted(name), quoted(can.admin));
}

void writer::tell_lacking(const role_name& role, const origin& from) {
  const auto statement = with_.lending_statement(role);
  if (std::ranges::find(plan_.attentions, statement, &attention::statement) != plan_.attentions.end()) return;
  tell({.text = fmt::format("role \"{}\" was made by another hand, and this admin may not work for it", role),
        .statement = statement,
        .who = "a superuser",
        .fails_service = true,
        .lacks_right = true,
        .from = from});
}

void writer::add(action what, step_scope scope, const origin& from, const database_name& database,
                 const std::vector<needed_role>& also) {
  step one{std::move(what), scope, database, from, {}};
  const role_name altered = role_altered_by(one.what);
  if (!altered.empty() && with_.role(altered) != nullptr && !with_.may_alter(altered)) {
    tell_lacking(altered, from);
    return;
  }
  if (with_.can.must_join_roles) {
    auto needed = roles_needed_by(with_, one.what);
    needed.insert(needed.end(), also.begin(), also.end());
    for (const auto& each : needed) {
      if (each.role.empty() || each.role == with_.can.admin) continue;
      const auto borrowed = loan_for(with_, each);
      if (!borrowed) continue;
      if (!with_.could_act_for(each.role)) {
        tell_lacking(each.role, from);
        return;
      }
      one.loans.push_back(*borrowed);
    }
  }
  plan_.steps.push_back(std::move(one));
}

void plan_old_loans(const context& with, writer& to) {
  for (const auto& database : with.desired.databases) {
    if (with.skips(database)) continue;
    for (const auto& grants : database.object_grants) {
      const auto rows = with.memberships.find({grants.owner, with.can.admin});
      if (rows == with.memberships.end()) continue;
      for (const auto* row : rows->second) {
        if (!with.is_old_loan(*row)) continue;
        const role_name grantor = with.can.membership_options ? row->grantor : role_name{};
        to.add(steps::revoke_role{.role = grants.owner, .member = with.can.admin, .grantor = grantor},
               step_scope::server, grants.from);
      }
    }
  }
}

}  // namespace innkeeper::plan_rules

namespace innkeeper {
namespace {

std::optional<loan> loan_outside_of_a_plan(const observed_server& observed, const plan_rules::needed_role& needed) {
  if (!observed.can.must_join_roles || needed.role.empty()) return std::nullopt;
  const desired_server nothing;
  const known_secrets none;
  const plan_policy everything;
  return plan_rules::loan_for(plan_rules::context{nothing, observed, none, everything}, needed);
}

}  // namespace

std::optional<loan> loan_of_rights(const observed_server& observed, const role_name& role) {
  return loan_outside_of_a_plan(observed, {.role = role, .inherits = true});
}

std::optional<loan> loan_to_become(const observed_server& observed, const role_name& role) {
  return loan_outside_of_a_plan(observed, {.role = role, .becomes = true});
}

}  // namespace innkeeper
