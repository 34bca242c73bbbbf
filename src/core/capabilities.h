#pragma once
// What this server can do and what this admin may do on it: computed once, a pure value. Rules ask it, never the
// version number; a new major is a new line in capabilities.cc.
#include <string>

#include "core/name.h"

namespace innkeeper {

struct admin_facts {
  int version_num = 0;  // 150020
  role_name name;
  bool superuser = false;
  bool createdb = false;
  bool createrole = false;
  bool in_recovery = false;
  bool may_set_temp_file_limit = false;  // GRANT SET ON PARAMETER, where the server has that

  friend bool operator==(const admin_facts&, const admin_facts&) = default;
};

struct capabilities {
  int major = 0;
  role_name admin;
  bool may_create_databases = false;
  bool may_create_roles = false;
  bool may_alter_system = false;       // ALTER SYSTEM
  bool may_read_verifiers = false;     // pg_authid.rolpassword
  bool may_close_maintenance = false;  // REVOKE on databases and schemas that others own
  bool may_take_over_roles = false;    // ALTER ROLE of a role that somebody else made
  bool may_use_untrusted_extensions = false;
  bool may_end_sessions = false;  // of service log-ins, without being a member of theirs
  // A role made by this admin: does it need `GRANT role TO admin` before CREATE SCHEMA … AUTHORIZATION role and the
  // like?
  bool must_join_roles = false;
  // Default privileges, and grants on what the owner role owns, only after SET LOCAL ROLE owner.
  bool must_assume_owner = false;
  bool may_give_public_schema = false;    // public of a new database: REVOKE from PUBLIC and ALTER … OWNER
  bool membership_options = false;        // 16+: GRANT … WITH INHERIT FALSE, SET TRUE
  bool public_schema_is_closed = false;   // 15+: PUBLIC may not CREATE in public of a new database
  bool may_limit_temp_files = false;      // ALTER ROLE … SET temp_file_limit
  bool may_close_functions = false;       // REVOKE on functions of pg_catalog
  bool parameter_grants = false;          // 15+: GRANT SET ON PARAMETER
  bool has_reserved_connections = false;  // 16+: the setting, and the role pg_use_reserved_connections
  bool is_writable = true;                // not in recovery
  bool is_supported = true;               // 13 or newer

  friend bool operator==(const capabilities&, const capabilities&) = default;
};

inline constexpr int oldest_supported_major = 13;

[[nodiscard]] capabilities derive_capabilities(const admin_facts& facts);

}  // namespace innkeeper
