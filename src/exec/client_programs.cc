#include "exec/client_programs.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <string_view>

#include "exec/error.h"
#include "exec/libpq_files.h"
#include "exec/process.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

bool has_programs(const fs::path& folder) {
  std::error_code problem;
  return fs::exists(folder / "pg_dump", problem) && fs::exists(folder / "pg_restore", problem);
}

// "pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"; 0 where it says something else.
int major_of(const fs::path& folder) {
  try {
    const auto said =
        run_process({.words = {folder / "pg_dump", "--version"}, .environment = environment_for_programs()},
                    std::chrono::seconds{10});
    const auto behind = said.output.find(") ");
    return behind == std::string::npos ? 0 : std::atoi(said.output.c_str() + behind + 2);
  } catch (const error&) {
    return 0;
  }
}

using found_programs = std::map<int, fs::path>;

void look_below(const fs::path& majors, found_programs& found) {
  std::error_code problem;
  for (fs::directory_iterator entry{majors, problem}, end; !problem && entry != end; entry.increment(problem)) {
    const int major = std::atoi(entry->path().filename().c_str());
    if (major > 0 && has_programs(entry->path() / "bin")) found.try_emplace(major, entry->path() / "bin");
  }
}

void look_along(std::string_view path, found_programs& found) {
  while (!path.empty()) {
    const auto end = path.find(':');
    const fs::path folder{path.substr(0, end)};
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    if (!folder.is_absolute() || !has_programs(folder)) continue;
    if (const int major = major_of(folder); major > 0) found.try_emplace(major, folder);
  }
}

}  // namespace

client_programs find_client_programs(const client_programs_search& search, int server_major) {
  found_programs found;
  look_below(search.majors, found);
  if (!found.contains(server_major)) {
    const char* own = std::getenv("PATH");
    look_along(!search.path.empty() ? search.path : own == nullptr ? "" : own, found);
  }
  if (const auto fits = found.lower_bound(server_major); fits != found.end()) return {fits->second, fits->first};
  std::string here;
  for (const auto& [major, folder] : found) {
    here += fmt::format("{}{} in {}", here.empty() ? "" : ", ", major, folder.string());
  }
  throw error{exit_code::unavailable,
              fmt::format("no pg_dump here can read the server, which is PostgreSQL {}", server_major),
              here.empty() ? "none is installed" : "installed: " + here,
              fmt::format("Install the Debian package postgresql-client-{}, then run the same again.", server_major)};
}

}  // namespace innkeeper::exec
