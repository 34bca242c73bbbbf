#include "exec/wait_steps.h"

#include <random>
#include <thread>

namespace innkeeper::exec {

void pause(const std::function<void(std::chrono::milliseconds)>& sleep, std::chrono::milliseconds time) {
  if (sleep) {
    sleep(time);
  } else {
    std::this_thread::sleep_for(time);
  }
}

double chance(const std::function<double()>& jitter) {
  if (jitter) return jitter();
  thread_local std::minstd_rand source{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(source);
}

void tell_attempt(const event_sink& tell, const std::string& name, int number) {
  if (tell) tell({.kind = event_kind::attempt, .server = name, .done = number});
}

void tell_reached(const event_sink& tell, const std::string& name, const std::string& subject,
                  std::chrono::steady_clock::time_point since) {
  if (!tell) return;
  tell({.kind = event_kind::reached,
        .server = name,
        .subject = subject,
        .duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - since)});
}

}  // namespace innkeeper::exec
