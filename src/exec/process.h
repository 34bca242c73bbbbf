#pragma once
// Child processes without a shell: the words of a command go to it as they are. A child inherits no open file of ours,
// and only the environment that is named here. Throws exec::error where a process cannot be started.
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/secret.h"

namespace innkeeper::exec {

struct os_user {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

[[nodiscard]] std::optional<os_user> find_os_user(const std::string& name);
[[nodiscard]] std::optional<os_user> find_os_user(uid_t uid);

struct command {
  std::vector<std::string> words;  // the first is the program's path
  std::optional<os_user> user;     // absent: ours; another one needs root
  std::map<std::string, std::string> environment;
  std::filesystem::path directory = "/";
  secret input;                  // what it reads, up to 4 kB
  std::filesystem::path output;  // a file that both its outputs are appended to; empty: they are caught
};

struct finished_process {
  int status = 0;      // as a shell shows it: 128 + n for signal n
  std::string output;  // both outputs as they came
};

enum class lifetime {
  ours,     // dies with the thread that started it, even where that is killed
  its_own,  // a session of its own: survives us, the terminal and its signals
};

// Runs to its end. Where the deadline is passed, it is killed with its children and an exec::error tells.
[[nodiscard]] finished_process run_process(const command& what, std::chrono::milliseconds timeout);

// Starts it and returns its id. `output` must be named. Who starts it calls has_ended() sooner or later.
[[nodiscard]] pid_t start_process(const command& what, lifetime how);

// Whether there is no such process any more; a dead child of ours is buried here.
[[nodiscard]] bool has_ended(pid_t process);

}  // namespace innkeeper::exec
