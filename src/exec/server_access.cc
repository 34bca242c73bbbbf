#include "exec/server_access.h"

#include <fmt/format.h>

#include "core/scram.h"
#include "core/step_sql.h"
#include "exec/embedded_server.h"
#include "exec/error.h"
#include "exec/log_in_key.h"
#include "exec/password_source.h"
#include "exec/random.h"
#include "exec/service_places.h"
#include "exec/wait_for_server.h"

namespace innkeeper::exec {
namespace {

std::string of_admin(const role_name& admin) {
  return fmt::format("the admin \"{}\"", admin);
}

server_access find_embedded(const estate& all, const server_declaration& server) {
  const auto status = inspect_embedded(all, server);
  if (!status.running) {
    throw error{exit_code::unavailable, fmt::format("the embedded server \"{}\" is not running", server.name),
                status.initialised ? "its data is there" : "it has not been made yet", "Run `innkeeper up`."};
  }
  server_access access{.server = &server, .admin = status.admin, .endpoints = {status.address}, .is_embedded = true};
  access.password_from = "file " + status.paths.admin_password_file.string();
  if (status.root_certificates) {
    access.for_services = {{"sslmode", "verify-full"}, {"sslrootcert", *status.root_certificates}};
  }
  if (auto declared = search_password(on_this_machine(server.admin.passwords)).found) {
    access.admin.password = std::move(declared->value);
    access.password_from = std::move(declared->from);
  }
  return access;
}

server_access find_by_url(const server_declaration& server) {
  server_access access{.server = &server, .admin = *server.url, .endpoints = server.url->endpoints};
  for (const auto* name : {"sslmode", "sslrootcert", "target_session_attrs"}) {
    const auto found = server.url->parameters.find(name);
    if (found != server.url->parameters.end()) access.for_services.insert(*found);
  }
  auto& admin = access.admin;
  if (admin.user.empty()) admin.user = server.admin.user.value;
  if (admin.database.empty()) admin.database = {"postgres"};
  if (admin.password) {
    access.password_from = "the server's url";
  } else if (!server.admin.passwords.empty()) {
    auto found = find_password(server.admin.passwords, of_admin(admin.user));
    admin.password = std::move(found.value);
    access.password_from = std::move(found.from);
  }
  return access;
}

void wait_for(const server_access& access, const event_sink& tell) {
  wait_options options{.name = access.server->name};
  options.rules.limits = access.server->wait;
  (void)wait_for_server(access.admin, options, tell);
}

// Only where the admin's role is missing: an existing one with another password is somebody's decision.
bool make_admin(const server_access& access, const event_sink& tell) {
  const auto& bootstrap = *access.server->admin.bootstrap;
  conninfo target = access.admin;
  target.user = bootstrap.user;
  target.password = find_password(bootstrap.passwords, fmt::format("the bootstrap user \"{}\"", bootstrap.user)).value;
  pg::connect_options connect;
  connect.application_name = "innkeeper bootstrap";
  auto session = pg::connection::open(target, connect);
  const auto& admin = access.admin.user;
  const auto found = session.query_with("SELECT FROM pg_catalog.pg_roles WHERE rolname = $1", {admin.value});
  if (found.size() != 0 || !access.admin.password) return false;
  const secret verifier = scram_verifier(*access.admin.password, random_salt());
  try {
    session.query(create_admin_sql(admin, bootstrap.superuser, verifier),
                  create_admin_sql(admin, bootstrap.superuser, secret{"********"}));
  } catch (const pg::error& failed) {
    if (!failed.is_race()) throw;  // made by another runner meanwhile
  }
  tell({.kind = event_kind::note,
        .server = access.server->name,
        .text = fmt::format("made the admin \"{}\" as \"{}\"", admin, bootstrap.user)});
  return true;
}

}  // namespace

server_access find_access(const estate& all, const server_declaration& server) {
  return server.url ? find_by_url(server) : find_embedded(all, server);
}

server_access reach_server(const estate& all, const server_declaration& server, const event_sink& tell) {
  server_access access = find_access(all, server);
  try {
    wait_for(access, tell);
  } catch (const error& refused) {
    if (refused.code() != exit_code::not_permitted || !server.admin.bootstrap) throw;
    if (!make_admin(access, tell)) throw;
    wait_for(access, tell);
  }
  return access;
}

namespace {

role_name log_in_of(const secret_store& store, const service_declaration& service, const log_in_pairs& pairs) {
  const auto pair = pairs.find(service.user.value);
  return pair != pairs.end() && pair->second.is_known ? pair->second.used()
                                                      : store.in_use(service.server, service.user.value);
}

void show_own_key(const secret_store& store, const service_declaration& service, conninfo& target) {
  show_key(read_log_in_key(store, service.server, target.user, service.authentication), target);
}

// A way of its own has its own certificate: behind a pooler, nothing of the server's is seen.
void go_by(const endpoint_declaration& way, conninfo& target) {
  target.endpoints = {way.address};
  target.parameters.erase("target_session_attrs");
  target.parameters.erase("hostaddr");
  if (way.pooler) {
    target.parameters.erase("sslmode");
    target.parameters.erase("sslrootcert");
  }
  if (!way.sslmode.empty()) target.parameters["sslmode"] = way.sslmode;
  // The files that we render have no TLS for clients then; some drivers would ask for it.
  if (way.sslmode.empty() && way.pooler && way.pooler->is_ours) target.parameters["sslmode"] = "disable";
  if (!way.root_certificates.empty()) target.parameters["sslrootcert"] = way.root_certificates;
  target.pools_transactions = way.pools_transactions();
}

}  // namespace

conninfo service_conninfo(const secret_store& store, const service_declaration& service, const server_access& access,
                          const log_in_pairs& pairs) {
  auto target = service_conninfo_as(log_in_of(store, service, pairs), std::nullopt, service, access);
  show_own_key(store, service, target);
  return target;
}

conninfo service_conninfo_as(const role_name& log_in, const std::optional<secret>& password,
                             const service_declaration& service, const server_access& access) {
  conninfo target{.endpoints = access.endpoints,
                  .user = log_in,
                  .database = service.database.value,
                  .password = password,
                  .parameters = access.for_services};
  if (const auto* way = endpoint_of(*access.server, service)) go_by(*way, target);
  return target;
}

conninfo direct_conninfo_as(const role_name& log_in, const std::optional<secret>& password,
                            const service_declaration& service, const server_access& access) {
  return {.endpoints = access.endpoints,
          .user = log_in,
          .database = service.database.value,
          .password = password,
          .parameters = parameters_for_others(access)};
}

conninfo service_conninfo(const estate& all, const service_declaration& service, const server_access& access) {
  return service_conninfo(store_of(all), service, access);
}

conninfo direct_conninfo(const estate& all, const service_declaration& service, const server_access& access) {
  const auto store = store_of(all);
  auto target = direct_conninfo_as(log_in_of(store, service, {}), std::nullopt, service, access);
  show_own_key(store, service, target);
  return target;
}

std::map<std::string, std::string> parameters_for_others(const server_access& access) {
  auto parameters = access.admin.parameters;
  for (const char* own : {"application_name", "fallback_application_name", "options", "passfile", "require_auth",
                          "sslcert", "sslcertmode", "sslkey", "sslpassword"}) {
    parameters.erase(own);
  }
  // The admin of an embedded server comes through its socket, where there is no TLS.
  if (access.is_embedded) parameters.insert(access.for_services.begin(), access.for_services.end());
  return parameters;
}

}  // namespace innkeeper::exec
