#include "core/attempt_plan.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/sql.h"

namespace innkeeper {
namespace {

constexpr auto unlimited = std::numeric_limits<std::size_t>::max();

struct budget {
  std::size_t sessions;
  std::size_t refusals;
};

// A service's share is split between its two log-ins, and adds up for a log-in of several services.
budget budget_of(const proof_facts& facts, const log_in_facts& one, bool exhaustive) {
  if (exhaustive) return {unlimited, unlimited};
  const std::size_t services = one.services.size();
  const auto splits = static_cast<std::size_t>(std::ranges::count_if(one.services, [&](const std::string& name) {
    return find_service(facts.all(), name)->access == access_mode::readwrite;
  }));
  if (one.is_migrator) return {services, refusals_per_service * services / 2};
  return {sessions_per_service * services - splits,
          refusals_per_service * services - refusals_per_service / 2 * splits};
}

std::vector<identity> identities_of(const proof_facts& facts, const log_in_facts& one) {
  std::vector<identity> all{{}, {one.name, "NONE"}};
  const auto starts_as = facts.starting_role_of(one, one.own.front());
  for (const auto& role : one.can_become) {
    if (role != one.name && (role != starts_as || one.own.size() > 1)) all.push_back({role, quoted(role)});
  }
  if (starts_as == one.name) all.erase(all.begin() + 1);
  return all;
}

// The first log-in of another service: so two of them serve the whole server, and cost two sessions.
std::optional<neighbour> neighbour_of(const proof_facts& facts, const log_in_facts& one) {
  for (const auto& other : facts.tenants()) {
    const bool is_same = std::ranges::find_first_of(one.services, other.services) != one.services.end();
    const auto* role = facts.role(other.log_in);
    if (is_same || one.reached.contains(other.log_in) || role == nullptr || facts.is_closed(other.log_in)) continue;
    // Its own attempts, and its application, need what is left.
    if (role->connection_limit >= 0 && role->connection_limit < 3) continue;
    return neighbour{other.log_in, other.home};
  }
  return std::nullopt;
}

class agenda_maker {
 public:
  agenda_maker(const proof_facts& facts, const log_in_facts& one, const attempt_limits& limits, probe_class kind)
      : budget_{budget_of(facts, one, limits.exhaustive)} {
    result_.log_in = one.name;
    result_.identities = identities_of(facts, one);
    result_.next_door = neighbour_of(facts, one);
    result_.runs_alone = kind == probe_class::disruptive;
    const attempt_scope scope{budget_.refusals, limits.exhaustive ? unlimited : victims_per_log_in, limits.roads};
    for (const auto& row : all_probes()) {
      if (row.attempts == nullptr || row.kind != kind) continue;
      std::vector<attempt> doors;
      for (auto& each : row.attempts(facts, one, row, scope)) {
        if (each.needs_neighbour && !result_.next_door) continue;
        if (each.is_door()) {
          doors.push_back(std::move(each));
        } else {
          add_to_session(std::move(each));
        }
      }
      if (doors.empty()) continue;
      (is_plain(doors.front()) ? plain_doors_ : other_doors_).push_back(std::move(doors));
    }
  }

  agenda done() {
    add_doors();
    return std::move(result_);
  }

 private:
  void add_to_session(attempt one) {
    const auto same = std::ranges::find(result_.visits, one.database, &visit::database);
    if (same != result_.visits.end()) {
      same->attempts.push_back(std::move(one));
    } else if (result_.visits.size() < budget_.sessions) {
      result_.visits.push_back({one.database, {one}});
    }
  }

  // With its own key, as itself: these fill the matrix.
  static bool is_plain(const attempt& door) {
    return door.with == credential::own && door.enters_as.empty() && door.through == door_kind::database &&
           door.takes_all_of.empty();
  }

  // A third is for other keys and other kinds of doors, as far as there are any.
  void add_doors() {
    std::size_t others = 0;
    for (const auto& doors : other_doors_) others += doors.size();
    const auto kept = std::min(others, budget_.refusals / 3);
    const auto left = kept + add_in_turn(plain_doors_, budget_.refusals - kept);
    add_in_turn(other_doors_, left);
  }

  // One of each probe in turn, so that none of them uses up what all may. Returns how many are left.
  std::size_t add_in_turn(std::vector<std::vector<attempt>>& probes, std::size_t left) {
    bool is_done = false;
    for (std::size_t turn = 0; !is_done && left > 0; ++turn) {
      is_done = true;
      for (auto& doors : probes) {
        if (turn >= doors.size() || left == 0) continue;
        is_done = false;
        --left;
        auto& one = doors[turn];
        result_.visits.push_back({one.database, {std::move(one)}});
      }
    }
    return left;
  }

  budget budget_;
  agenda result_;
  std::vector<std::vector<attempt>> plain_doors_;  // by probe
  std::vector<std::vector<attempt>> other_doors_;
};

std::vector<attempt> attempts_inside(const proof_facts& facts, const database_name& victim) {
  std::vector<attempt> all;
  for (const auto& row : all_probes()) {
    if (row.inside == nullptr) continue;
    for (auto& one : row.inside(facts, victim, row)) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

const std::vector<attempt>* attempt_plan::behind(const visit& door) const {
  const auto& way = door.way_in();
  const bool is_own_key = way.with == credential::own && way.enters_as.empty();
  if (!door.is_door() || !is_own_key || way.through != door_kind::database) return nullptr;
  const auto found = inside.find(door.database);
  return found == inside.end() ? nullptr : &found->second;
}

attempt_plan plan_attempts(const proof_facts& facts, const attempt_limits& limits) {
  attempt_plan all;
  for (const auto& one : facts.log_ins()) {
    if (facts.is_closed(one.name)) continue;
    all.agendas.push_back(agenda_maker{facts, one, limits, probe_class::log_in}.done());
  }
  if (limits.disruptive) {
    for (const auto& one : facts.log_ins()) {
      if (facts.is_closed(one.name)) continue;
      auto alone = agenda_maker{facts, one, limits, probe_class::disruptive}.done();
      if (!alone.visits.empty()) all.agendas.push_back(std::move(alone));
    }
  }
  for (const auto& each : all.agendas) {
    for (const auto& door : each.visits) {
      if (door.is_door() && !all.inside.contains(door.database)) {
        all.inside.emplace(door.database, attempts_inside(facts, door.database));
      }
    }
  }
  return all;
}

}  // namespace innkeeper
