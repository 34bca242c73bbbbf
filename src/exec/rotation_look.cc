#include "exec/rotation_look.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "exec/pooler_reload.h"

namespace innkeeper::exec {

// Behind a pooler, a client has a session only now and then, and a session outlives its client. Not RECONNECT: that
// also breaks off whoever is just logging in as another log-in.
drain_look look_at_former(rotation_run& run, const rotation_candidate& one) {
  const auto& former = one.result.now.other();
  auto seen = run.book.look(run.planned.observed, one.result.now);
  std::set<std::string> asked;
  for (const auto* service : one.services) {
    if (service->user.value != one.result.log_in || !asked.insert(service->via).second) continue;
    const auto idle = idle_sessions_of_pooler(run.all, *service, former);
    std::erase_if(seen.sessions, [&](const former_session& each) { return idle.contains(each.pid); });
    // Asked last: a client that has taken one of those meanwhile is among them.
    std::ranges::move(clients_at_pooler(run.all, *service, former), std::back_inserter(seen.sessions));
  }
  return seen;
}

}  // namespace innkeeper::exec
