#include "exec/migration_session.h"

#include <fmt/format.h>

#include <random>
#include <thread>
#include <utility>

#include "core/sql.h"
#include "exec/error.h"
#include "exec/wait_for_server.h"
#include "pg/advisory_lock.h"
#include "pg/schema_history.h"

namespace innkeeper::exec {
namespace {

using clock = std::chrono::steady_clock;

std::string application_of(const migration_target& target) {
  constexpr std::size_t longest = 63;  // the server cuts there
  return fmt::format("innkeeper migrate {}", target.service).substr(0, longest);
}

pg::connect_options silent_options_for(const migration_target& target) {
  pg::connect_options connect{.kind = pg::session_kind::service, .application_name = application_of(target)};
  connect.ineffective_grants_fail = false;
  return connect;
}

pg::connect_options options_for(const migration_target& target, const event_sink& tell) {
  auto connect = silent_options_for(target);
  connect.on_notice = [&tell, service = target.service](const std::string& level, const std::string& text) {
    tell({.kind = event_kind::detail, .service = service, .text = fmt::format("{}: {}", level, text)});
  };
  return connect;
}

// A broken network is noticed within a minute or so, also while a long statement runs.
conninfo with_keepalives(conninfo log_in) {
  const auto set = [&](const char* name, const char* value) { log_in.parameters.try_emplace(name, value); };
  set("keepalives_idle", "30");
  set("keepalives_interval", "10");
  set("keepalives_count", "3");
  if (log_in.endpoints.size() > 1) set("target_session_attrs", "read-write");
  return log_in;
}

pg::connection open(const migration_target& target, const event_sink& tell,
                    std::optional<migration::stored_history>& first_look) {
  wait_options wait{.name = target.service, .rules = {.limits = target.wait, .who = waiter::service}};
  wait.connection = options_for(target, tell);
  wait.open = [&](const conninfo& log_in, const pg::connect_options& connect) {
    auto begun = target.early ? target.early->take() : std::nullopt;
    if (!begun) return pg::connection::open(log_in, connect);
    first_look = std::move(begun->history);
    begun->session.set_on_notice(connect.on_notice);
    return std::move(begun->session);
  };
  return wait_for_server(with_keepalives(target.log_in), wait, tell);
}

int backend_of(pg::connection& session) {
  return std::stoi(session.query("SELECT pg_catalog.pg_backend_pid()").text(0, 0));
}

// Nothing where a pooler has none to give: all are taken, also the first session's, which is idle.
std::optional<int> backend_at_once(pg::connection& session) {
  try {
    return backend_of(session);
  } catch (const pg::error& failed) {
    if (failed.connection_is_lost()) return std::nullopt;
    throw;
  }
}

}  // namespace

early_session::early_session(const migration_target& target)
    : trying_{[this, target = target](const std::stop_token& stop) {
        try {
          promised_.set_value(begin(target, stop));
        } catch (...) {
          promised_.set_exception(std::current_exception());
        }
      }} {}

early_session::begun early_session::begin(const migration_target& target, const std::stop_token& stop) {
  auto connect = silent_options_for(target);
  connect.timeout = target.wait.timeout;
  connect.stop = stop;
  begun early{.session = pg::connection::open(with_keepalives(target.log_in), connect), .history = {}};
  const std::stop_callback give_up{stop, [&] { early.session.cancel(); }};
  if (stop.stop_requested()) return early;
  try {
    early.history = pg::read_history(early.session, target.history, target.history_elsewhere, target.service);
  } catch (const pg::error&) {  // told when it is read again
  }
  return early;
}

std::optional<early_session::begun> early_session::take() {
  const std::lock_guard lock{guard_};
  if (!begun_.valid()) return std::nullopt;
  return begun_.get();
}

std::shared_ptr<early_session> begin_session(const migration_target& target) {
  return std::make_shared<early_session>(target);
}

migration_session::migration_session(const migration_target& target, const session_limits& limits,
                                     const event_sink& tell)
    : target_{target},
      limits_{limits},
      tell_{tell},
      // Of this service's history alone: others that share the database have locks of their own.
      key_{pg::lock_key("innkeeper: schema files of " + target.service)},
      session_{std::make_unique<pg::connection>(open(target, tell, first_look_))} {}

migration::stored_history migration_session::read_history() {
  if (first_look_) return *std::exchange(first_look_, std::nullopt);
  return pg::read_history(*session_, target_.history, target_.history_elsewhere, target_.service);
}

void migration_session::set_limits() {
  session_->query(fmt::format(
      "RESET ROLE; RESET ALL; SET lock_timeout = {}; SET statement_timeout = {}; SET "
      "idle_in_transaction_session_timeout = 0; "
      "SET application_name = {}",
      limits_.lock_timeout.count(), limits_.statement_timeout.count(), quote_literal(application_of(target_))));
}

void migration_session::lift_limits() {
  session_->query("SET lock_timeout = 0; SET statement_timeout = 0");
}

// A pooler makes up the process id that it shows to its clients. Where a second session, while the first is idle, gets
// the first one's backend, it hands out backends by the transaction.
void migration_session::refuse_pooler() {
  const int backend = backend_of(*session_);
  if (backend == session_->backend_pid()) return;
  constexpr int looks = 3;
  auto connect = options_for(target_, tell_);
  connect.answer_timeout = std::chrono::milliseconds{2000};
  for (int i = 0; i < looks; ++i) {
    auto second = pg::connection::open(target_.log_in, connect);
    const auto other = backend_at_once(second);
    if (other != backend && backend_of(*session_) == backend) {
      if (!other) return;
      continue;
    }
    throw error{exit_code::invalid, "schema files can't run through a pooler in transaction mode",
                "locks and settings of a session would stay with a backend that others get next",
                "Give the service an address that leads to the server directly, or to a pool in session mode."};
  }
}

void migration_session::lock() {
  first_look_.reset();
  refuse_pooler();
  const auto deadline = clock::now() + limits_.advisory_wait;
  std::minstd_rand jitter{std::random_device{}()};
  std::string told;
  while (!pg::try_lock(*session_, key_, pg::lock_mode::exclusive)) {
    const auto holder = pg::migration_holder(*session_, key_);
    if (!holder.empty() && holder != told) {
      tell_({.kind = event_kind::waiting,
             .server = target_.server,
             .service = target_.service,
             .text = fmt::format("another runner is at it: {}; waiting", holder)});
      told = holder;
    }
    if (clock::now() >= deadline) {
      throw error{exit_code::locked, fmt::format("another runner holds the lock of \"{}\"", target_.service),
                  holder.empty() ? "it ended just now" : holder,
                  "Wait for it, or give more time with --advisory-wait. A runner that was killed goes on on the server "
                  "until its statement ends."};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{50 + jitter() % 100});
  }
}

void migration_session::unlock() noexcept {
  try {
    if (session_->in_transaction()) session_->query("ROLLBACK");
    pg::release_lock(*session_, key_, pg::lock_mode::exclusive);
  } catch (const pg::error&) {  // it goes with the session
  }
}

}  // namespace innkeeper::exec
