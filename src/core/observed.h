#pragma once
// What a server holds, as far as this admin may look. Made by src/pg/catalog.cc from the catalogs, compared with what
// is desired by plan.cc. "Unknown" is an observation of its own.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/acl.h"
#include "core/capabilities.h"
#include "core/function_group.h"
#include "core/log_in_pair.h"
#include "core/name.h"
#include "core/pooler_lookup.h"
#include "core/secret.h"
#include "core/security.h"

namespace innkeeper {

struct unknown_fact {
  friend bool operator==(const unknown_fact&, const unknown_fact&) = default;
};
struct absent_fact {
  friend bool operator==(const absent_fact&, const absent_fact&) = default;
};

// A value, absent, or unknown because this admin may not look.
template <class T>
class fact {
 public:
  fact() = default;
  fact(T value) : state_{std::move(value)} {}
  fact(absent_fact) : state_{absent_fact{}} {}
  fact(unknown_fact) : state_{unknown_fact{}} {}

  [[nodiscard]] bool is_unknown() const { return std::holds_alternative<unknown_fact>(state_); }
  [[nodiscard]] bool is_absent() const { return std::holds_alternative<absent_fact>(state_); }
  [[nodiscard]] bool has_value() const { return std::holds_alternative<T>(state_); }
  [[nodiscard]] const T& value() const { return std::get<T>(state_); }
  friend bool operator==(const fact&, const fact&) = default;

 private:
  std::variant<unknown_fact, absent_fact, T> state_;
};

using parameters = std::map<std::string, std::string>;

struct observed_role {
  role_name name;
  std::uint32_t oid = 0;
  bool can_login = false;
  bool superuser = false;
  bool createdb = false;
  bool createrole = false;
  bool replication = false;
  bool bypassrls = false;
  bool inherits = true;
  int connection_limit = -1;
  fact<secret> verifier;    // whatever rolpassword holds
  std::string valid_until;  // "" none
  parameters settings;      // ALTER ROLE … SET, for every database
  std::string comment;

  friend bool operator==(const observed_role&, const observed_role&) = default;
};

struct observed_membership {
  role_name role;
  role_name member;
  role_name grantor;
  bool admin = false;
  bool inherit = true;  // before 16: the member's rolinherit
  bool set = true;

  friend bool operator==(const observed_membership&, const observed_membership&) = default;
};

struct observed_schema {
  schema_name name;
  role_name owner;
  acl privileges;

  friend bool operator==(const observed_schema&, const observed_schema&) = default;
};

struct observed_extension {
  extension_name name;
  std::string version;
  schema_name schema;

  friend bool operator==(const observed_extension&, const observed_extension&) = default;
};

// pg_default_acl: one row per role, schema (empty: every schema) and kind of object.
struct observed_default_privileges {
  role_name role;
  schema_name schema;
  char kind = 'r';  // r tables, S sequences, f functions, T types, n schemas
  acl privileges;

  friend bool operator==(const observed_default_privileges&, const observed_default_privileges&) = default;
};

// Objects of one schema that have the same kind and owner, counted: a large schema is a handful of rows.
struct observed_objects {
  schema_name schema;
  char kind = 'r';  // r tables and views, S sequences, f functions, T types
  role_name owner;
  int count = 0;

  friend bool operator==(const observed_objects&, const observed_objects&) = default;
};

struct database_contents {
  std::vector<observed_schema> schemas;
  std::vector<observed_extension> extensions;
  std::vector<observed_default_privileges> default_privileges;
  std::vector<observed_objects> objects;   // not those that belong to an extension
  std::map<std::uint32_t, acl> functions;  // by OID, of observed_server::functions: those that were granted or revoked
  bool has_registry = false;               // in the database "innkeeper": its tables are there
  std::optional<observed_lookup> lookup;   // where its schema is there; without the function, empty

  friend bool operator==(const database_contents&, const database_contents&) = default;
};

// What one role owns and holds inside a database, as pg_shdepend counts it.
struct observed_holder {
  std::uint32_t role = 0;  // OID
  int owned = 0;
  bool holds_rights = false;  // on objects of others

