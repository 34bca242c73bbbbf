#pragma once
// What one server should hold for an estate: the role model of design section 4 spelled out, role by role and grant by
// grant. A pure function of the manifest; plan.cc compares it with what was observed.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/estate.h"
#include "core/function_group.h"
#include "core/log_in_pair.h"
#include "core/mark.h"
#include "core/name.h"

namespace innkeeper {

// Whose an item is: the service that asks for it ("" for what several share or the server needs) and its place.
struct origin {
  std::string service;
  location where;

  friend bool operator==(const origin&, const origin&) = default;
};

struct desired_role {
  role_name name;
  bool can_login = false;
  // Of a pair, the log-in that is not in use, or that changes its password in place right now: like the other one in
  // all but its password, which is the rotation's.
  bool is_turning = false;
  int connection_limit = -1;
  // ALTER ROLE … SET, for every database; without a value: RESET.
  std::map<std::string, std::optional<std::string>> settings;
  bool by_certificate = false;  // a log-in that shows a certificate, and has no password
  origin from;

  // Also one that is closed until its turn comes.
  [[nodiscard]] bool is_log_in() const { return can_login || is_turning; }
  friend bool operator==(const desired_role&, const desired_role&) = default;
};

struct desired_membership {
  role_name role;
  role_name member;
  bool inherit = true;  // false: only by SET ROLE, where the server knows the difference (16+)
  origin from;

  friend bool operator==(const desired_membership&, const desired_membership&) = default;
};

struct desired_role_setting {
  role_name role;
  database_name database;
  std::string name;
  std::string value;
  origin from;

  friend bool operator==(const desired_role_setting&, const desired_role_setting&) = default;
};

struct desired_grant {
  role_name grantee;
  std::string privileges;  // letters, see acl.h

  friend bool operator==(const desired_grant&, const desired_grant&) = default;
};

struct desired_schema {
  schema_name name;
  role_name owner;  // empty: the admin
  std::vector<desired_grant> grants;
  bool is_public_leftover = false;  // public, which no service of this database uses: only closed
  origin from;

  friend bool operator==(const desired_schema&, const desired_schema&) = default;
};

// The privileges that a schema's objects get, today's (GRANT … ON ALL) and tomorrow's (ALTER DEFAULT PRIVILEGES).
struct desired_object_grants {
  role_name owner;            // whose objects
  schema_name schema;         // the schema that the service works in
  bool every_schema = false;  // may_create_schemas: default privileges without IN SCHEMA
  role_name rw;
  role_name ro;
  origin from;

  friend bool operator==(const desired_object_grants&, const desired_object_grants&) = default;
};

struct desired_extension {
  extension_name name;
  std::string version;
  bool optional = false;
  origin from;

  friend bool operator==(const desired_extension&, const desired_extension&) = default;
};

// Who may call the functions of a group in a database, besides superusers.
struct desired_functions {
  function_group group = function_group::wal_messages;
  bool open_to_public = false;
  std::vector<role_name> grantees;
  origin from;

  friend bool operator==(const desired_functions&, const desired_functions&) = default;
};

// Poolers that look up the log-ins of a database there (pooler_lookup.h).
struct desired_lookup {
  std::vector<role_name> users;
  origin from;

  friend bool operator==(const desired_lookup&, const desired_lookup&) = default;
};

struct desired_database {
  database_name name;
  role_name access;
  int connection_limit = -1;
  std::string encoding;
  std::string locale;
  std::vector<desired_grant> grants;  // besides the owner's own
  std::map<std::string, std::string> settings;
  std::vector<desired_schema> schemas;
  std::vector<desired_object_grants> object_grants;
  std::vector<desired_extension> extensions;
  std::vector<desired_functions> functions;  // of the groups that hardening has a word on
  std::vector<std::string> services;
  std::optional<desired_lookup> lookup;
  bool is_registry = false;
  origin from;

  friend bool operator==(const desired_database&, const desired_database&) = default;
};

// A service's connection pool and what its log-in may open at most.
struct desired_pool {
  int size = 0;
  int replicas = 1;
  int limit = 0;
  origin from;

  friend bool operator==(const desired_pool&, const desired_pool&) = default;
};

// Log-ins that take turns, and whose they are.
struct desired_pair {
  log_in_pair now;
  origin from;

  friend bool operator==(const desired_pair&, const desired_pair&) = default;
};

struct desired_server {
  std::string name;
  std::string mark;  // the comment on what this estate makes
  std::map<std::string, declared<std::string>> settings;
  hardening_rules hardening;
  std::vector<desired_role> roles;
  std::vector<desired_membership> memberships;
  std::vector<desired_role_setting> role_settings;
  std::vector<desired_database> databases;  // the registry first
  std::vector<desired_pool> pools;
  std::vector<desired_pair> pairs;
  // Of services with `mode: observe`: theirs, though nothing here asks for them.
  std::set<role_name> observed_roles;
  std::set<database_name> observed_databases;

  friend bool operator==(const desired_server&, const desired_server&) = default;
};

inline const database_name registry_database{"innkeeper"};
inline const schema_name extensions_schema{"extensions"};

// Extra connections that a database's limit leaves for the admin.
inline constexpr int admin_connections = 3;

// What a pooler takes of them at most, to look up log-ins; PgBouncer's max_user_connections of its log-in.
inline constexpr int pooler_connections = 4;

// Connections that the databases of services may take together.
[[nodiscard]] int sum_of_limits(const desired_server& desired);

// `pairs`: as pairs_on() gives them. What a log-in should have, its twin should, too; who may log in follows the turn.
[[nodiscard]] desired_server derive_desired(const estate& all, const server_declaration& server,
                                            const log_in_pairs& pairs = {});

}  // namespace innkeeper
