#pragma once
// What is there and how it is doing: each service beside what was observed of it. Pure.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/certificate_end.h"
#include "core/desired.h"
#include "core/observed.h"
#include "core/plan.h"
#include "core/seats.h"

namespace innkeeper {

struct service_status {
  std::string name;
  database_name database;
  schema_name schema;
  role_name user;                               // session_user
  role_name starts_as;                          // current_user of a new session
  std::vector<std::string> shares_user_with;    // other services
  std::vector<std::string> shares_schema_with;  // by table prefix
  std::vector<std::string> shares_database_with;
  std::optional<log_in_pair> turn;     // where two log-ins take turns: `user` is the one in use
  std::string retired_since;           // "" in service
  bool is_cut_off = false;             // a DROP DATABASE was: nothing in it can be reached
  bool exists = false;                 // its database and its log-in are there
  int steps = 0;                       // that apply would run for it
  int attentions = 0;                  // of it
  std::vector<std::string> passwords;  // what is wrong with them, a line each
  int connections = 0;                 // of its log-in to its database, now
  int connection_limit = -1;
  std::optional<std::int64_t> bytes;  // of its database

  friend bool operator==(const service_status&, const service_status&) = default;
};

struct server_status {
  std::string name;
  int version_num = 0;
  int connections = 0;
  std::optional<int> max_connections;
  std::optional<connection_seats> seats;  // whether what services may open fits
  int steps = 0;                          // all of them, the server's own too
  int attentions = 0;
  std::vector<service_status> services;
  std::vector<leftover_service> leftovers;  // retired, or ours by their marks and not in the manifest
  std::vector<std::string> undeclared;      // "database old": what is ours by its mark and of no service that is known
  std::vector<certificate_end> certificates;

  friend bool operator==(const server_status&, const server_status&) = default;
};

[[nodiscard]] server_status derive_status(const estate& all, const desired_server& desired,
                                          const observed_server& observed, const plan& left,
                                          const std::map<database_name, std::int64_t>& sizes);

}  // namespace innkeeper
