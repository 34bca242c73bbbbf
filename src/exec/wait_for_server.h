#pragma once
// Waits until a server takes queries, not only TCP. Each obstacle is told once, however often it is met.
#include <chrono>
#include <functional>
#include <string>

#include "core/conninfo.h"
#include "core/wait.h"
#include "exec/event.h"
#include "pg/connection.h"

namespace innkeeper::exec {

using session_opener = std::function<pg::connection(const conninfo& target, const pg::connect_options& options)>;

struct wait_options {
  std::string name;  // for messages: the server's, or the service's
  wait_rules rules;
  bool needs_writable = true;                            // a standby is an obstacle
  pg::connect_options connection{};                      // its timeout gives way to rules.limits.timeout
  session_opener open;                                   // absent: pg::connection::open
  std::function<void(std::chrono::milliseconds)> sleep;  // absent: really
  std::function<double()> jitter;                        // absent: random
};

// Returns the open session. Throws exec::error: 69 where it took too long, 77 where the log-in is refused, 65 where the
// address is wrong. The detail holds the SQLSTATE and the server's own words.
[[nodiscard]] pg::connection wait_for_server(const conninfo& target, const wait_options& options,
                                             const event_sink& tell);

}  // namespace innkeeper::exec
