#pragma once
// Part of rotate.cc: the second log-in of a pair has to have what the first one has, before applications get it.
#include <map>
#include <string>
#include <vector>

#include "core/leaving.h"
#include "exec/registry.h"
#include "exec/rotation_run.h"

namespace innkeeper::exec {

// What log-ins own or may do by themselves, one of it for each. Throws pg::error.
[[nodiscard]] std::map<role_name, role_dependency> dependencies_of(const std::vector<role_name>& log_ins,
                                                                   const server_access& access);

// What the other log-in would not have, and applications would miss from the flip on; "" where it can take over.
[[nodiscard]] std::string obstacle_to_twin(const log_in_pair& pair, const desired_server& desired,
                                           const observed_server& observed,
                                           const std::map<role_name, role_dependency>& dependencies);

// Runs what a plan wants of the chosen log-ins and of their databases' limits, and looks again. The caller holds the
// server's lock. Throws exec::error.
void make_alike(rotation_run& run, audit_trail& audit);

// By the last look; "" where the other log-in is like the one in use.
[[nodiscard]] std::string what_other_lacks(const rotation_run& run, const rotation_candidate& one);

}  // namespace innkeeper::exec
