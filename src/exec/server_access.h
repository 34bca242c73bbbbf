#pragma once
// The way to one server of an estate: its address and the admin's log-in, from the declared sources.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/conninfo.h"
#include "core/estate.h"
#include "core/log_in_pair.h"
#include "exec/event.h"
#include "exec/secret_store.h"

namespace innkeeper::exec {

struct server_access {
  const server_declaration* server = nullptr;
  conninfo admin;                   // to the maintenance database, with the password
  std::vector<endpoint> endpoints;  // where services find it
  bool is_embedded = false;
  std::string password_from;  // for people: "environment POSTGRES_ADMIN_PASSWORD"
  // What connection strings of services say of TLS and of several hosts: sslmode, sslrootcert, target_session_attrs.
  std::map<std::string, std::string> for_services;
};

// Finds the address and the password; opens nothing. Throws exec::error: 69 where an embedded server isn't running
// ("run innkeeper up"), 65 where no password source has one.
[[nodiscard]] server_access find_access(const estate& all, const server_declaration& server);

// Finds, waits until it takes connections (the declared wait), and makes the admin with the bootstrap user where the
// admin's log-in doesn't exist yet (requirement I1). Throws exec::error: 69, 65, 77.
[[nodiscard]] server_access reach_server(const estate& all, const server_declaration& server, const event_sink& tell);

// What an application connects with: the service's log-in that is in use, its database, the server's address or that of
// `via:`, and its password or, where it shows one, its certificate. Without either where none is stored. For many
// services give the store: store_of() looks at all of them. `pairs`: what the server says of log-ins that take turns;
// else the secrets directory says which is in use.
[[nodiscard]] conninfo service_conninfo(const secret_store& store, const service_declaration& service,
                                        const server_access& access, const log_in_pairs& pairs = {});
[[nodiscard]] conninfo service_conninfo(const estate& all, const service_declaration& service,
                                        const server_access& access);
// The same with another log-in.
[[nodiscard]] conninfo service_conninfo_as(const role_name& log_in, const std::optional<secret>& password,
                                           const service_declaration& service, const server_access& access);

// What Innkeeper itself connects with as that log-in: the server itself, whatever `via:` says, and all that its url
// says but for what is the admin's own.
[[nodiscard]] conninfo direct_conninfo(const estate& all, const service_declaration& service,
                                       const server_access& access);

[[nodiscard]] conninfo direct_conninfo_as(const role_name& log_in, const std::optional<secret>& password,
                                          const service_declaration& service, const server_access& access);

// The parameters of the admin's connection without what is the admin's own: its certificate, settings, other passwords.
[[nodiscard]] std::map<std::string, std::string> parameters_for_others(const server_access& access);

}  // namespace innkeeper::exec
