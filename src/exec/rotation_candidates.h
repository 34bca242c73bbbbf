#pragma once
// Part of rotate.cc: which log-ins may rotate and how, and what of a plan is about them.
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/desired.h"
#include "core/observed.h"
#include "core/step.h"
#include "exec/rotate.h"

namespace innkeeper::exec {

// One declared log-in, and all services that use it.
struct rotation_candidate {
  rotated_log_in result;
  rotation_mode mode = rotation_mode::overlap;
  std::vector<const service_declaration*> services;
  location where;        // that says off
  std::string cost;      // why it rotates in place though overlap is asked for
  bool is_ready = true;  // no trouble so far
};

// In the manifest's order.
[[nodiscard]] std::vector<rotation_candidate> rotation_candidates(const estate& all, const server_declaration& server);

// What the other log-in would not have, and applications would miss from the flip on; "" where it can take over.
[[nodiscard]] std::string obstacle_to_twin(const log_in_pair& pair, const desired_server& desired,
                                           const observed_server& observed, const server_access& access);

// Of a step, what makes two log-ins alike and lets their databases hold both.
[[nodiscard]] std::optional<step> part_about(const step& one, const std::set<role_name>& roles,
                                             const std::set<database_name>& databases);

// What its database says a session of the log-in starts as.
[[nodiscard]] role_name starting_role_in(const desired_server& desired, const role_name& log_in,
                                         const database_name& database);

}  // namespace innkeeper::exec
