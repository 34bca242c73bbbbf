#pragma once
// A run in a child of the test's own, which may kill itself in the middle.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace innkeeper::test {

// False where it came to its end. `run` dies by die_here().
template <class Run>
[[nodiscard]] bool is_killed(Run run) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      run();
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "the child failed before it was killed";
  return WIFSIGNALED(status);
}

inline void die_here() {
  ::kill(::getpid(), SIGKILL);
}

}  // namespace innkeeper::test
