#pragma once
// Which attempts the proof of one server consists of: who tries what, in which session, at which doors, within a budget
// that grows with the services and not with their square. Pure.
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "core/probe.h"
#include "core/proof_facts.h"

namespace innkeeper {

// Attempts that share a session. A door is tried by its first attempt; should it open, `inside` of the plan is tried
// too.
struct visit {
  database_name database;
  std::vector<attempt> attempts;

  [[nodiscard]] const attempt& way_in() const { return attempts.front(); }
  [[nodiscard]] bool is_door() const { return way_in().is_door() && way_in().expects == expectation::refused; }
  friend bool operator==(const visit&, const visit&) = default;
};

// As whom a session tries: itself, or after SET ROLE.
struct identity {
  role_name as;          // empty: as the session starts
  std::string set_role;  // what SET ROLE takes; empty: nothing to set

  friend bool operator==(const identity&, const identity&) = default;
};

struct neighbour {
  role_name log_in;
  database_name database;

  friend bool operator==(const neighbour&, const neighbour&) = default;
};

// What to try as one log-in, in this order. The first visit begins with the control: where that fails, the rest proves
// nothing and is left out.
struct agenda {
  role_name log_in;
  std::vector<identity> identities;    // the first is how a session starts
  std::optional<neighbour> next_door;  // whose session it tries to see and to end; none: nobody else is there
  std::vector<visit> visits;
  bool runs_alone = false;  // disruptive: after all others, and nothing beside it

  friend bool operator==(const agenda&, const agenda&) = default;
};

struct attempt_plan {
  std::vector<agenda> agendas;
  std::map<database_name, std::vector<attempt>> inside;  // by whose door opened; their `log_in` is empty

  // Behind this door; nullptr where nothing is to be tried there.
  [[nodiscard]] const std::vector<attempt>* behind(const visit& door) const;
  friend bool operator==(const attempt_plan&, const attempt_plan&) = default;
};

// What came of a visit.
struct visit_answers {
  std::vector<outcome> attempts;  // one each
  std::vector<outcome> inside;    // one each for what is behind the door, where it opened

  friend bool operator==(const visit_answers&, const visit_answers&) = default;
};

// By agenda, by visit.
using proof_answers = std::vector<std::vector<visit_answers>>;

struct attempt_limits {
  bool exhaustive = false;
  bool disruptive = false;
  std::size_t roads = 1;
};

// At most so many for each service, unless every pair is asked for.
inline constexpr std::size_t sessions_per_service = 3;
inline constexpr std::size_t refusals_per_service = 12;
// Others that a log-in attacks by statements in its own session.
inline constexpr std::size_t victims_per_log_in = 3;

[[nodiscard]] attempt_plan plan_attempts(const proof_facts& facts, const attempt_limits& limits);

}  // namespace innkeeper
