#pragma once
// What all drivers of core/wait.h do alike, between their attempts and around them.
#include <chrono>
#include <functional>
#include <string>

#include "exec/event.h"

namespace innkeeper::exec {

// The caller's own, else really.
void pause(const std::function<void(std::chrono::milliseconds)>& sleep, std::chrono::milliseconds time);
// The caller's own, else random; in [0, 1).
[[nodiscard]] double chance(const std::function<double()>& jitter);

void tell_attempt(const event_sink& tell, const std::string& name, int number);
void tell_reached(const event_sink& tell, const std::string& name, const std::string& subject,
                  std::chrono::steady_clock::time_point since);

}  // namespace innkeeper::exec
