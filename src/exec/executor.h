#pragma once
// Runs one plan's steps. Boring on purpose: it decides nothing. The shared catalogs first, in a few transactions; then
// each database by a worker: CREATE DATABASE, one transaction around it, one inside; the closing steps last. What fails
// is tried again step by step, so that a service's trouble stays its own.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/observed.h"
#include "exec/apply.h"
#include "exec/registry.h"
#include "exec/secret_store.h"

namespace innkeeper::exec {

// Held while a server is changed, in the maintenance database. Workers share a second lock, which their orphaned
// sessions keep while a statement of theirs still runs; a new runner waits for that one too.
class server_lock {
 public:
  // Throws exec::error 73, with the holder's name, when the time is over.
  server_lock(const server_access& access, const std::string& estate, std::chrono::seconds timeout,
              const event_sink& tell);

 private:
  pg::connection session_;
};

// Traces first: what another hand changes in between shows at the next look.
struct last_look {
  observed_traces traces;
  database_contents contents;
};

struct execution {
  int steps_done = 0;
  std::set<std::string> touched;            // services that a step of theirs ran for
  std::vector<failure> failures;            // the first one of each service
  bool met_a_race = false;                  // something was there already: observe again and plan anew
  std::map<database_name, last_look> seen;  // of the databases that were worked in, at the end
};

[[nodiscard]] execution run_steps(const server_plan& planned, const estate& all, const apply_options& options,
                                  audit_trail& audit, const event_sink& tell);

}  // namespace innkeeper::exec
