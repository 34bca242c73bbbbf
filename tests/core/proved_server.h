#pragma once
// A server that holds exactly what an estate declares, so that a test plants one leak and sees one finding.
#include <algorithm>

#include "core/proof.h"
#include "core/server_minors.h"
#include "tests/core/estates.h"

namespace innkeeper::test {

inline acl_item given(const role_name& grantee, const std::string& privileges, const role_name& grantor) {
  return {grantee, privileges, "", grantor};
}

inline database_contents contents_of(const desired_database& wanted, const role_name& admin) {
  database_contents found{.has_registry = wanted.is_registry};
  for (const auto& schema : wanted.schemas) {
    observed_schema one{.name = schema.name, .owner = schema.owner.empty() ? admin : schema.owner};
    one.privileges.push_back(given(one.owner, "UC", one.owner));
    for (const auto& grant : schema.grants) one.privileges.push_back(given(grant.grantee, grant.privileges, one.owner));
    found.schemas.push_back(one);
  }
  for (const auto& grants : wanted.object_grants) {
    const auto& owner = grants.owner;
    const schema_name in = grants.every_schema ? schema_name{} : grants.schema;
    for (const auto& [kind, own] : {std::pair{'f', "X"}, std::pair{'T', "U"}}) {
      found.default_privileges.push_back({owner, {}, kind, {given(owner, own, owner)}});
    }
    const auto add = [&](char kind, const std::string& rw, const std::string& ro) {
      found.default_privileges.push_back({owner, in, kind, {given(grants.rw, rw, owner), given(grants.ro, ro, owner)}});
    };
    add('r', "arwd", "r");
    add('S', "rwU", "r");
    add('f', "X", "X");
    add('T', "U", "U");
    found.objects.push_back({grants.schema, 'r', owner, 3});
  }
  return found;
}

// As the server would keep it; each log-in's is its own.
inline secret verifier_of(const role_name& name) {
  return secret{"SCRAM-SHA-256$" + name.value};
}

// As a superuser's apply leaves the functions of pg_catalog.
inline void close_functions(const desired_database& wanted, const observed_server& server, database_contents& found) {
  for (const auto& rule : wanted.functions) {
    for (const auto& one : server.functions) {
      if (one.group != rule.group || rule.open_to_public) continue;
      auto& privileges = found.functions[one.oid];
      privileges.push_back(given({"postgres"}, "X", {"postgres"}));
      for (const auto& grantee : rule.grantees) privileges.push_back(given(grantee, "X", {"postgres"}));
    }
  }
}

inline parameters settings_of(const desired_role& wanted) {
  parameters all;
  for (const auto& [name, value] : wanted.settings) {
    if (value) all[name] = *value;
  }
  return all;
}

inline observed_server proved_server(const estate& all, int major = 15) {
  auto server = fresh_server(major, true);
  server.version_num = major * 10000 + minors_of(major)->newest;
  server.security = server_security{};
  const auto desired = derive_desired(all, all.servers.front());
  const role_name admin{"admin_user"};
  for (auto& one : server.databases) one.privileges = {given({"postgres"}, "CTc", {"postgres"})};
  for (const auto& one : desired.roles) {
    server.roles.push_back({.name = one.name,
                            .oid = 20000,
                            .can_login = one.can_login,
                            .connection_limit = one.connection_limit,
                            .settings = settings_of(one),
                            .comment = desired.mark});
    if (!one.can_login) continue;
    server.roles.back().verifier = verifier_of(one.name);
  }
  for (const auto& one : desired.memberships) {
    server.memberships.push_back(
        {.role = one.role, .member = one.member, .grantor = admin, .inherit = major < 16 || one.inherit});
  }
  for (const auto& one : desired.databases) {
    observed_database found{.name = one.name,
                            .oid = 30000,
                            .owner = admin,
                            .connection_limit = one.connection_limit,
                            .encoding = "UTF8",
                            .privileges = {given(admin, "CTc", admin)},
                            .comment = desired.mark,
                            .settings = {one.settings.begin(), one.settings.end()}};
    for (const auto& grant : one.grants) found.privileges.push_back(given(grant.grantee, grant.privileges, admin));
    found.contents = contents_of(one, admin);
    found.security = database_security{.reads_user_mappings = true};
    close_functions(one, server, *found.contents);
    server.databases.push_back(std::move(found));
  }
  for (const auto& one : desired.role_settings) {
    auto row = std::ranges::find_if(server.role_settings, [&](const observed_role_setting& known) {
      return known.role == one.role && known.database == one.database;
    });
    if (row == server.role_settings.end()) row = server.role_settings.insert(row, {one.role, one.database, {}});
    row->settings[one.name] = one.value;
  }
  return server;
}

// Secrets as the store would hold them: those that proved_server keeps verifiers of.
inline known_secrets working_secrets(const estate& all) {
  known_secrets secrets;
  for (const auto& one : derive_desired(all, all.servers.front()).roles) {
    if (one.can_login) {
      secrets[one.name] = {.is = known_secret::state::present, .verifier = verifier_of(one.name), .log_in_works = true};
    }
  }
  return secrets;
}

}  // namespace innkeeper::test
