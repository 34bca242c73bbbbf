#pragma once
// How a service leaves (docs/leaving.md), as steps: retired (closed, data kept), revived, or pruned (dropped, after a
// dump that was tried). Pure and repeatable: each looks at what is there and gives what is still to do, so that a run
// that was cut off anywhere is completed by the same words.
#include <string>
#include <vector>

#include "core/footprint.h"
#include "core/plan.h"

namespace innkeeper {

struct leaving_plan {
  std::vector<step> steps;  // in the order of execution
  std::vector<attention> attentions;
  diagnostics problems;  // errors here: nothing may be done

  friend bool operator==(const leaving_plan&, const leaving_plan&) = default;
};

// Marks the database first, so that no apply opens it again; then closes. `now` is "2026-11-21T16:00:00Z".
[[nodiscard]] leaving_plan plan_retire(const service_footprint& one, const observed_server& observed,
                                       const std::string& now);

// Opens what retiring closed of its own; what it took from readers and shared log-ins an apply gives back.
[[nodiscard]] leaving_plan plan_revive(const service_footprint& one, const observed_server& observed);

// What pg_shdepend says of one role in one database; an empty database: of what all of them share.
struct role_dependency {
  role_name role;
  database_name database;
  int owned = 0;       // objects, not counting databases
  int privileges = 0;  // entries in access control lists, policies and default privileges

  friend bool operator==(const role_dependency&, const role_dependency&) = default;
};

// What stops DROP DATABASE even WITH (FORCE).
struct drop_blocker {
  std::string kind;  // "prepared transaction", "active replication slot", "subscription"
  std::string name;

  friend bool operator==(const drop_blocker&, const drop_blocker&) = default;
};

struct prune_facts {
  std::vector<role_dependency> dependencies;
  std::vector<drop_blocker> blockers;  // of its database
};

// `every` is what footprints_on() gave. Where a dump is needed, it comes before all steps.
[[nodiscard]] leaving_plan plan_prune(const service_footprint& one, const std::vector<service_footprint>& every,
                                      const observed_server& observed, const prune_facts& facts);

// The roles that go with the service: those that no other service uses.
[[nodiscard]] std::vector<role_name> roles_to_drop(const service_footprint& one, const observed_server& observed);
// Whether it has data that can be reached: else there is nothing to dump.
[[nodiscard]] bool needs_dump(const service_footprint& one, const observed_server& observed);

// Adds what of the estate is retired, or on the server and in no manifest. Of a retired one that is declared, an
// attention too.
void note_leftovers(plan& into, const estate& all, const server_declaration& server, const observed_server& observed,
                    const plan_policy& policy);
// Whether there may be any: cheap, for the runs that find none.
[[nodiscard]] bool may_have_leftovers(const desired_server& desired, const observed_server& observed);

}  // namespace innkeeper
