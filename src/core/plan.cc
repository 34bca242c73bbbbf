#include "core/plan.h"

#include <algorithm>

#include "core/plan_rules.h"

namespace innkeeper {
namespace plan_rules {

context::context(const desired_server& desired_, const observed_server& observed_, const known_secrets& secrets_,
                 const plan_policy& policy_)
    : desired{desired_}, observed{observed_}, secrets{secrets_}, policy{policy_}, can{observed_.can} {
  for (const auto& one : observed.roles) roles.emplace(one.name, &one);
  for (const auto& one : desired.roles) wanted_roles.emplace(one.name, &one);
  for (const auto& one : observed.databases) databases.emplace(one.name, &one);
  for (const auto& one : observed.memberships) memberships[{one.role, one.member}].push_back(&one);
  for (const auto& one : observed.role_settings) role_settings.emplace(std::pair{one.role, one.database}, &one);
  for (const auto& one : desired.role_settings) wanted_settings[one.database].push_back(&one);
  std::map<role_name, database_name> by_access;
  for (const auto& one : desired.databases) by_access.emplace(one.access, one.name);
  for (const auto& one : desired.memberships) {
    const auto found = by_access.find(one.role);
    if (found != by_access.end()) expected_log_ins[found->second].insert(one.member);
  }
  for (const auto& database : desired.databases) {
    for (const auto& grants : database.object_grants) owners.insert(grants.owner);
    if (database.lookup)
      expected_log_ins[database.name].insert(database.lookup->users.begin(), database.lookup->users.end());
  }
  acts_as = closure([](const observed_membership& row) { return row.inherit; });
  becomes = closure([](const observed_membership& row) { return row.set; });
}

std::set<role_name> context::closure(bool (*follows)(const observed_membership&)) const {
  std::set<role_name> reached{can.admin};
  if (can.is_superuser) return reached;  // needs none
  std::map<role_name, std::vector<const observed_membership*>> by_member;
  for (const auto& one : observed.memberships) by_member[one.member].push_back(&one);
  std::vector<role_name> open{can.admin};
  while (!open.empty()) {
    const auto rows = by_member.find(open.back());
    open.pop_back();
    if (rows == by_member.end()) continue;
    for (const auto* row : rows->second) {
      if (follows(*row) && !is_old_loan(*row) && reached.insert(row->role).second) open.push_back(row->role);
    }
  }
  return reached;
}

const observed_role* context::role(const role_name& name) const {
  const auto found = roles.find(name);
  return found == roles.end() ? nullptr : found->second;
}

const observed_database* context::database(const database_name& name) const {
  const auto found = databases.find(name);
  return found == databases.end() ? nullptr : found->second;
}

bool context::skips(const origin& from) const {
  return !policy.services.empty() && !from.service.empty() && !policy.services.contains(from.service);
}

bool context::will_be_there(const role_name& name) const {
  if (policy.services.empty() || role(name) != nullptr) return true;
  return std::ranges::any_of(desired.roles,
                             [&](const desired_role& one) { return one.name == name && !skips(one.from); });
}

bool context::skips(const desired_database& one) const {
  if (policy.services.empty() || one.is_registry) return false;
  return std::ranges::none_of(one.services, [&](const std::string& name) { return policy.services.contains(name); });
}

bool context::may_alter(const role_name& name) const {
  if (can.is_superuser) return true;
  const auto* found = role(name);
  if (found != nullptr && found->superuser) return false;
  if (can.may_take_over_roles) return true;
  return std::ranges::any_of(acts_as, [&](const role_name& member) {
    const auto rows = memberships.find({name, member});
    return rows != memberships.end() &&
           std::ranges::any_of(rows->second, [](const observed_membership* row) { return row->admin; });
  });
}

bool context::is_left_behind(const role_name& name) const {
  const auto* found = role(name);
  return found != nullptr && is_of_this_estate(found->comment) && !wanted_roles.contains(name) &&
         !desired.observed_roles.contains(name);
}

bool context::is_of_this_estate(const std::string& comment) const {
  const auto theirs = marked_estate(comment);
  return theirs && !theirs->empty() && theirs == marked_estate(desired.mark);
}

bool context::is_old_loan(const observed_membership& row) const {
  return row.member == can.admin && row.grantor == can.admin && !row.admin && owners.contains(row.role) &&
         (!can.membership_options || (row.set && !row.inherit));
}

bool context::acts_for(const role_name& name) const {
  return can.is_superuser || acts_as.contains(name);
}

bool context::could_act_for(const role_name& name) const {
  if (acts_for(name)) return true;
  // Only roles of the estate: nobody asked this admin to borrow other people's.
  return wanted_roles.contains(name) && (role(name) == nullptr || may_alter(name));
}

std::string context::context_of(const std::string& parameter) const {
  const auto found = std::ranges::find(observed.parameters_of_server, parameter, &observed_parameter::name);
  return found == observed.parameters_of_server.end() ? "user" : found->context;
}

}  // namespace plan_rules

// With a database that is therefore not made goes what belongs to no service in it.
void leave_out_blocked(plan& result) {
  std::set<std::string> blocked;
  for (const auto& one : result.attentions) {
    if (one.blocks_service) blocked.insert(one.from.service);
  }
  if (blocked.empty()) return;
  std::set<database_name> unmade;
  for (const auto& one : result.steps) {
    const auto* made = std::get_if<steps::create_database>(&one.what);
    if (made != nullptr && blocked.contains(one.from.service)) unmade.insert(made->database);
  }
  std::erase_if(result.steps, [&](const step& one) {
    return blocked.contains(one.from.service) || (one.from.service.empty() && unmade.contains(one.database));
  });
}

plan make_plan(const desired_server& desired, const observed_server& observed, const known_secrets& secrets,
               const plan_policy& policy) {
  plan result{.server = desired.name};
  const plan_rules::context with{desired, observed, secrets, policy};
  plan_rules::writer to{with, result};
  if (plan_rules::is_left_to_an_estate(with, to)) return result;
  plan_rules::check_server(with, to);
  if (has_errors(result.problems)) return result;
  plan_rules::plan_parameters(with, to);
  plan_rules::plan_server_hardening(with, to);
  plan_rules::plan_roles(with, to);
  plan_rules::plan_log_in_limits(with, to);
  plan_rules::plan_memberships(with, to);
  plan_rules::plan_admin_options(with, to);
  plan_rules::plan_databases(with, to);
  plan_rules::plan_settings(with, to);
  plan_rules::plan_closing(with, to);
  leave_out_blocked(result);
  result.preflight = plan_rules::plan_preflight(with, result.attentions);
  return result;
}

std::vector<database_name> databases_to_look_into(const desired_server& desired, const plan_policy& policy) {
  std::vector<database_name> names;
  for (const auto& one : desired.databases) {
    const bool is_asked_for = policy.services.empty() || one.is_registry ||
                              std::ranges::any_of(one.services, [&](const std::string& service) {
                                return policy.services.contains(service);
                              });
    if (is_asked_for) names.push_back(one.name);
  }
  return names;
}

}  // namespace innkeeper
