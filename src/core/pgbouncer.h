#pragma once
// PgBouncer's files for an endpoint of a server: which databases, how many connections, how it knows the log-ins.
// docs/pooler.md is the manual. Pure.
#include <map>
#include <string>
#include <vector>

#include "core/estate.h"
#include "core/secret.h"

namespace innkeeper {

// Of a log-in's connection limit, what the pooler leaves to schema files and people, who come directly: where the
// log-in may change its schema, and where it may not.
inline constexpr int direct_connections_of_owner = 3;
inline constexpr int direct_connections = 1;

struct pgbouncer_wishes {
  const estate& all;
  const server_declaration& server;
  const endpoint_declaration& way;
  conninfo to_server;  // where the server is, with sslmode and sslrootcert
  // The pooler's own password, in clear: nothing else lets PgBouncer log in by itself. Of the log-ins their verifiers,
  // where they are copied.
  secret own_password;
  std::map<role_name, secret> verifiers;
};

struct pgbouncer_files {
  std::string configuration;       // pgbouncer.ini; holds no secret
  secret users;                    // userlist.txt
  std::vector<std::string> notes;  // what these files can't do, for people
  diagnostics problems;            // errors: there are no files
};

[[nodiscard]] pgbouncer_files print_pgbouncer(const pgbouncer_wishes& wishes);

// The services whose connection strings go by this endpoint.
[[nodiscard]] std::vector<const service_declaration*> served_by(const estate& all, const server_declaration& server,
                                                                const endpoint_declaration& way);

}  // namespace innkeeper
