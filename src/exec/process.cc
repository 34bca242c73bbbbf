#include "exec/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <system_error>
#include <utility>

#include "exec/descriptor.h"
#include "exec/error.h"

namespace innkeeper::exec {
namespace {

using clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what, int cause) {
  throw error{exit_code::failed, what, std::generic_category().message(cause)};
}

struct pipe_pair {
  descriptor read;
  descriptor write;

  pipe_pair() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("could not make a pipe", errno);
    read.open(ends[0]);
    write.open(ends[1]);
  }
};

// Everything that the child needs, made before the fork: between fork and exec only async-signal-safe calls are
// allowed, since another thread may have held any lock.
struct prepared {
  std::vector<char*> words;
  std::vector<std::string> settings;
  std::vector<char*> environment;

  explicit prepared(const command& what) {
    for (const auto& word : what.words) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    for (const auto& [name, value] : what.environment) settings.push_back(name + "=" + value);
    for (auto& one : settings) environment.push_back(one.data());
    environment.push_back(nullptr);
  }
};

struct child_files {
  int input;
  int output;
  int report;  // errno goes here where exec fails; closed by a successful exec
};

bool become(const os_user& user) {
  return ::setgroups(user.groups.size(), user.groups.data()) == 0 && ::setgid(user.gid) == 0 && ::setuid(user.uid) == 0;
}

[[noreturn]] void run_child(const command& what, const prepared& ready, const child_files& files, lifetime how,
                            pid_t parent) {
  const auto give_up = [&] {
    const int cause = errno;
    [[maybe_unused]] const auto ignored = ::write(files.report, &cause, sizeof cause);
    ::_exit(127);
  };
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int one : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) ::signal(one, SIG_DFL);
  if (::setsid() < 0) give_up();
  if (::dup2(files.input, 0) < 0 || ::dup2(files.output, 1) < 0 || ::dup2(files.output, 2) < 0) give_up();
  if (what.user && !become(*what.user)) give_up();
  if (how == lifetime::ours) {
    // After the change of user, which forgets it. PostgreSQL takes SIGQUIT as "stop now, with all children".
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (::getppid() != parent) ::_exit(127);
  }
  if (::chdir(what.directory.c_str()) != 0) give_up();
  // Closed by exec and not before: a lock of ours is held until this process can be seen to be what it will be.
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
    for (int one = 3; one < 1024; ++one) ::fcntl(one, F_SETFD, FD_CLOEXEC);  // Linux before 5.11
  }
  ::umask(077);
  ::execve(ready.words[0], ready.words.data(), ready.environment.data());
  give_up();
  ::_exit(127);
}

pid_t launch(const command& what, int input, int output, lifetime how) {
  const prepared ready{what};
  pipe_pair report;
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) fail(fmt::format("could not start \"{}\"", what.words.front()), errno);
  if (child == 0) run_child(what, ready, {input, output, report.write.get()}, how, parent);
  report.write.close();
  int cause = 0;
  ssize_t got = 0;
  while ((got = ::read(report.read.get(), &cause, sizeof cause)) < 0 && errno == EINTR) {
  }
  if (got > 0) {
    ::waitpid(child, nullptr, 0);
    fail(fmt::format("could not start \"{}\"", what.words.front()), cause);
  }
  return child;
}

int open_input(const command& what, pipe_pair& pipe) {
  if (what.input.empty()) {
    pipe.read.open(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return pipe.read.get();
  }
  // A program may open /dev/stdin by name, which asks for the pipe's own permissions.
  if (what.user && ::fchown(pipe.read.get(), what.user->uid, what.user->gid) != 0) fail("could not pass a pipe", errno);
  const std::string& text = what.input.expose();
  // A pipe holds at least 4096 bytes, so this never blocks.
  if (text.size() > 4096 || ::write(pipe.write.get(), text.data(), text.size()) < 0)
    fail("could not pass input to a program", errno);
  pipe.write.close();
  return pipe.read.get();
}

int wait_status(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// False where the deadline passed first.
bool collect(int from, std::string& into, clock::time_point deadline) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0) return false;
    pollfd one{from, POLLIN, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready <= 0) continue;
    const auto got = ::read(from, buffer.data(), buffer.size());
    if (got == 0 || (got < 0 && errno != EINTR)) return true;
    if (got > 0) into.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::optional<os_user> os_user_of(const passwd* entry) {
  if (entry == nullptr) return std::nullopt;
  os_user user{entry->pw_name, entry->pw_uid, entry->pw_gid, {}};
  int count = 64;
  user.groups.resize(static_cast<std::size_t>(count));
  while (::getgrouplist(entry->pw_name, entry->pw_gid, user.groups.data(), &count) < 0) {
    user.groups.resize(static_cast<std::size_t>(count));
  }
  user.groups.resize(static_cast<std::size_t>(count));
  return user;
}

bool is_zombie(pid_t process) {
  std::ifstream file{fmt::format("/proc/{}/stat", process)};
  std::string line;
  std::getline(file, line);
  const auto behind_name = line.rfind(") ");
  return behind_name != std::string::npos && behind_name + 2 < line.size() && line[behind_name + 2] == 'Z';
}

}  // namespace

std::optional<os_user> find_os_user(const std::string& name) {
  std::vector<char> space(16384);
  passwd entry{};
  passwd* found = nullptr;
  ::getpwnam_r(name.c_str(), &entry, space.data(), space.size(), &found);
  return os_user_of(found);
}

std::optional<os_user> find_os_user(uid_t uid) {
  std::vector<char> space(16384);
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(uid, &entry, space.data(), space.size(), &found);
  return os_user_of(found);
}

finished_process run_process(const command& what, std::chrono::milliseconds timeout) {
  pipe_pair input;
  pipe_pair output;
  const pid_t child = launch(what, open_input(what, input), output.write.get(), lifetime::ours);
  output.write.close();
  finished_process result;
  const bool in_time = collect(output.read.get(), result.output, clock::now() + timeout);
  if (!in_time) ::kill(-child, SIGKILL);
  result.status = wait_status(child);
  if (!in_time) {
    throw error{exit_code::failed,
                fmt::format("\"{}\" did not end within {} s", what.words.front(), timeout.count() / 1000),
                result.output};
  }
  return result;
}

pid_t start_process(const command& what, lifetime how) {
  pipe_pair input;
  descriptor output{::open(what.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (output.get() < 0) fail(fmt::format("could not write \"{}\"", what.output.string()), errno);
  return launch(what, open_input(what, input), output.get(), how);
}

bool has_ended(pid_t process) {
  if (process <= 0) return true;
  if (::waitpid(process, nullptr, WNOHANG) == process) return true;
  if (::kill(process, 0) != 0) return errno == ESRCH;
  if (!is_zombie(process)) return false;
  (void)::waitpid(process, nullptr, WNOHANG);  // a child that ended a moment ago: left alone, it would keep its number
  return true;
}

}  // namespace innkeeper::exec
