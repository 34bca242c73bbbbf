#include "core/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/sql.h"

namespace innkeeper {

obstacle classify_refusal(std::string_view sqlstate, tls_trouble tls) {
  if (tls != tls_trouble::none) return obstacle::tls;
  if (sqlstate == "08001") return obstacle::absent;
  if (sqlstate == "57P03" || sqlstate == "57P01" || sqlstate == "57P02") return obstacle::starting_up;
  if (sqlstate == "25006") return obstacle::in_recovery;
  if (sqlstate == "53300") return obstacle::too_many_connections;
  if (sqlstate.starts_with("28")) return obstacle::wrong_password;
  if (sqlstate == "3D000" || sqlstate == "55000") return obstacle::wrong_database;
  if (sqlstate == "42501") return obstacle::not_allowed;
  if (sqlstate == "22023" || sqlstate == "0A000") return obstacle::misconfigured;
  return obstacle::lost;
}

bool is_mended_by_waiting(obstacle met, waiter who) {
  switch (met) {
    case obstacle::absent:
    case obstacle::starting_up:
    case obstacle::in_recovery:
    case obstacle::too_many_connections:
    case obstacle::lost:
      return true;
    case obstacle::wrong_password:
    case obstacle::wrong_database:
    case obstacle::not_allowed:
      return who == waiter::service;
    case obstacle::tls:
    case obstacle::misconfigured:
      return false;
  }
  return false;
}

wait_action advance(wait_state& state, const wait_rules& rules, obstacle met, double jitter) {
  wait_action action{.is_news = state.told.insert(met).second};
  const int retries = state.attempts++;
  action.is_over = !is_mended_by_waiting(met, rules.who) || retries >= rules.limits.max_retries;
  if (action.is_over) return action;
  const double longest = static_cast<double>(rules.limits.max_delay.count());
  const double grown = static_cast<double>(rules.limits.initial_delay.count()) * std::exp2(std::min(retries, 60));
  action.delay = std::chrono::milliseconds{std::llround(std::min(grown, longest) * (1 - 0.2 * jitter))};
  return action;
}

exit_code exit_code_of(obstacle met) {
  switch (met) {
    case obstacle::absent:
    case obstacle::starting_up:
    case obstacle::in_recovery:
    case obstacle::too_many_connections:
    case obstacle::lost:
      return exit_code::unavailable;
    case obstacle::wrong_password:
    case obstacle::not_allowed:
      return exit_code::not_permitted;
    case obstacle::wrong_database:
    case obstacle::tls:
    case obstacle::misconfigured:
      return exit_code::invalid;
  }
  return exit_code::our_bug;
}

std::string_view to_string(obstacle met) {
  switch (met) {
    case obstacle::absent:
      return "does not answer";
    case obstacle::starting_up:
      return "is starting up or shutting down";
    case obstacle::in_recovery:
      return "is a standby and takes no changes";
    case obstacle::too_many_connections:
      return "has no connection left";
    case obstacle::wrong_password:
      return "refuses the log-in";
    case obstacle::wrong_database:
      return "does not open the database";
    case obstacle::not_allowed:
      return "does not let this log-in connect";
    case obstacle::tls:
      return to_string(tls_trouble::other);
    case obstacle::misconfigured:
      return "cannot be reached as asked";
    case obstacle::lost:
      return "broke the connection off";
  }
  return {};
}

std::string hint_for(obstacle met, const conninfo& target) {
  switch (met) {
    case obstacle::absent:
      return "Check that the server runs and that host and port are right.";
    case obstacle::starting_up:
    case obstacle::lost:
      return "Look at the server's log, or wait longer with DB_INIT_MAX_RETRIES.";
    case obstacle::in_recovery:
      return "Name every node in the URL, with target_session_attrs=read-write, so that the primary is found.";
    case obstacle::too_many_connections:
      return "End idle sessions, or raise max_connections on the server.";
    case obstacle::wrong_password:
      return "Check user and password; the server's log says which of its rules refused.";
    case obstacle::wrong_database:
      return "Check the database's name in the URL.";
    case obstacle::not_allowed:
      return fmt::format("As its owner or a superuser run: GRANT CONNECT ON DATABASE {} TO {};",
                         quoted(target.database), quoted(target.user));
    case obstacle::tls:
      return hint_for(tls_trouble::other, target);
    case obstacle::misconfigured:
      return "Correct the server's URL.";
  }
  return {};
}

}  // namespace innkeeper