  friend bool operator==(const observed_holder&, const observed_holder&) = default;
};

// What the shared catalog pg_shdepend tells of the inside of a database, without entering it.
struct observed_traces {
  std::string provisioned;  // digest: who owns and holds rights on its schemas, default privileges, extensions …
  std::vector<observed_holder> holders;

  friend bool operator==(const observed_traces&, const observed_traces&) = default;
};

// What the registry remembers of a look inside a database that found nothing to do (quick.h).
struct noted_look {
  std::uint32_t database = 0;  // OID
  std::string wanted;          // digest of what it should hold
  std::string found;           // digest of its traces right before the look
  std::int64_t age = 0;        // seconds

  friend bool operator==(const noted_look&, const noted_look&) = default;
};

struct observed_database {
  database_name name;
  std::uint32_t oid = 0;
  role_name owner;
  bool allows_connections = true;
  int connection_limit = -1;  // -2: a DROP DATABASE was cut off; nothing can enter it
  bool is_template = false;
  std::string encoding;
  std::string collate;
  std::string ctype;
  acl privileges;  // the built-in default where datacl is NULL
  std::string comment;
  parameters settings;                        // ALTER DATABASE … SET
  std::optional<database_contents> contents;  // only of the databases that were asked for and could be entered
  std::optional<database_security> security;  // only for the proof
  std::string contents_problem;               // why contents or security are missing though asked for
  std::optional<observed_traces> traces;      // only where asked for
  std::optional<noted_look> noted;            // only where asked for
  bool is_as_noted = false;                   // quick: not entered, since nothing shows a change since the noted look
  bool contents_may_come = false;             // the same question may have an answer soon
  std::set<std::string> unfinished_runs;      // of the registry: estates with a run that is under way or was cut off

  friend bool operator==(const observed_database&, const observed_database&) = default;
};

struct observed_role_setting {  // ALTER ROLE … IN DATABASE … SET
  role_name role;
  database_name database;
  parameters settings;

  friend bool operator==(const observed_role_setting&, const observed_role_setting&) = default;
};

struct observed_parameter {
  std::string name;
  std::string value;  // pg_settings.setting: in base units
  std::string unit;   // "8kB", "ms", ""
  std::string type;   // bool, enum, integer, real, string
  std::string context;
  bool pending_restart = false;
  fact<std::string> in_file;  // what the configuration files say, as written there

  friend bool operator==(const observed_parameter&, const observed_parameter&) = default;
};

struct observed_sessions {
  database_name database;
  role_name role;
  int count = 0;

  friend bool operator==(const observed_sessions&, const observed_sessions&) = default;
};

struct observed_function {  // of pg_catalog; every database of a server has the same ones, open to PUBLIC at first
  std::uint32_t oid = 0;
  function_group group = function_group::wal_messages;
  std::string signature;  // "pg_advisory_lock(bigint)"

  friend bool operator==(const observed_function&, const observed_function&) = default;
};

struct available_extension {
  std::string version;   // the default one
  bool trusted = false;  // CREATE on the database is enough to create it

  friend bool operator==(const available_extension&, const available_extension&) = default;
};

struct observed_server {
  capabilities can;
  int version_num = 0;
  std::string system_identifier;
  database_name maintenance{"postgres"};  // where the admin logs in
  std::vector<observed_role> roles;
  std::vector<observed_membership> memberships;
  std::vector<observed_database> databases;
  std::vector<observed_role_setting> role_settings;
  std::vector<observed_parameter> parameters_of_server;
  std::vector<observed_sessions> sessions;
  std::vector<observed_function> functions;
  std::map<std::string, available_extension> available_extensions;
  std::vector<log_in_pair> pairs;           // of the registry, as far as their roles are still there
  std::optional<server_security> security;  // only for the proof

  friend bool operator==(const observed_server&, const observed_server&) = default;
};

}  // namespace innkeeper
