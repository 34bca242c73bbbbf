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
  if (can.may_take_over_roles) return true;
  const auto rows = memberships.find({name, can.admin});
  return rows != memberships.end() &&
         std::ranges::any_of(rows->second, [](const observed_membership* row) { return row->admin; });
}

void writer::add(action what, step_scope scope, const origin& from, const database_name& database) {
  plan_.steps.push_back({std::move(what), scope, database, from});
}

}  // namespace plan_rules

namespace {

// A service that must not be touched keeps its attention and loses its steps; its neighbours go on.
void leave_out_blocked(plan& result) {
  std::set<std::string> blocked;
  for (const auto& one : result.attentions) {
    if (one.blocks_service) blocked.insert(one.from.service);
  }
  std::erase_if(result.steps, [&](const step& one) { return blocked.contains(one.from.service); });
}

}  // namespace

plan make_plan(const desired_server& desired, const observed_server& observed, const known_secrets& secrets,
               const plan_policy& policy) {
  plan result{.server = desired.name};
  const plan_rules::context with{desired, observed, secrets, policy};
  plan_rules::writer to{result};
  if (plan_rules::is_left_to_an_estate(with, to)) return result;
  plan_rules::check_server(with, to);
  if (has_errors(result.problems)) return result;
  plan_rules::plan_parameters(with, to);
  plan_rules::plan_roles(with, to);
  plan_rules::plan_memberships(with, to);
  plan_rules::plan_databases(with, to);
  plan_rules::plan_closing(with, to);
  leave_out_blocked(result);
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
