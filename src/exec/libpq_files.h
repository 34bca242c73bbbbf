#pragma once
// A connection for PostgreSQL's own programs, without a word of it on a command line: a service file, which libpq
// reads, and a password file. What they are handed over by is the caller's choice.
#include <map>
#include <string>

#include "core/conninfo.h"
#include "core/secret.h"

namespace innkeeper::exec {

// Names one service, "innkeeper"; holds no password. Throws exec::error for what a service file can't say.
[[nodiscard]] secret print_service_file(const conninfo& target);
// One line for every address.
[[nodiscard]] secret print_password_file(const secret& password);

// Ours, without what it says of other connections: PGPASSWORD, PGOPTIONS and their like.
[[nodiscard]] std::map<std::string, std::string> environment_for_programs();

}  // namespace innkeeper::exec
