#include "exec/rotation_book.h"

#include <fmt/format.h>

#include "core/desired.h"
#include "core/loans.h"
#include "core/password_truth.h"
#include "core/sql.h"
#include "exec/error.h"
#include "exec/registry.h"
#include "pg/catalog.h"

namespace innkeeper::exec {
namespace {

pg::connection open_registry(const server_access& access) {
  conninfo target = access.admin;
  target.database = registry_database;
  try {
    auto session = pg::connection::open(target, {.application_name = "innkeeper rotation"});
    const auto rows = session.query("SELECT pg_catalog.to_regclass('innkeeper.rotation') IS NOT NULL;");
    if (rows.text(0, 0) == "t") return session;
  } catch (const pg::error& refused) {
    if (refused.sqlstate() != "3D000") throw;
  }
  throw error{exit_code::unavailable,
              fmt::format("server \"{}\" has no registry of rotations yet", access.server->name),
              "which of two log-ins is in use has to be known to every runner", "Run innkeeper apply first."};
}

std::string oid_of(const role_name& role) {
  return fmt::format("(SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = {})", quote_literal(role.value));
}

std::string interval_of(const std::optional<std::chrono::milliseconds>& time) {
  return time ? fmt::format("interval '{} milliseconds'", time->count()) : "NULL";
}

std::string time_of(const std::optional<server_time>& at) {
  if (!at) return "NULL";
  const auto since = at->time_since_epoch().count();
  return fmt::format("pg_catalog.to_timestamp({}.{:03})", since / 1000, since % 1000);
}

// What a plain admin lends itself of a role's rights as long as this lives, in a transaction that is never committed.
class borrowed_rights {
 public:
  borrowed_rights(pg::connection& session, const observed_server& observed, const role_name& role) : session_{session} {
    const auto needed = loan_of_rights(observed, role);
    if (!needed) return;
    try {
      session_.query("BEGIN;\n" + borrowing_sql(*needed));
    } catch (const pg::error&) {
      give_back();
      throw;
    }
  }
  borrowed_rights(const borrowed_rights&) = delete;
  borrowed_rights& operator=(const borrowed_rights&) = delete;
  ~borrowed_rights() { give_back(); }

 private:
  void give_back() noexcept {
    try {
      if (session_.in_transaction()) session_.query("ROLLBACK;");
    } catch (const pg::error&) {
      return;  // the session is gone, and its transaction with it
    }
  }

