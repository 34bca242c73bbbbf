#pragma once
// A service whose schema files are to run: its files, its own log-in, and where its history is kept. Everything that a
// service wrote runs in a session that logged in as that service; without its password nothing runs, and no other
// log-in is ever used instead.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/conninfo.h"
#include "core/estate.h"
#include "exec/server_access.h"
#include "migration/directory.h"

namespace innkeeper::exec {

class early_session;

struct migration_target {
  std::string service;
  std::string server;
  conninfo log_in;  // of the application where it owns its schema, else of the migrator
  wait_declaration wait;
  schema_name history;
  schema_name history_elsewhere;    // where it was before the database began, or ceased, to be shared
  std::optional<role_name> reader;  // may read the history besides its owner: the application's own group
  std::filesystem::path directory;  // of its files, as messages name it
  migration::schema_directory files;
  migration_declaration settings;
  std::shared_ptr<early_session> early;  // begun while the files are read; absent: none
};

// Finds the log-in's password, begins its session and reads the files meanwhile. Throws exec::error: 65 where the files
// are wrong (all problems in its text) or the password can't be read, 69 where an embedded server isn't running.
[[nodiscard]] migration_target find_migration_target(const estate& all, const service_declaration& service);

}  // namespace innkeeper::exec
