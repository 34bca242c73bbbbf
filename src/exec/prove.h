#pragma once
// Verifies one server: drift, what the catalogs say, and, where asked, real attempts with the services' own log-ins.
// Changes nothing: attempts inside a session run in transactions that are rolled back, in that log-in's own session.
#include "core/plan.h"
#include "core/proof.h"
#include "exec/event.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

struct verify_options {
  bool prove = false;       // try, too
  bool exhaustive = false;  // every log-in at every database, not a share that grows with the services
  bool disruptive = false;  // what others may feel while it is tried, too
  depth how = depth::deep;  // quick: no probe of the insides, where the shared catalogs show no change
  plan_policy policy;       // `services` narrows whose log-ins are tried
  int jobs = 4;             // log-ins at once; one log-in's attempts never overlap, so as not to use up its limit
  int attempts_per_second = 100;
};

// Throws pg::error where the server itself fails. A password that is absent or can't be read is a finding.
[[nodiscard]] proof_report verify_server(const estate& all, const server_access& access, const verify_options& options,
                                         const event_sink& tell);

}  // namespace innkeeper::exec