  pg::connection& session_;
};

}  // namespace

rotation_book::rotation_book(const server_access& access, std::string estate)
    : estate_{std::move(estate)}, session_{open_registry(access)} {}

void rotation_book::change(const std::string& sql, const std::string& shown) {
  try {
    session_.query("BEGIN;\n" + sql + "\nCOMMIT;", shown);
  } catch (const pg::error& failed) {
    if (!failed.connection_is_lost()) session_.query("ROLLBACK;");
    throw;
  }
}

std::string rotation_book::state_sql(const log_in_pair& pair, rotation_state state, const std::string& also) const {
  return fmt::format("UPDATE innkeeper.rotation SET state = {}, twin = {}{} WHERE role = {};",
                     quote_literal(to_string(state)), oid_of(pair.twin), also, oid_of(pair.log_in));
}

// As apply remembers it, to tell later whose hand changed one.
std::string rotation_book::password_sql(const role_name& role, const secret& verifier) const {
  return fmt::format(
      "INSERT INTO innkeeper.password (role, fingerprint, who) VALUES ({}, {}, {}) ON CONFLICT (role) DO UPDATE SET "
      "fingerprint = excluded.fingerprint, seen_at = excluded.seen_at, who = excluded.who;",
      oid_of(role), quote_literal(fingerprint_of(verifier)), quote_literal(who_am_i()));
}

void rotation_book::begin(const log_in_pair& pair, rotation_state state, const terms& how) {
  change(fmt::format(
      "INSERT INTO innkeeper.rotation (role, twin, estate, state, on_twin, began_at, grace, force_after, who) "
      "VALUES ({}, {}, {}, {}, {}, pg_catalog.clock_timestamp(), {}, {}, {}) ON CONFLICT (role) DO UPDATE SET "
      "twin = excluded.twin, estate = excluded.estate, state = excluded.state, on_twin = excluded.on_twin, "
      "began_at = excluded.began_at, quiet_since = NULL, grace = excluded.grace, force_after = excluded.force_after, "
      "who = excluded.who;",
      oid_of(pair.log_in), oid_of(pair.twin), quote_literal(estate_), quote_literal(to_string(state)), pair.on_twin,
      interval_of(how.grace), interval_of(how.force_after), quote_literal(who_am_i())));
}

void rotation_book::set_terms(const log_in_pair& pair, const std::optional<std::chrono::milliseconds>& grace,
                              const std::optional<std::chrono::milliseconds>& force_after) {
  if (!grace && !force_after) return;
  change(
      fmt::format("UPDATE innkeeper.rotation SET grace = coalesce({}, grace), force_after = coalesce({}, force_after) "
                  "WHERE role = {};",
                  interval_of(grace), interval_of(force_after), oid_of(pair.log_in)));
}

void rotation_book::write(const log_in_pair& pair, rotation_state state) {
  change(state_sql(pair, state));
}

void rotation_book::keep(const log_in_pair& pair, const secret& verifier) {
  change(fmt::format("{}\n{}", password_sql(pair.other(), verifier), state_sql(pair, rotation_state::kept)));
}

void rotation_book::remember(const role_name& role, const secret& verifier) {
  change(password_sql(role, verifier));
}

bool rotation_book::knows(const role_name& role, const secret& verifier) {
  const auto rows =
      session_.query(fmt::format("SELECT p.fingerprint FROM innkeeper.password AS p WHERE p.role = {};", oid_of(role)));
  return !rows.empty() && rows.text(0, 0) == fingerprint_of(verifier);
}

void rotation_book::open(const log_in_pair& pair, const secret& verifier, bool resets_validity) {
  const auto sql_with = [&](const secret& shown) {
    return fmt::format("ALTER ROLE {} LOGIN PASSWORD {}{};\n{}\n{}", quoted(pair.other()),
                       quote_literal(shown.expose()), resets_validity ? " VALID UNTIL 'infinity'" : "",
                       password_sql(pair.other(), verifier), state_sql(pair, rotation_state::opened));
  };
  change(sql_with(verifier), sql_with(secret{"********"}));
}

void rotation_book::flip(const log_in_pair& pair) {
  change(state_sql(pair, rotation_state::flipped,
                   ", on_twin = NOT on_twin, quiet_since = NULL, used_since = pg_catalog.clock_timestamp(), "
                   "flipped_at = pg_catalog.clock_timestamp()"));
}

void rotation_book::close(const log_in_pair& pair, rotation_state state) {
  std::string sql;
  if (pair.has_twin) sql = fmt::format("ALTER ROLE {} NOLOGIN;\n", quoted(pair.other()));
  change(sql + state_sql(pair, state));
}

void rotation_book::reopen(const log_in_pair& pair, const std::optional<terms>& how) {
  std::string also = ", quiet_since = NULL";
  if (how) {
    also += fmt::format(", grace = {}, force_after = {}", interval_of(how->grace), interval_of(how->force_after));
  }
  change(
      fmt::format("ALTER ROLE {} LOGIN;\n{}", quoted(pair.other()), state_sql(pair, rotation_state::draining, also)));
}

void rotation_book::renew(const log_in_pair& pair, const secret& verifier) {
  const auto sql_with = [&](const secret& shown) {
    return fmt::format("ALTER ROLE {} PASSWORD {};\n{}\n{}", quoted(pair.used()), quote_literal(shown.expose()),
                       password_sql(pair.used(), verifier),
                       state_sql(pair, rotation_state::renewing, ", used_since = pg_catalog.clock_timestamp()"));
  };
  change(sql_with(verifier), sql_with(secret{"********"}));
}

void rotation_book::note_quiet(const log_in_pair& pair, std::optional<server_time> since) {
  change(fmt::format("UPDATE innkeeper.rotation SET quiet_since = {} WHERE role = {} AND state = 'draining';",
                     time_of(since), oid_of(pair.log_in)));
}

std::vector<log_in_pair> rotation_book::read() {
  return pg::observe_pairs(session_);
}

pg::password_times rotation_book::read_ages() {
  return pg::observe_password_times(session_);
}

drain_look rotation_book::look(const observed_server& observed, const log_in_pair& pair) {
  try {
    const borrowed_rights rights{session_, observed, pair.other()};
    return pg::observe_sessions_of(session_, pair.other());
  } catch (const pg::error& failed) {
    if (failed.connection_is_lost()) throw;
    return pg::observe_sessions_of(session_, pair.other());  // another runner grants just now: less is seen
  }
}

int rotation_book::end_sessions(const observed_server& observed, const log_in_pair& pair) {
  const borrowed_rights rights{session_, observed, pair.other()};
  const auto ended = session_.query(fmt::format(
      "SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity AS a WHERE a.usesysid = {};",
      oid_of(pair.other())));
  return static_cast<int>(ended.size());
}

}  // namespace innkeeper::exec
