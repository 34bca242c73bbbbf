#pragma once
// Finds the PostgreSQL client programs that fit a server.
#include <filesystem>
#include <string>

namespace innkeeper::exec {

// Where pg_dump and pg_restore are looked for.
struct client_programs_search {
  std::filesystem::path majors = "/usr/lib/postgresql";  // <major>/bin below it
  std::string path;                                      // folders as in $PATH; empty: the process's own
};

struct client_programs {
  std::filesystem::path folder;
  int major = 0;

  friend bool operator==(const client_programs&, const client_programs&) = default;
};

// Those of the server's own major, else of the nearest newer one: pg_dump refuses newer servers, and what a much newer
// pg_restore sends an older server may not know. Throws exec::error (69) that names both versions and the package.
[[nodiscard]] client_programs find_client_programs(const client_programs_search& search, int server_major);

}  // namespace innkeeper::exec
