#include "exec/neighbour_sessions.h"

namespace innkeeper::exec {

int neighbour_sessions::pid_of(const neighbour& whose) {
  const std::lock_guard lock{guard_};
  const auto known = sessions_.find(whose.log_in);
  if (known != sessions_.end()) {
    try {
      // What it ran last is what others must not see.
      known->second.query("SELECT 'what innkeeper-prove runs as a neighbour'");
      return known->second.backend_pid();
    } catch (const pg::error&) {
      sessions_.erase(known);
    }
  }
  auto& opened = sessions_.emplace(whose.log_in, open_(whose)).first->second;
  opened.query("SELECT 'what innkeeper-prove runs as a neighbour'");
  return opened.backend_pid();
}

}  // namespace innkeeper::exec
