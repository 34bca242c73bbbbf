#include "core/log_in_pair.h"

#include <algorithm>

#include "core/mark.h"
#include "core/naming.h"
#include "core/observed.h"

namespace innkeeper {
namespace {

// Without a word from the registry: who may log in is in use. Both may where a rotation was under way.
log_in_pair told_by_roles(const observed_role* log_in, const observed_role& twin) {
  const bool is_open = log_in != nullptr && log_in->can_login;
  log_in_pair pair{.twin = twin.name, .has_twin = true, .on_twin = twin.can_login && !is_open};
  pair.is_known = !(twin.can_login && is_open);
  return pair;
}

// It was dropped or renamed by hand. What was in use or in former use is gone with it, what was to come is made again.
void without_twin(log_in_pair& pair) {
  const bool was_to_come = !pair.on_twin && doubles_connections(pair.state) && !is_flipped(pair.state);
  pair.on_twin = false;
  if (pair.state != rotation_state::renewing) {
    pair.state = was_to_come ? rotation_state::begun : rotation_state::settled;
  }
}

}  // namespace

log_in_pairs pairs_on(const estate& all, const server_declaration& server, const observed_server& observed) {
  std::map<role_name, const observed_role*> roles;
  for (const auto& one : observed.roles) roles.emplace(one.name, &one);
  std::map<role_name, const log_in_pair*> known;
  for (const auto& one : observed.pairs) known.emplace(one.log_in, &one);
  log_in_pairs pairs;
  const auto look_at = [&](const role_name& log_in, bool may_have_twin) {
    if (pairs.contains(log_in)) return;
    const auto twin = roles.find(twin_of(log_in));
    const auto theirs = may_have_twin && twin != roles.end() ? marked_estate(twin->second->comment) : std::nullopt;
    const bool is_ours = theirs && (theirs->empty() || *theirs == all.name);
    if (const auto row = known.find(log_in); row != known.end()) {
      auto& pair = pairs[log_in] = *row->second;
      pair.twin = twin_of(log_in);
      pair.has_twin = pair.has_twin || is_ours;
      if (!pair.has_twin) without_twin(pair);
    } else if (is_ours) {
      const auto found = roles.find(log_in);
      auto& pair = pairs[log_in] = told_by_roles(found == roles.end() ? nullptr : found->second, *twin->second);
      pair.log_in = log_in;
    }
  };
  for (const auto& service : all.services) {
    if (service.server != server.name || service.mode == management_mode::observe) continue;
    look_at(service.user.value, true);
    if (service.access == access_mode::readwrite) look_at(migrator_role(service.name), false);
  }
  return pairs;
}

const log_in_pair* find_pair(const observed_server& observed, const role_name& role) {
  const auto found = std::ranges::find_if(
      observed.pairs, [&](const log_in_pair& one) { return one.log_in == role || (one.has_twin && one.twin == role); });
  return found == observed.pairs.end() ? nullptr : &*found;
}

}  // namespace innkeeper
