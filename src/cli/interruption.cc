#include "cli/interruption.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

namespace innkeeper::cli {
namespace {

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

void wait_and_end(console& out) {
  const sigset_t set = ending_signals();
  int number = 0;
  if (sigwait(&set, &number) != 0) return;
  const std::string message = fmt::format("interrupted by {}", number == SIGINT ? "SIGINT" : "SIGTERM");
  const std::string hint = "What is done stays done. Run the same command again; it completes the rest.";
  out.show({{.message = message, .hint = hint}});
  json document = out.counters();
  document["error"] = {{"message", message}, {"detail", ""}, {"hint", hint}, {"code", 128 + number}};
  out.print_json(document);
  (void)out.flush();
  // No destructors: other threads are at work, and the server undoes what they had not committed.
  std::_Exit(128 + number);
}

}  // namespace

void end_in_order_when_interrupted(console& out) {
  const sigset_t set = ending_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread{[&out] { wait_and_end(out); }}.detach();
}

void restore_signals() {
  const sigset_t set = ending_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_DFL);
}

}  // namespace innkeeper::cli
