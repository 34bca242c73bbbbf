#include "exec/rotation_likeness.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "exec/ordered_steps.h"
#include "pg/connection.h"
#include "pg/leaving_facts.h"

namespace innkeeper::exec {
namespace {

struct is_about {
  const std::set<role_name>& roles;
  bool operator()(const steps::create_role& s) const { return roles.contains(s.role); }
  bool operator()(const steps::alter_role& s) const { return roles.contains(s.role); }
  bool operator()(const steps::grant_role& s) const { return roles.contains(s.member); }
  bool operator()(const steps::revoke_role& s) const { return roles.contains(s.member); }
  bool operator()(const steps::revoke_admin_option& s) const { return roles.contains(s.member); }
  bool operator()(const steps::set_role_parameter& s) const { return roles.contains(s.role); }
  bool operator()(const steps::reset_role_parameter& s) const { return roles.contains(s.role); }
  bool operator()(const steps::comment_role& s) const { return roles.contains(s.role); }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

// Of a step, what makes two log-ins alike and lets their databases hold both.
std::optional<step> part_about(const step& one, const std::set<role_name>& roles,
                               const std::set<database_name>& databases) {
  if (std::visit(is_about{roles}, one.what)) return one;
  const auto* limit = std::get_if<steps::alter_database>(&one.what);
  if (limit == nullptr || !limit->connection_limit || !databases.contains(limit->database)) return std::nullopt;
  step only_limit = one;
  only_limit.what = steps::alter_database{.database = limit->database, .connection_limit = limit->connection_limit};
  return only_limit;
}

std::set<role_name> roles_held_by(const observed_server& observed, const role_name& member) {
  std::set<role_name> roles;
  for (const auto& row : observed.memberships) {
    if (row.member == member) roles.insert(row.role);
  }
  return roles;
}

}  // namespace

std::map<role_name, role_dependency> dependencies_of(const std::vector<role_name>& log_ins,
                                                     const server_access& access) {
  auto maintenance = pg::connection::open(access.admin, {.application_name = "innkeeper rotation"});
  std::map<role_name, role_dependency> first;
  for (auto& row : pg::observe_role_dependencies(maintenance, log_ins, {})) first.emplace(row.role, std::move(row));
  return first;
}

std::string obstacle_to_twin(const log_in_pair& pair, const desired_server& desired, const observed_server& observed,
                             const std::map<role_name, role_dependency>& dependencies) {
  const auto is_twin = [&](const observed_role& one) { return one.name == pair.twin; };
  if (!pair.has_twin && std::ranges::any_of(observed.roles, is_twin)) {
    return fmt::format("role \"{}\" is there, and not of this estate by its comment", pair.twin);
  }
  for (const auto& role : {pair.log_in, pair.twin}) {
    const auto found = dependencies.find(role);
    if (found == dependencies.end()) continue;
    const auto& row = found->second;
    return fmt::format(
        "log-in \"{}\" {}{}, and the other one would not; run innkeeper apply, move it to the owner role, "
        "or say rotation: in-place",
        row.role,
        row.owned > 0 ? fmt::format("owns {} object{}", row.owned, row.owned == 1 ? "" : "s")
                      : "holds privileges of its own",
        row.database.empty() ? "" : fmt::format(" in database \"{}\"", row.database));
  }
  for (const auto& row : observed.memberships) {
    if (row.member != pair.used()) continue;
    const bool is_declared = std::ranges::any_of(desired.memberships, [&](const desired_membership& wanted) {
      return wanted.role == row.role && wanted.member == row.member;
    });
    if (is_declared) continue;
    return fmt::format(
        "log-in \"{}\" is a member of \"{}\", which no manifest declares, so the other one would not be; "
        "run innkeeper apply, or say rotation: in-place",
        row.member, row.role);
  }
  return {};
}

void make_alike(rotation_run& run, audit_trail& audit) {
  run.look();
  std::set<role_name> roles;
  std::set<database_name> databases;
  for (const auto* one : run.chosen) {
    roles.insert({one->result.now.log_in, one->result.now.twin});
    for (const auto* service : one->services) databases.insert(service->database.value);
  }
  std::vector<step> steps;
  for (const auto& one : run.planned.steps.steps) {
    if (auto part = part_about(one, roles, databases)) steps.push_back(std::move(*part));
  }
  if (steps.empty()) return;
  audit.begin();  // cut off from here on, the next apply remembers the log-ins that were made
  run.changed += run_in_order(steps, run.access, audit, run.tell);
  run.look();
}

std::string what_other_lacks(const rotation_run& run, const rotation_candidate& one) {
  const auto& pair = one.result.now;
  if (run.role_of(pair.other()) == nullptr) return "it is not there";
  std::set<database_name> databases;
  for (const auto* service : one.services) databases.insert(service->database.value);
  for (const auto& each : run.planned.steps.steps) {
    if (part_about(each, {pair.log_in, pair.twin}, databases)) return "still to do: " + describe(each);
  }
  const auto held = roles_held_by(run.planned.observed, pair.other());
  for (const auto& role : roles_held_by(run.planned.observed, pair.used())) {
    if (!held.contains(role)) return fmt::format("it is no member of \"{}\"", role);
  }
  return {};
}

}  // namespace innkeeper::exec
