#include "exec/registry.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <map>

#include "exec/process.h"
#include "pg/catalog.h"

namespace innkeeper::exec {
namespace {

constexpr std::size_t rows_per_batch = 500;  // the steps of some twenty services
constexpr std::chrono::seconds longest_unwritten{5};

// Array literals, so that any number of rows is one statement with the same parameters.
std::string array_of(const std::vector<std::string>& values) {
  std::string text = "{";
  for (const auto& value : values) {
    if (text.size() > 1) text += ',';
    text += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

std::string seconds_of(std::chrono::system_clock::time_point at) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  return fmt::format("{}.{:03}", since / 1000, since % 1000);
}

// An older version's registry lacks some.
bool has_table(pg::connection& session, const std::string& name) {
  return !session.query_with("SELECT pg_catalog.to_regclass($1)", {name}).is_null(0, 0);
}

}  // namespace

const std::string& who_am_i() {
  static const std::string name = [] {
    const auto user = find_os_user(::getuid());
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
    return fmt::format("{}@{}", user ? user->name : std::to_string(::getuid()), host.data());
  }();
  return name;
}

audit_trail::audit_trail(const server_access& access, std::string estate, event_sink tell)
    : access_{access}, estate_{std::move(estate)}, tell_{std::move(tell)} {}

audit_trail::~audit_trail() {
  try {
    flush();
  } catch (const std::exception& failure) {
    tell_not_written(access_.server->name, failure.what());
  }
}

void audit_trail::tell_not_written(const std::string& server, const std::string& why) const {
  tell_({.kind = event_kind::note,
         .server = server,
         .text = fmt::format("the audit trail could not be written: {}", why)});
}

void audit_trail::add(const step& done, std::chrono::milliseconds duration, const std::string& error) {
  const std::lock_guard lock{guard_};
  waiting_.push_back({++added_, done.from.service, to_string(done.from.where), std::string{name_of(done)},
                      describe(done), error, duration, std::chrono::system_clock::now()});
}

void audit_trail::note(const std::string& service, const std::string& kind, const std::string& what,
                       std::chrono::milliseconds duration, const std::string& error) {
  const std::lock_guard lock{guard_};
  waiting_.push_back({++added_, service, "", kind, what, error, duration, std::chrono::system_clock::now()});
}

// Once more on a new session where the old one broke: all of it may be said twice. False where there is no registry.
bool audit_trail::in_registry(const std::function<void(pg::connection&)>& work) {
  for (bool is_second_try = false;; is_second_try = true) {
    try {
      if (!connect()) return false;
      work(*session_);
      return true;
    } catch (const pg::error& failed) {
      session_.reset();
      if (!failed.connection_is_lost() || is_second_try) throw;
    }
  }
}

bool audit_trail::connect() {
  if (session_) return true;
  conninfo target = access_.admin;
  target.database = registry_database;
  pg::connect_options options;
  options.application_name = "innkeeper registry";
  try {
    auto session = pg::connection::open(target, options);
    if (session.query("SELECT pg_catalog.to_regclass('innkeeper.run') IS NOT NULL;").text(0, 0) != "t") return false;
    session_ = std::move(session);
    return true;
  } catch (const pg::error& refused) {
    if (refused.connection_is_lost()) throw;
    return false;  // not made yet, or not allowed: finish() says so
  }
}

void audit_trail::say_it_began(pg::connection& session) {
  if (!run_id_.empty()) return;
  run_id_ = session
                .query_with(
                    "INSERT INTO innkeeper.run (estate, who, version, started_at) "
                    "VALUES ($1, $2, $3, pg_catalog.to_timestamp($4::double precision)) RETURNING id",
                    {estate_, who_am_i(), INNKEEPER_VERSION, seconds_of(started_)})
                .text(0, 0);
}

void audit_trail::begin() {
  try {
    const std::lock_guard lock{writing_};
    (void)in_registry([&](pg::connection& session) { say_it_began(session); });
  } catch (const pg::error&) {
    // finish() tries again, and tells.
  }
}

void audit_trail::write(pg::connection& session, const std::vector<row>& rows) {
  std::array<std::vector<std::string>, 8> columns;
  for (const auto& one : rows) {
    columns[0].push_back(std::to_string(one.number));
    columns[1].push_back(one.service);
    columns[2].push_back(one.place);
    columns[3].push_back(one.kind);
    columns[4].push_back(one.what);
    columns[5].push_back(seconds_of(one.ended));
    columns[6].push_back(fmt::format("{} milliseconds", one.duration.count()));
    columns[7].push_back(one.error);
  }
  std::vector<std::optional<std::string>> parameters{run_id_};
  for (const auto& column : columns) parameters.emplace_back(array_of(column));
  session.query_with(
      "INSERT INTO innkeeper.step (run_id, number, service, place, kind, what, ended_at, duration, error) "
      "SELECT $1::bigint, r.number, r.service, r.place, r.kind, r.what, pg_catalog.to_timestamp(r.ended), r.duration, "
      "nullif(r.error, '') FROM ROWS FROM (pg_catalog.unnest($2::integer[]), pg_catalog.unnest($3::text[]), "
      "pg_catalog.unnest($4::text[]), pg_catalog.unnest($5::text[]), pg_catalog.unnest($6::text[]), "
      "pg_catalog.unnest($7::double precision[]), pg_catalog.unnest($8::interval[]), pg_catalog.unnest($9::text[])) "
      "AS r (number, service, place, kind, what, ended, duration, error) ON CONFLICT DO NOTHING",
      parameters);
}

void audit_trail::flush() {
  const std::lock_guard writing{writing_};
  std::vector<row> rows;
  {
    const std::lock_guard lock{guard_};
    if (waiting_.empty()) return;
    rows = waiting_;
  }
  const bool is_written = in_registry([&](pg::connection& session) {
    say_it_began(session);
    write(session, rows);
  });
  if (!is_written) return;
  last_written_ = std::chrono::steady_clock::now();
  const std::lock_guard lock{guard_};
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(rows.size()));
}

void audit_trail::flush_full_batch() {
  {
    const std::lock_guard lock{guard_};
    const bool is_late = std::chrono::steady_clock::now() - last_written_.load() > longest_unwritten;
    if (waiting_.size() < rows_per_batch && !is_late) return;
  }
  try {
    flush();
  } catch (const pg::error&) {
    // What is waiting stays there for the next time; finish() tells.
  }
}

void audit_trail::remember_objects(pg::connection& session, const desired_server& desired,
                                   const observed_server& after) {
  std::map<std::string, std::string> services;  // by kind and name
  for (const auto& one : desired.roles) services["role " + one.name.value] = one.from.service;
  for (const auto& one : desired.databases) services["database " + one.name.value] = one.from.service;
  std::array<std::vector<std::string>, 4> columns;
  const auto remember = [&](const std::string& kind, std::uint32_t oid, const std::string& name,
                            const std::string& comment) {
    const auto service = services.find(kind + " " + name);
    if (service == services.end() || marked_estate(comment) != marked_estate(desired.mark)) return;
    columns[0].push_back(kind);
    columns[1].push_back(std::to_string(oid));
    columns[2].push_back(name);
    columns[3].push_back(service->second);
  };
  for (const auto& one : after.roles) remember("role", one.oid, one.name.value, one.comment);
  for (const auto& one : after.databases) remember("database", one.oid, one.name.value, one.comment);
  session.query_with(
      "INSERT INTO innkeeper.object (kind, oid, name, service, estate) "
      "SELECT r.kind, r.oid, r.name, r.service, $5 FROM ROWS FROM (pg_catalog.unnest($1::text[]), "
      "pg_catalog.unnest($2::oid[]), pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[])) "
      "AS r (kind, oid, name, service) "
      "ON CONFLICT (kind, oid) DO UPDATE SET name = excluded.name, service = excluded.service, "
      "estate = excluded.estate WHERE (object.name, object.service, object.estate) IS DISTINCT FROM "
      "(excluded.name, excluded.service, excluded.estate)",
      {array_of(columns[0]), array_of(columns[1]), array_of(columns[2]), array_of(columns[3]), estate_});
}

void audit_trail::write_outcome(pg::connection& session, bool succeeded, int applied, int failed) {
  session.query_with(
      "UPDATE innkeeper.run SET finished_at = pg_catalog.clock_timestamp(), outcome = $2, applied = $3::integer, "
      "failed = $4::integer WHERE id = $1::bigint",
      {run_id_, succeeded ? "done" : "failed", std::to_string(applied), std::to_string(failed)});
}

void audit_trail::write_last(const std::string& server, const std::function<void(pg::connection&)>& work) {
  try {
    flush();
    const auto end = [&](pg::connection& session) {
      say_it_began(session);
      work(session);
    };
    const std::lock_guard lock{writing_};
    if (!in_registry(end)) tell_not_written(server, "database \"innkeeper\" is not usable");
  } catch (const pg::error& failure) {
    tell_not_written(server, failure.what());
  }
}

void audit_trail::finish_leaving(bool succeeded, int steps) {
  write_last(access_.server->name, [&](pg::connection& session) {
    session.query(
        "DELETE FROM innkeeper.object AS o WHERE CASE o.kind "
        "WHEN 'role' THEN NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.oid = o.oid) "
        "ELSE NOT EXISTS (SELECT FROM pg_catalog.pg_database AS d WHERE d.oid = o.oid) END");
    if (has_table(session, "innkeeper.rotation")) {
      session.query(
          "DELETE FROM innkeeper.rotation AS x "
          "WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.oid = x.role)");
    }
    write_outcome(session, succeeded, steps, succeeded ? 0 : 1);
  });
}

void audit_trail::finish_rotation(bool succeeded, int steps, const desired_server& desired,
                                  const observed_server& after) {
  write_last(desired.name, [&](pg::connection& session) {
    remember_objects(session, desired, after);
    write_outcome(session, succeeded, steps, succeeded ? 0 : 1);
  });
}

void audit_trail::remember_passwords(pg::connection& session, const observed_server& after,
                                     const std::map<role_name, std::string>& right) {
  if (right.empty()) return;
  std::array<std::vector<std::string>, 2> columns;
  for (const auto& one : after.roles) {
    const auto found = right.find(one.name);
    if (found == right.end()) continue;
    columns[0].push_back(std::to_string(one.oid));
    columns[1].push_back(found->second);
  }
  session.query_with(
      "INSERT INTO innkeeper.password (role, fingerprint, who) "
      "SELECT r.role, r.fingerprint, $3 FROM ROWS FROM (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::text[])) "
      "AS r (role, fingerprint) "
      "ON CONFLICT (role) DO UPDATE SET fingerprint = excluded.fingerprint, seen_at = excluded.seen_at, "
      "who = excluded.who WHERE password.fingerprint <> excluded.fingerprint",
      {array_of(columns[0]), array_of(columns[1]), who_am_i()});
}

void audit_trail::finish(int applied, int failed, const desired_server& desired, const observed_server& after,
                         const std::map<role_name, std::string>& right) {
  write_last(desired.name, [&](pg::connection& session) {
    // First what is to be remembered: while the run isn't finished, the next one comes back for it.
    remember_objects(session, desired, after);
    remember_passwords(session, after, right);
    write_outcome(session, failed == 0, applied, failed);
    close_what_was_cut_off(session);
  });
}

void audit_trail::finish_what_was_cut_off(const desired_server& desired, const observed_server& after,
                                          const std::map<role_name, std::string>& right) {
  try {
    const std::lock_guard lock{writing_};
    (void)in_registry([&](pg::connection& session) {
      remember_objects(session, desired, after);
      remember_passwords(session, after, right);
      close_what_was_cut_off(session);
    });
  } catch (const pg::error& failure) {
    tell_not_written(desired.name, failure.what());
  }
}

// Whoever calls this holds the server's lock: nobody else's run is under way.
void audit_trail::close_what_was_cut_off(pg::connection& session) {
  session.query_with(
      "UPDATE innkeeper.run SET finished_at = pg_catalog.clock_timestamp(), outcome = 'cut off' "
      "WHERE estate = $1 AND finished_at IS NULL",
      {estate_});
}

registry_memory read_registry(const server_access& access, const std::string& estate) {
  conninfo target = access.admin;
  target.database = registry_database;
  registry_memory memory;
  try {
    auto session = pg::connection::open(target, {.application_name = "innkeeper registry"});
    if (session.query("SELECT pg_catalog.to_regclass('innkeeper.object') IS NOT NULL;").text(0, 0) != "t") return {};
    const auto rows = session.query_with(
        "SELECT kind, oid::bigint, service FROM innkeeper.object WHERE estate IN ($1, '')", {estate});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      memory.objects.push_back(
          {rows.text(i, 0), static_cast<std::uint32_t>(std::stoul(rows.text(i, 1))), rows.text(i, 2)});
    }
    memory.pairs = pg::observe_pairs(session);
  } catch (const pg::error&) {
    return {};  // marks tell as much
  }
  return memory;
}

}  // namespace innkeeper::exec
