#pragma once
// A PostgreSQL server process seen from its data directory. All of it works for a directory that a dead server left
// behind: a process id alone proves nothing, since the system gives it to others.
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace innkeeper::exec {

struct postmaster {
  pid_t pid = 0;
  int port = 0;
  std::filesystem::path socket_directory;
  bool is_ready = false;  // takes connections
};

// The one that runs on this directory; absent where none does, or where this user may not look.
[[nodiscard]] std::optional<postmaster> find_postmaster(const std::filesystem::path& data);

// Ends what a killed postmaster left: waits for its children, asks, then insists. Removes its lock file where another
// process got its id. Returns early where a postmaster turns up. Throws exec::error (69) where children stay.
void clear_remains(const std::filesystem::path& data, const std::function<void(const std::string&)>& tell);

// Every process of PostgreSQL that works in this directory.
[[nodiscard]] std::vector<pid_t> server_processes(const std::filesystem::path& data);

// "15" of a data directory; 0 where there is none.
[[nodiscard]] int data_major(const std::filesystem::path& data);

}  // namespace innkeeper::exec
