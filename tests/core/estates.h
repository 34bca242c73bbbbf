#pragma once
// Small estates and servers for tests of the plan, made by hand so that a test says all that it depends on.
#include <string>
#include <utility>

#include "core/desired.h"
#include "core/observed.h"
#include "core/plan.h"

namespace innkeeper::test {

inline service_declaration service(const std::string& name, int line = 10) {
  service_declaration one;
  one.name = name;
  one.where = {"innkeeper.yaml", line, 3};
  one.server = "shared";
  one.database = {{name}, one.where, true};
  one.schema = {{"public"}, one.where, true};
  one.user = {{name + "_user"}, one.where, true};
  one.connections = {20, one.where, true};
  return one;
}

inline estate estate_of(std::vector<service_declaration> services) {
  estate all;
  all.name = "cafe-erp";
  server_declaration server;
  server.name = "shared";
  server.admin.user = {{"admin_user"}, {}, true};
  all.servers.push_back(std::move(server));
  all.services = std::move(services);
  return all;
}

// A server as initdb leaves it, seen by this kind of admin.
inline observed_server fresh_server(int major, bool superuser) {
  observed_server server;
  server.version_num = major * 10000 + 4;
  server.can = derive_capabilities({.version_num = server.version_num,
                                    .name = {"admin_user"},
                                    .superuser = superuser,
                                    .createdb = true,
                                    .createrole = true});
  server.roles.push_back({.name = {"admin_user"},
                          .oid = 16384,
                          .can_login = true,
                          .superuser = superuser,
                          .createdb = true,
                          .createrole = true});
  server.roles.push_back({.name = {"postgres"}, .oid = 10, .can_login = true, .superuser = true});
  const auto database = [](const std::string& name) {
    return observed_database{.name = {name},
                             .oid = 5,
                             .owner = {"postgres"},
                             .encoding = "UTF8",
                             .privileges = {{{}, "Tc", "", {"postgres"}}, {{"postgres"}, "CTc", "", {"postgres"}}}};
  };
  server.databases = {database("postgres"), database("template1")};
  server.functions = {{3577, function_group::wal_messages, "pg_logical_emit_message(boolean,text,text)"},
                      {3578, function_group::wal_messages, "pg_logical_emit_message(boolean,text,bytea)"},
                      {2880, function_group::advisory_locks, "pg_advisory_lock(bigint)"},
                      {957, function_group::large_objects, "lo_creat(integer)"}};
  server.available_extensions["pgcrypto"] = {"1.3", true};
  server.available_extensions["postgis"] = {"3.3.2", false};
  return server;
}

inline plan plan_for(const estate& all, const observed_server& server, const known_secrets& secrets = {},
                     const plan_policy& policy = {}) {
  return make_plan(derive_desired(all, all.servers.front()), server, secrets, policy);
}

inline bool has_step(const plan& made, const std::string& description) {
  for (const auto& one : made.steps) {
    if (describe(one) == description) return true;
  }
  return false;
}

inline bool has_attention(const plan& made, const std::string& part) {
  for (const auto& one : made.attentions) {
    if (one.text.find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace innkeeper::test
