#pragma once
// Waiting for a server as a state machine: what an attempt met goes in, what to do next comes out. The driver with its
// clock and sockets is exec/wait_for_server.h.
#include <chrono>
#include <set>
#include <string>
#include <string_view>

#include "core/estate.h"
#include "core/exit_code.h"
#include "core/tls_trouble.h"

namespace innkeeper {

// Why there is no usable connection.
enum class obstacle {
  absent,                // nobody listens, no such name, no answer
  starting_up,           // 57P03: starting, recovering or shutting down
  in_recovery,           // a standby, where changes are to be made
  too_many_connections,  // 53300
  wrong_password,        // 28P01, 28000: also what a log-in that doesn't exist yet meets
  wrong_database,        // 3D000, 55000: no such database, or one that takes no connections
  not_allowed,           // 42501: without CONNECT on the database
  tls,                   // encryption or certificates don't match: tls_trouble.h says which
  misconfigured,         // 22023, 0A000: the address makes no sense, or something between drops what we ask for
  lost,                  // anything else
};

[[nodiscard]] obstacle classify_refusal(std::string_view sqlstate, tls_trouble tls);

enum class waiter {
  admin,    // what only a person can mend ends its wait at once
  service,  // somebody else is making its log-in and its database: that is worth waiting for
};

struct wait_rules {
  wait_declaration limits;
  waiter who = waiter::admin;
};

struct wait_state {
  int attempts = 0;
  std::set<obstacle> told;
};

struct wait_action {
  bool is_over = false;
  std::chrono::milliseconds delay{0};  // before the next attempt
  bool is_news = false;                // the first time that this obstacle is met
};

// `jitter` in [0, 1) shortens the delay by up to a fifth, so that many waiters don't come back all at once.
[[nodiscard]] wait_action advance(wait_state& state, const wait_rules& rules, obstacle met, double jitter);

[[nodiscard]] bool is_mended_by_waiting(obstacle met, waiter who);
[[nodiscard]] exit_code exit_code_of(obstacle met);
[[nodiscard]] std::string_view to_string(obstacle met);  // "is starting up", behind the server's name

// What to do about it, in whole sentences; the user and database are those of `target`.
[[nodiscard]] std::string hint_for(obstacle met, const conninfo& target);

}  // namespace innkeeper
