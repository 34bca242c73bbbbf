#pragma once
// The state of an estate for people and for programs. Pure.
#include <set>
#include <string>
#include <vector>

#include "cli/console.h"
#include "core/conninfo.h"
#include "core/server_status.h"

namespace innkeeper::cli {

struct shown_server {
  server_status status;
  bool is_embedded = false;
  role_name admin;
  std::vector<endpoint> endpoints;  // where services find it
};

struct status_view {
  const estate& all;
  const std::vector<shown_server>& servers;
  std::set<std::string> services;  // asked for; empty: all
};

[[nodiscard]] std::string status_to_text(const status_view& view, bool colored);
[[nodiscard]] json status_to_json(const status_view& view);

// "127.0.0.1:5433"
[[nodiscard]] std::string address_of(const std::vector<endpoint>& all);

}  // namespace innkeeper::cli
