#include "exec/pooler_reload.h"

#include <fmt/format.h>

#include <string>

#include "exec/error.h"
#include "exec/pooler_files.h"
#include "exec/service_places.h"
#include "pg/connection.h"

namespace innkeeper::exec {
namespace {

// Of what the console shows: type, user, database, state, addr … application_name, as PgBouncer 1.18 orders them.
constexpr std::size_t user_column = 1;
constexpr std::size_t database_column = 2;

const endpoint_declaration* pooler_of_ours(const estate& all, const service_declaration& service) {
  const auto* way = endpoint_of(server_of(all, service), service);
  return way != nullptr && way->pooler && way->pooler->is_ours ? way : nullptr;
}

conninfo console_of(const estate& all, const service_declaration& service, const endpoint_declaration& way) {
  conninfo target{.endpoints = {way.address}, .user = way.pooler->user, .database = {"pgbouncer"}};
  if (!way.sslmode.empty()) target.parameters["sslmode"] = way.sslmode;
  if (!way.root_certificates.empty()) target.parameters["sslrootcert"] = way.root_certificates;
  const auto entry = store_of(all).read(service.server, way.pooler->user);
  if (entry.state == stored_state::present) target.password = entry.value.password;
  return target;
}

pg::result tell_console(const estate& all, const service_declaration& service, const endpoint_declaration& way,
                        const std::string& words) {
  pg::connect_options options;
  options.kind = pg::session_kind::service;
  options.application_name = "innkeeper pooler";
  try {
    return pg::connection::open(console_of(all, service, way), options).query(words);
  } catch (const pg::error& failed) {
    const bool is_refused = failed.is_not_permitted() || failed.sqlstate() == "08P01";
    throw error{is_refused ? exit_code::not_permitted : exit_code::unavailable,
                fmt::format("PgBouncer of endpoint \"{}\" did not take {}", way.name, words.substr(0, words.find(' '))),
                fmt::format("{} [{}]", failed.facts().primary, failed.sqlstate()),
                is_refused ? "Render its files anew (innkeeper render pgbouncer) and restart it."
                           : "Check that it runs, and host and port of the endpoint."};
  }
}

}  // namespace

void reload_pooler(const estate& all, const service_declaration& service, const server_access& access,
                   const event_sink& tell) {
  const auto* way = pooler_of_ours(all, service);
  if (way == nullptr || way->pooler->authentication == pooler_authentication::query) return;
  (void)write_pooler_files(render_pooler(all, access, *way), way->pooler->directory);
  (void)tell_console(all, service, *way, "RELOAD");
  if (tell) {
    tell({.kind = event_kind::note,
          .server = access.server->name,
          .service = service.name,
          .text = fmt::format("PgBouncer of endpoint \"{}\" has read its files anew", way->name)});
  }
}

std::set<int> idle_sessions_of_pooler(const estate& all, const service_declaration& service, const role_name& log_in) {
  const auto* way = pooler_of_ours(all, service);
  if (way == nullptr) return {};
  constexpr std::size_t state = 3;
  constexpr std::size_t remote_pid = 15;
  const auto rows = tell_console(all, service, *way, "SHOW SERVERS");
  std::set<int> processes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.text(i, user_column) == log_in.value && rows.text(i, state) == "idle")
      processes.insert(std::stoi(rows.text(i, remote_pid)));
  }
  return processes;
}

std::vector<former_session> clients_at_pooler(const estate& all, const service_declaration& service,
                                              const role_name& log_in) {
  const auto* way = pooler_of_ours(all, service);
  if (way == nullptr) return {};
  const auto rows = tell_console(all, service, *way, "SHOW CLIENTS");
  constexpr std::size_t address = 4;
  constexpr std::size_t application = 17;
  std::vector<former_session> clients;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.text(i, user_column) != log_in.value) continue;
    clients.push_back({.database = {rows.text(i, database_column)},
                       .application = rows.columns() > application ? rows.text(i, application) : "",
                       .address = rows.text(i, address)});
  }
  return clients;
}

}  // namespace innkeeper::exec
