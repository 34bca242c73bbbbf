#pragma once
// What a rotation asks the server besides what every look does.
#include <map>

#include "core/rotation.h"
#include "pg/connection.h"

namespace innkeeper::pg {

// By the memory of apply and of rotations.
struct password_times {
  server_time now;
  std::map<role_name, server_time> since;
};

// In the registry.
[[nodiscard]] password_times observe_password_times(connection& registry);

[[nodiscard]] drain_look observe_sessions_of(connection& session, const role_name& role);

}  // namespace innkeeper::pg
