#pragma once
// Dumps that were tried: written by pg_dump, restored into a scratch database by a role that may do nothing else, and
// compared with the original. Nothing of it is under its final name before all that succeeded.
//
//   <directory>/<name>/service.dump    pg_dump's custom format
//   <directory>/<name>/globals.sql     roles, memberships, settings, the database: what pg_dump leaves out
//   <directory>/<name>/manifest.json   what is in it, with checksums; written last
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/capabilities.h"
#include "core/name.h"
#include "core/secret.h"
#include "exec/client_programs.h"
#include "exec/event.h"
#include "exec/server_access.h"
#include "pg/database_check.h"

namespace innkeeper::exec {

struct dump_request {
  capabilities can;
  std::string estate;
  std::string service;
  database_name database;
  schema_name schema;               // empty: the whole database
  role_name as;                     // who reads it; empty: the admin itself
  secret globals;                   // globals.sql; holds password verifiers
  std::vector<role_name> log_ins;   // for manifest.json
  std::filesystem::path directory;  // of all dumps
};

struct dump_report {
  std::filesystem::path folder;
  std::uintmax_t bytes = 0;
  pg::database_check check;  // of the original and of its copy
};

// The caller holds the server's lock, and nobody else writes to the database. Throws exec::error, pg::error; the
// scratch database and its role are gone then, too, unless the process was killed: sweep_scratch() finds them.
[[nodiscard]] dump_report make_verified_dump(const dump_request& asked, const server_access& access,
                                             const client_programs& programs, const event_sink& tell);

// Removes scratch databases and roles of runs that were killed, and the unfinished dumps of this service. The caller
// holds the server's lock.
void sweep_unfinished(const server_access& access, const std::filesystem::path& directory, const std::string& service);

// What was dumped of a service before, the newest first; only whole ones.
struct earlier_dump {
  std::filesystem::path folder;
  std::vector<role_name> log_ins;
};
[[nodiscard]] std::vector<earlier_dump> find_dumps(const std::filesystem::path& directory, const std::string& service);

}  // namespace innkeeper::exec
