#include "exec/rotation_look.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "exec/pooler_reload.h"

namespace innkeeper::exec {

// Behind a pooler, a client has a session only now and then, and a session outlives its client.
drain_look look_at_former(rotation_run& run, const rotation_candidate& one) {
  auto seen = run.book.look(run.planned.observed, one.result.now);
  std::vector<former_session> clients;
  std::set<std::string> asked;
  for (const auto* service : one.services) {
    if (!asked.insert(service->via).second) continue;
    auto here = clients_at_pooler(run.all, *service, one.result.now.other());
    std::ranges::move(here, std::back_inserter(clients));
  }
  for (const auto* service : one.services) {
    const auto& database = service->database.value;
    const bool is_held = std::ranges::find(seen.sessions, database, &former_session::database) != seen.sessions.end();
    const bool has_client = std::ranges::find(clients, database, &former_session::database) != clients.end();
    if (!is_held || has_client || service->user.value != one.result.log_in) continue;
    // Whoever else holds one came directly, and RECONNECT would only trouble the pooler's other clients.
    if (pooler_has_sessions(run.all, *service, one.result.now.other())) let_go_of_idle_sessions(run.all, *service);
  }
  std::ranges::move(clients, std::back_inserter(seen.sessions));
  return seen;
}

}  // namespace innkeeper::exec
