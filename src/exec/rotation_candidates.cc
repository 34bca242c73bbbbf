#include "exec/rotation_candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "core/naming.h"
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

}  // namespace

std::vector<rotation_candidate> rotation_candidates(const estate& all, const server_declaration& server) {
  std::vector<rotation_candidate> found;
  const auto add = [&](const role_name& log_in, const service_declaration& service, bool is_migrator) {
    auto known =
        std::ranges::find_if(found, [&](const rotation_candidate& one) { return one.result.log_in == log_in; });
    if (known == found.end()) {
      found.push_back({.result = {.log_in = log_in}});
      known = found.end() - 1;
    }
    known->services.push_back(&service);
    known->result.services.push_back(service.name);
    known->mode = std::max(known->mode, service.rotation.mode);  // the strictest of those that share it
    if (service.rotation.mode == rotation_mode::off) known->where = service.rotation.where;
    if (known->mode != rotation_mode::overlap) return;
    if (is_migrator) {
      known->mode = rotation_mode::in_place;
      known->cost = "only innkeeper migrate logs in with it, and reads it anew each time";
    } else if (service.starts_as == starting_role::self) {
      known->mode = rotation_mode::in_place;
      known->cost = "it starts as itself and owns what it makes, which a second log-in would not";
    }
  };
  for (const auto& service : all.services) {
    if (service.server != server.name || !is_managed(service)) continue;
    add(service.user.value, service, false);
    if (service.access == access_mode::readwrite) add(migrator_role(service.name), service, true);
  }
  return found;
}

std::string obstacle_to_twin(const log_in_pair& pair, const desired_server& desired, const observed_server& observed,
                             const server_access& access) {
  const auto is_twin = [&](const observed_role& one) { return one.name == pair.twin; };
  if (!pair.has_twin && std::ranges::any_of(observed.roles, is_twin)) {
    return fmt::format("role \"{}\" is there, and not of this estate by its comment", pair.twin);
  }
  auto maintenance = pg::connection::open(access.admin, {.application_name = "innkeeper rotation"});
  for (const auto& row : pg::observe_role_dependencies(maintenance, {pair.log_in, pair.twin}, {})) {
    return fmt::format(
        "log-in \"{}\" {}{}, and the other one would not; run innkeeper apply, move it to the owner role, "
        "or say rotation: in-place",
        row.role,
        row.owned > 0 ? fmt::format("owns {} object{}", row.owned, row.owned == 1 ? "" : "s")
                      : "holds privileges of its own",
        row.database.empty() ? "" : fmt::format(" in database \"{}\"", row.database));
  }
  for (const auto& row : observed.memberships) {
    const bool is_declared = std::ranges::any_of(desired.memberships, [&](const desired_membership& wanted) {
      return wanted.role == row.role && wanted.member == row.member;
    });
    if (row.member != pair.used() || is_declared) continue;
    return fmt::format(
        "log-in \"{}\" is a member of \"{}\", which no manifest declares, so the other one would not be; "
        "run innkeeper apply, or say rotation: in-place",
        row.member, row.role);
  }
  return {};
}

std::optional<step> part_about(const step& one, const std::set<role_name>& roles,
                               const std::set<database_name>& databases) {
  if (std::visit(is_about{roles}, one.what)) return one;
  const auto* limit = std::get_if<steps::alter_database>(&one.what);
  if (limit == nullptr || !limit->connection_limit || !databases.contains(limit->database)) return std::nullopt;
  step only_limit = one;
  only_limit.what = steps::alter_database{.database = limit->database, .connection_limit = limit->connection_limit};
  return only_limit;
}

role_name starting_role_in(const desired_server& desired, const role_name& log_in, const database_name& database) {
  for (const auto& one : desired.role_settings) {
    if (one.role == log_in && one.database == database && one.name == "role") return {one.value};
  }
  return log_in;
}

}  // namespace innkeeper::exec
