#include "exec/postmaster.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <csignal>
#include <fstream>
#include <thread>

#include "exec/error.h"
#include "exec/process.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

template <class Number>
Number number_in(const std::string& text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in{file};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Every process of a server works in its data directory, under whatever name that has by now, from its exec on: it is
// started there. The program may have been replaced meanwhile, "postgres (deleted)".
bool works_in(pid_t process, const fs::path& data) {
  std::error_code problem;
  const fs::path self = fmt::format("/proc/{}", process);
  return fs::equivalent(self / "cwd", data, problem) && !problem &&
         fs::read_symlink(self / "exe", problem).filename().string().starts_with("postgres");
}

// Line 1: process id, 4: port, 5: socket directory, 8: status, padded with blanks.
constexpr std::size_t port_line = 3;
constexpr std::size_t socket_line = 4;
constexpr std::size_t status_line = 7;

// PostgreSQL asks kill(2) whether the process lives, which says yes of another one with its id, and of a dead one that
// nobody buried, as in containers.
void remove_misleading_lock(const fs::path& data) {
  const auto lines = lines_of(data / "postmaster.pid");
  if (lines.empty()) return;
  const auto process = number_in<pid_t>(lines.front());
  (void)has_ended(process);  // buries one of ours
  if (process > 0 && ::kill(process, 0) != 0) return;
  std::error_code ignored;
  fs::remove(data / "postmaster.pid", ignored);
}

}  // namespace

std::vector<pid_t> server_processes(const fs::path& data) {
  std::vector<pid_t> found;
  std::error_code problem;
  for (fs::directory_iterator entry{"/proc", problem}, end; !problem && entry != end; entry.increment(problem)) {
    const auto pid = number_in<pid_t>(entry->path().filename().string());
    if (pid > 0 && works_in(pid, data)) found.push_back(pid);
  }
  return found;
}

std::optional<postmaster> find_postmaster(const fs::path& data) {
  const auto lines = lines_of(data / "postmaster.pid");
  if (lines.empty()) return std::nullopt;
  postmaster found{.pid = number_in<pid_t>(lines[0])};
  if (has_ended(found.pid) || !works_in(found.pid, data)) return std::nullopt;
  if (lines.size() > port_line) found.port = number_in<int>(lines[port_line]);
  if (lines.size() > socket_line) found.socket_directory = lines[socket_line];
  if (lines.size() > status_line) {
    found.is_ready = lines[status_line].starts_with("ready") || lines[status_line].starts_with("standby");
  }
  return found;
}

void clear_remains(const fs::path& data, const std::function<void(const std::string&)>& tell) {
  using std::chrono::seconds;
  struct stage {
    seconds after;
    int signal;
  };
  // They end by themselves when they notice that their postmaster is gone; one that computes doesn't look.
  std::vector<stage> stages{{seconds{20}, SIGQUIT}, {seconds{2}, SIGTERM}};
  const auto begin = clock::now();
  bool has_told = false;
  for (auto left = server_processes(data); !left.empty(); left = server_processes(data)) {
    // One that was started, but had not written its lock file when its starter was killed.
    if (find_postmaster(data)) return;
    const auto waited = clock::now() - begin;
    if (!has_told && waited > seconds{1}) {
      tell(fmt::format("processes {} of a server that died are ending", fmt::join(left, ", ")));
      has_told = true;
    }
    if (!stages.empty() && waited > stages.back().after) {
      for (const pid_t one : left) ::kill(one, stages.back().signal);
      stages.pop_back();
    }
    if (waited > seconds{40}) {
      throw error{
          exit_code::unavailable, fmt::format("processes of a server that died still work in \"{}\"", data.string()),
          fmt::format("process ids: {}", fmt::join(left, ", ")), "End them with kill -QUIT, then run this again."};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  remove_misleading_lock(data);
}

int data_major(const fs::path& data) {
  const auto lines = lines_of(data / "PG_VERSION");
  return lines.empty() ? 0 : number_in<int>(lines.front());
}

}  // namespace innkeeper::exec
