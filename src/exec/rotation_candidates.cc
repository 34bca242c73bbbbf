#include "exec/rotation_candidates.h"

#include <algorithm>

#include "core/naming.h"

namespace innkeeper::exec {

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

}  // namespace innkeeper::exec
