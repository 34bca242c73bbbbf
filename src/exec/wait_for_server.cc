#include "exec/wait_for_server.h"

#include <fmt/format.h>

#include <utility>

#include "exec/certificate_probe.h"
#include "exec/error.h"
#include "exec/tcp.h"
#include "exec/wait_steps.h"

namespace innkeeper::exec {
namespace {

std::string addresses(const conninfo& target) {
  std::string text;
  for (const auto& [host, port] : target.endpoints) {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    text += fmt::format("{}{}{}{}:{}", text.empty() ? "" : ", ", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "",
                        port == 0 ? 5432 : port);
  }
  return text.empty() ? "the default address" : text;
}

bool is_standby(pg::connection& session) {
  // Reported by itself from PostgreSQL 14 on.
  if (const auto reported = session.current_parameter("in_hot_standby"); !reported.empty()) return reported == "on";
  return session.query("SELECT pg_catalog.pg_is_in_recovery()").text(0, 0) == "t";
}

pg::connection try_once(const conninfo& target, const wait_options& options) {
  auto connect = options.connection;
  connect.timeout = options.rules.limits.timeout;
  auto session = options.open ? options.open(target, connect) : pg::connection::open(target, connect);
  if (options.needs_writable && is_standby(session))
    throw pg::error{{.sqlstate = "25006", .primary = "the server is in recovery"}};
  return session;
}

std::string subject_of(const wait_options& options, const conninfo& target) {
  return fmt::format("server \"{}\" at {}", options.name, addresses(target));
}

// The whole of it for people: libpq's texts have several lines, one for each host.
std::string facts_line(const pg::error_facts& facts) {
  std::string text = facts.primary;
  for (auto& c : text) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  if (!facts.detail.empty()) text += fmt::format(" ({})", facts.detail);
  return fmt::format("{} [{}]", text, facts.sqlstate);
}

// What libpq leaves open, the certificate itself tells: of several hosts the first that is in the way.
void look_closer(const conninfo& target, std::chrono::milliseconds timeout, pg::error_facts& facts) {
  for (const auto& at : target.endpoints) {
    try {
      const auto shown = look_at_certificate(target, at, timeout);
      if (!shown || shown->trouble == tls_trouble::none) continue;
      facts.tls = shown->trouble;
      facts.detail = shown->detail;
      return;
    } catch (const unreached&) {
      continue;  // what libpq said has to do
    }
  }
}

[[noreturn]] void give_up_over_tls(const conninfo& target, const wait_options& options, pg::error_facts facts) {
  const bool is_about_certificate = facts.tls == tls_trouble::unverified || facts.tls == tls_trouble::wrong_host;
  if (is_about_certificate) look_closer(target, options.rules.limits.timeout, facts);
  throw error{exit_code_of(obstacle::tls), fmt::format("{} {}", subject_of(options, target), to_string(facts.tls)),
              facts_line(facts), hint_for(facts.tls, target)};
}

[[noreturn]] void give_up(const conninfo& target, const wait_options& options, obstacle met, int attempts,
                          const pg::error_facts& facts) {
  if (met == obstacle::tls) give_up_over_tls(target, options, facts);
  const auto tries = attempts > 1 ? fmt::format(" after {} attempts", attempts) : std::string{};
  throw error{exit_code_of(met), fmt::format("{} {}{}", subject_of(options, target), to_string(met), tries),
              facts_line(facts), hint_for(met, target)};
}

}  // namespace

pg::connection wait_for_server(const conninfo& target, const wait_options& options, const event_sink& tell) {
  wait_state state;
  const auto start = std::chrono::steady_clock::now();
  for (;;) {
    std::optional<pg::error_facts> facts;
    tell_attempt(tell, options.name, state.attempts + 1);
    try {
      auto session = try_once(target, options);
      tell_reached(tell, options.name, subject_of(options, target), start);
      return session;
    } catch (const pg::error& failure) {
      facts = failure.facts();
    }
    const auto met = classify_refusal(facts->sqlstate, facts->tls);
    const auto next = advance(state, options.rules, met, chance(options.jitter));
    if (next.is_over) give_up(target, options, met, state.attempts, *facts);
    if (next.is_news && tell) {
      tell(
          {.kind = event_kind::waiting,
           .server = options.name,
           .text = fmt::format("{} {}: {}; waiting", subject_of(options, target), to_string(met), facts_line(*facts))});
    }
    pause(options.sleep, next.delay);
  }
}

}  // namespace innkeeper::exec
