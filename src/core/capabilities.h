#pragma once
// What this server can do and what this admin may do on it: computed once, a pure value. Rules ask it, never the
// version number; a new major is a new line in capabilities.cc.
#include <set>
#include <string>
#include <string_view>

#include "core/name.h"

namespace innkeeper {

struct admin_facts {
  int version_num = 0;  // 150020
  role_name name;
  bool superuser = false;
  bool createdb = false;
  bool createrole = false;
  bool in_recovery = false;
  bool bypassrls = false;
  bool replication = false;
  bool reads_verifiers = false;            // SELECT on pg_authid's rolname and rolpassword
  bool reads_hba_rules = false;            // SELECT on pg_hba_file_rules, EXECUTE on its function
  bool reads_file_settings = false;        // the same of pg_file_settings
  bool reloads = false;                    // EXECUTE on pg_reload_conf
  bool ends_sessions = false;              // has the privileges of pg_signal_backend
  bool owns_maintenance = false;           // has the privileges of the owners of postgres and template1
  std::set<std::string> may_set;           // GRANT SET ON PARAMETER, 15+
  std::set<std::string> may_alter_system;  // GRANT ALTER SYSTEM ON PARAMETER, 15+

  friend bool operator==(const admin_facts&, const admin_facts&) = default;
};

struct capabilities {
  int major = 0;
  role_name admin;
  bool is_superuser = false;
  bool may_create_databases = false;
  bool may_create_roles = false;
  bool may_alter_system = false;        // ALTER SYSTEM of any parameter
  bool may_read_verifiers = false;      // pg_authid.rolpassword
  bool may_read_hba_rules = false;      // pg_hba_file_rules
  bool may_read_file_settings = false;  // pg_file_settings: what the configuration files say
  bool may_close_maintenance = false;   // REVOKE on the databases postgres and template1
  bool may_take_over_roles = false;     // ALTER ROLE of a role that somebody else made, unless it is a superuser
  bool may_change_replication = false;  // ALTER ROLE … NOREPLICATION, and the next one … NOBYPASSRLS
  bool may_change_bypassrls = false;
  bool may_use_untrusted_extensions = false;
  bool may_end_sessions = false;  // of service log-ins, without being a member of theirs
  // Must it be a member of an owner role, for the moment, before CREATE SCHEMA … AUTHORIZATION role and the like?
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
  bool has_log_in_triggers = false;       // 17+: run after our startup options
  bool has_self_grants = false;     // 16+: createrole_self_grant, which would make memberships that nobody asked for
  std::set<std::string> settable;   // of the parameters that only superusers may set
  std::set<std::string> alterable;  // by ALTER SYSTEM

  // `context` as in pg_settings. May it ALTER ROLE or DATABASE … SET this parameter?
  [[nodiscard]] bool may_set(const std::string& parameter, std::string_view context) const;
  [[nodiscard]] bool may_alter_system_of(const std::string& parameter) const;

  friend bool operator==(const capabilities&, const capabilities&) = default;
};

inline constexpr int oldest_supported_major = 13;

// GRANT … ON PARAMETER: then there is pg_parameter_acl to read for admin_facts.
[[nodiscard]] bool has_parameter_grants(int version_num);

[[nodiscard]] capabilities derive_capabilities(const admin_facts& facts);

}  // namespace innkeeper
