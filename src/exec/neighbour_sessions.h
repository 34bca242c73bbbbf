#pragma once
// Sessions that the proof opens as one service so that another may try to see and to end them: nothing real is hit.
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "core/attempt_plan.h"
#include "pg/connection.h"

namespace innkeeper::exec {

class neighbour_sessions {
 public:
  using opener = std::function<pg::connection(const neighbour& whose)>;
  explicit neighbour_sessions(opener open) : open_{std::move(open)} {}

  // The backend of a session of this log-in, opened where there is none or somebody ended it. Throws pg::error. Safe to
  // call from several threads.
  [[nodiscard]] int pid_of(const neighbour& whose);
  void close() { sessions_.clear(); }

 private:
  opener open_;
  std::mutex guard_;
  std::map<role_name, pg::connection> sessions_;
};

}  // namespace innkeeper::exec
