#include "tests/support/child_program.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "exec/process.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {
namespace {

std::string read_all(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

child_program::child_program(std::vector<std::string> words, const std::map<std::string, std::string>& environment,
                             const std::filesystem::path& directory, std::filesystem::path output)
    : output_{std::move(output)} {
  std::filesystem::remove(output_);
  pid_ = exec::start_process(
      {.words = std::move(words), .environment = environment, .directory = directory, .output = output_},
      exec::lifetime::ours);
}

child_program::~child_program() {
  if (has_ended()) return;
  ::kill(pid_, SIGKILL);
  (void)eventually([&] { return has_ended(); });
}

bool child_program::has_ended() {
  if (status_) return true;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
  status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return true;
}

ended_program child_program::wait(int seconds) {
  if (eventually([&] { return has_ended(); }, seconds)) return {*status_, read_all(output_)};
  ::kill(pid_, SIGKILL);
  throw std::runtime_error{fmt::format("a program did not end within {} s; it said:\n{}", seconds, read_all(output_))};
}

}  // namespace innkeeper::test
