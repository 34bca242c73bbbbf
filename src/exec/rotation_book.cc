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

// With the rights of the role, and without them again whatever comes.
std::string borrowed(const observed_server& observed, const role_name& role, const std::string& sql) {
  const auto needed = loan_of_rights(observed, role);
  if (!needed) return sql;
  return fmt::format("BEGIN;\n{}\n{}\nROLLBACK;", borrowing_sql(*needed), sql);
}

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
  change(sql + state_sql(pair, state, ", quiet_since = NULL"));
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

rotation_book::ages rotation_book::read_ages() {
  const auto answers = session_.query_all(
      "SELECT pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint;\n"
      "SELECT r.rolname, pg_catalog.floor(extract(epoch FROM p.seen_at) * 1000)::bigint FROM innkeeper.password AS p "
      "JOIN pg_catalog.pg_roles AS r ON r.oid = p.role;");
  const auto time = [](const std::string& text) { return server_time{std::chrono::milliseconds{std::stoll(text)}}; };
  ages known{.now = time(answers.at(0).text(0, 0)), .since = {}};
  const auto& rows = answers.at(1);
  for (std::size_t i = 0; i < rows.size(); ++i) known.since[{rows.text(i, 0)}] = time(rows.text(i, 1));
  return known;
}

drain_look rotation_book::look(const observed_server& observed, const log_in_pair& pair) {
  // client_port is -1 on a socket and NULL where it is not for us to see.
  const std::string sql = fmt::format(
      "SELECT pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint;\n"
      "SELECT a.pid, a.datname, a.application_name, CASE WHEN a.client_port = -1 THEN '[local]' ELSE "
      "pg_catalog.host(a.client_addr) END, pg_catalog.floor(extract(epoch FROM a.backend_start) * 1000)::bigint "
      "FROM pg_catalog.pg_stat_activity AS a WHERE a.usesysid = {} ORDER BY a.backend_start, a.pid;",
      oid_of(pair.other()));
  const auto answers = [&] {
    try {
      return session_.query_all(borrowed(observed, pair.other(), sql));
    } catch (const pg::error& failed) {
      if (failed.connection_is_lost()) throw;
      if (session_.in_transaction()) session_.query("ROLLBACK;");
      return session_.query_all(sql);  // another runner grants just now: less is seen
    }
  }();
  drain_look look{.now = server_time{std::chrono::milliseconds{std::stoll(answers.at(0).text(0, 0))}}, .sessions = {}};
  const auto& rows = answers.at(1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    former_session one{.pid = std::stoi(rows.text(i, 0)),
                       .database = {rows.text(i, 1)},
                       .application = rows.text(i, 2),
                       .address = rows.text(i, 3),
                       .began = std::nullopt};
    if (!rows.is_null(i, 4)) one.began = server_time{std::chrono::milliseconds{std::stoll(rows.text(i, 4))}};
    look.sessions.push_back(std::move(one));
  }
  return look;
}

int rotation_book::end_sessions(const observed_server& observed, const log_in_pair& pair) {
  const std::string sql = fmt::format(
      "SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity AS a WHERE a.usesysid = {};",
      oid_of(pair.other()));
  try {
    return static_cast<int>(session_.query_all(borrowed(observed, pair.other(), sql)).at(0).size());
  } catch (const pg::error& failed) {
    if (!failed.connection_is_lost() && session_.in_transaction()) session_.query("ROLLBACK;");
    throw;
  }
}

}  // namespace innkeeper::exec
