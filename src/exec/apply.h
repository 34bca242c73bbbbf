#pragma once
// Makes servers match a manifest: observe, plan, lock, observe again, run, observe again. Safe to cut off anywhere and
// to run by many at once: the next run completes it.
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "core/exit_code.h"
#include "core/plan.h"
#include "core/quick.h"
#include "exec/event.h"
#include "exec/rotation_hooks.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

struct apply_options {
  plan_policy policy;
  depth how = depth::deep;
  int jobs = 2;                                     // databases made at once; more don't help (docs/performance.md)
  int readers = 4;                                  // databases read at once
  std::chrono::seconds lock_timeout{300};           // for another runner to end
  std::chrono::milliseconds object_timeout{10000};  // for a table or schema that another session has locked
  bool one_by_one = false;                          // each step in a transaction and round trip of its own
  rotation_hooks hooks;                             // for rotations that another run left to go on with
};

struct server_plan {
  server_access access;
  desired_server desired;
  observed_server observed;
  known_secrets secrets;
  look_summary looks;
  plan steps;
};

// What stands between a manifest and one server; changes nothing, takes no lock.
[[nodiscard]] server_plan plan_server(const estate& all, const server_access& access, const apply_options& options);

struct failure {
  std::string service;  // "" for what several share
  std::string text;     // in PostgreSQL's form: primary, then detail and hint on lines of their own
  exit_code code = exit_code::failed;
};

struct apply_report {
  std::string server;
  int applied = 0;    // services that changed
  int failed = 0;     // services
  int unchanged = 0;  // services
  int steps = 0;      // steps that were run and succeeded
  std::vector<failure> failures;
  std::vector<attention> attentions;     // of the plan that was run
  std::vector<missing_right> preflight;  // what the admin still lacks
  diagnostics problems;                  // nothing was applied because of these
  look_summary looks;                    // how the last plan before the steps came about
  plan left;  // of a second plan afterwards: empty unless something failed or changed meanwhile
  std::chrono::milliseconds duration{0};
  exit_code code = exit_code::ok;
};

[[nodiscard]] apply_report apply_server(const estate& all, const server_access& access, const apply_options& options,
                                        const event_sink& tell);

}  // namespace innkeeper::exec
