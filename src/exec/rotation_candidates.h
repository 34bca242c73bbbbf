#pragma once
// Part of rotate.cc: which log-ins there are to rotate, and how each of them does.
#include <chrono>
#include <string>
#include <vector>

#include "core/estate.h"
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
  // Its former log-in, by this run; else before it began.
  std::chrono::steady_clock::time_point closed_at = std::chrono::steady_clock::now();
};

// In the manifest's order.
[[nodiscard]] std::vector<rotation_candidate> rotation_candidates(const estate& all, const server_declaration& server);

}  // namespace innkeeper::exec
