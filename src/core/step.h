#pragma once
// One change to a server: what, why, and where it was asked for. Data only; step_sql.h turns it into statements. A step
// never holds a password: it names the log-in, and the executor fetches or makes the secret.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/desired.h"
#include "core/name.h"

namespace innkeeper {

namespace steps {

struct set_parameter {  // ALTER SYSTEM SET, then a reload
  std::string name;
  std::string value;
  bool needs_restart = false;
  friend bool operator==(const set_parameter&, const set_parameter&) = default;
};

struct create_role {
  role_name role;
  bool can_login = false;       // with a password of its own
  int connection_limit = -1;    // of a log-in, also of one that is closed for now
  std::string mark;             // its comment
  bool is_alone = false;        // without the membership that createrole_self_grant would give its maker
  bool by_certificate = false;  // a log-in without a password
  friend bool operator==(const create_role&, const create_role&) = default;
};

struct alter_role {
  role_name role;
  std::vector<std::string> attributes;  // "NOSUPERUSER", "LOGIN": only those that differ (facts.md 5g)
  std::optional<int> connection_limit;
  friend bool operator==(const alter_role&, const alter_role&) = default;
};

struct set_password {
  role_name role;
  friend bool operator==(const set_password&, const set_password&) = default;
};

struct grant_role {
  role_name role;
  role_name member;
  std::optional<bool> inherit;  // only where the server takes membership options
  friend bool operator==(const grant_role&, const grant_role&) = default;
};

struct revoke_role {
  role_name role;
  role_name member;
  role_name grantor;      // whose grant, where the server keeps one of each grantor; empty: the only one
  bool cascades = false;  // and what the member granted on
  friend bool operator==(const revoke_role&, const revoke_role&) = default;
};

struct set_role_parameter {  // ALTER ROLE … IN DATABASE … SET
  role_name role;
  database_name database;  // empty: in every database
  std::string name;
  std::string value;
  friend bool operator==(const set_role_parameter&, const set_role_parameter&) = default;
};

struct reset_role_parameter {
  role_name role;
  database_name database;  // empty: the one for every database
  std::string name;
  friend bool operator==(const reset_role_parameter&, const reset_role_parameter&) = default;
};

struct revoke_admin_option {  // the membership stays
  role_name role;
  role_name member;
  role_name grantor;  // whose grant, where the server keeps one of each grantor; empty: the only one
  friend bool operator==(const revoke_admin_option&, const revoke_admin_option&) = default;
};

struct comment_role {
  role_name role;
  std::string mark;
  friend bool operator==(const comment_role&, const comment_role&) = default;
};

struct create_database {  // closed: ALLOW_CONNECTIONS false
  database_name database;
  std::string encoding;
  std::string locale;  // empty: template0's
  int connection_limit = -1;
  friend bool operator==(const create_database&, const create_database&) = default;
};

struct alter_database {
  database_name database;
  std::optional<int> connection_limit;
  std::optional<bool> is_template;
  std::optional<role_name> owner;
  friend bool operator==(const alter_database&, const alter_database&) = default;
};

struct open_database {  // ALLOW_CONNECTIONS true, after everything that closes it to others
  database_name database;
  friend bool operator==(const open_database&, const open_database&) = default;
};

struct set_database_parameter {
  database_name database;
  std::string name;
  std::string value;
  friend bool operator==(const set_database_parameter&, const set_database_parameter&) = default;
};

struct reset_database_parameter {
  database_name database;
  std::string name;
  friend bool operator==(const reset_database_parameter&, const reset_database_parameter&) = default;
};

struct comment_database {
  database_name database;
  std::string mark;
  friend bool operator==(const comment_database&, const comment_database&) = default;
};

struct grant_on_database {
  database_name database;
  role_name grantee;
  std::string privileges;  // letters, see acl.h
  friend bool operator==(const grant_on_database&, const grant_on_database&) = default;
};

struct revoke_on_database {
  database_name database;
  role_name grantee;       // empty: PUBLIC
  std::string privileges;  // letters
  friend bool operator==(const revoke_on_database&, const revoke_on_database&) = default;
};

struct revoke_grant_option {  // the privileges stay; what was handed on with it goes
  database_name database;
  schema_name schema;  // empty: on the database
  role_name grantee;
  std::string privileges;  // letters
  role_name as;
  friend bool operator==(const revoke_grant_option&, const revoke_grant_option&) = default;
};

struct end_sessions {  // of one service's log-in inside another's database
  database_name database;
  role_name role;
  friend bool operator==(const end_sessions&, const end_sessions&) = default;
};

struct create_schema {
  database_name database;
  schema_name schema;
  role_name owner;  // empty: the admin
  friend bool operator==(const create_schema&, const create_schema&) = default;
};

struct alter_schema_owner {
  database_name database;
  schema_name schema;
  role_name owner;
  bool needs_create = false;  // a plain admin: the new owner has to hold CREATE on the database meanwhile
  friend bool operator==(const alter_schema_owner&, const alter_schema_owner&) = default;
};

struct grant_on_schema {
  database_name database;
  schema_name schema;
  role_name grantee;
  std::string privileges;
  role_name as;  // SET LOCAL ROLE for this statement; empty: as the admin
  friend bool operator==(const grant_on_schema&, const grant_on_schema&) = default;
};

struct revoke_on_schema {
  database_name database;
  schema_name schema;
  role_name grantee;  // empty: PUBLIC
  std::string privileges;
  role_name as;
  friend bool operator==(const revoke_on_schema&, const revoke_on_schema&) = default;
};

struct create_extension {
  database_name database;
  extension_name extension;
  std::string version;  // empty: the server's default
  friend bool operator==(const create_extension&, const create_extension&) = default;
};

struct update_extension {
  database_name database;
  extension_name extension;
  std::string version;
  friend bool operator==(const update_extension&, const update_extension&) = default;
};

struct alter_default_privileges {
  database_name database;
  role_name owner;     // FOR ROLE
  schema_name schema;  // empty: in every schema
  char kind = 'r';     // as observed_default_privileges
  bool is_grant = true;
  std::string privileges;
  std::vector<role_name> grantees;  // empty: PUBLIC
  bool assume_owner = false;
  friend bool operator==(const alter_default_privileges&, const alter_default_privileges&) = default;
};

struct grant_on_objects {  // GRANT … ON ALL … IN SCHEMA: for what was there before the default privileges
  database_name database;
  schema_name schema;
  char kind = 'r';
  std::string privileges;
  std::vector<role_name> grantees;
  friend bool operator==(const grant_on_objects&, const grant_on_objects&) = default;
};

struct change_object_owner {  // every object in the schema that `from` owns
  database_name database;
  schema_name schema;
  role_name from;
  role_name to;
  int count = 0;
  friend bool operator==(const change_object_owner&, const change_object_owner&) = default;
};

struct grant_on_functions {  // EXECUTE
  database_name database;
  function_group group = function_group::wal_messages;
  std::vector<std::string> functions;  // signatures, of pg_catalog
  role_name grantee;                   // empty: PUBLIC
  friend bool operator==(const grant_on_functions&, const grant_on_functions&) = default;
};

struct revoke_on_functions {
  database_name database;
  function_group group = function_group::wal_messages;
  std::vector<std::string> functions;
  role_name grantee;
  friend bool operator==(const revoke_on_functions&, const revoke_on_functions&) = default;
};

struct create_lookup {  // of verifiers, by poolers
  database_name database;
  role_name access;
  std::vector<role_name> users;
  bool is_new = true;
  friend bool operator==(const create_lookup&, const create_lookup&) = default;
};

struct drop_lookup {  // of verifiers: no pooler of the manifest asks here any more
  database_name database;
  std::vector<role_name> users;  // former ones, who enter no more
  friend bool operator==(const drop_lookup&, const drop_lookup&) = default;
};

// With all data in it. Sessions are ended; prepared transactions, slots and subscriptions stop it.
struct drop_database {
  database_name database;
  friend bool operator==(const drop_database&, const drop_database&) = default;
};

// With all that is in it; stops where anything outside would lose a column, a key or a view by it.
struct drop_schema {
  database_name database;
  schema_name schema;
  friend bool operator==(const drop_schema&, const drop_schema&) = default;
};

// Of one role in one database: objects go to another role, then its privileges and default privileges go. Nothing that
// it owns is dropped.
struct take_over_owned {
  database_name database;
  role_name role;
  role_name to;            // empty: it owns nothing here
  int count = 0;           // objects
  bool must_join = false;  // a plain admin acts with both roles' rights only as a member of both
  bool membership_options = false;
  friend bool operator==(const take_over_owned&, const take_over_owned&) = default;
};

struct drop_role {
  role_name role;
  friend bool operator==(const drop_role&, const drop_role&) = default;
};

struct write_secret {  // into a place where the application finds it; no statement
  std::string place;   // "file .innkeeper/cafe.env"
  std::vector<std::string> keys;
  std::vector<std::string> removed;
  bool is_new = false;  // the place itself
  friend bool operator==(const write_secret&, const write_secret&) = default;
};

struct create_registry {
  friend bool operator==(const create_registry&, const create_registry&) = default;
};

}  // namespace steps

using action = std::variant<
    steps::set_parameter, steps::create_role, steps::alter_role, steps::set_password, steps::grant_role,
    steps::revoke_role, steps::set_role_parameter, steps::comment_role, steps::create_database, steps::alter_database,
    steps::open_database, steps::set_database_parameter, steps::comment_database, steps::grant_on_database,
    steps::revoke_on_database, steps::end_sessions, steps::create_schema, steps::alter_schema_owner,
    steps::grant_on_schema, steps::revoke_on_schema, steps::create_extension, steps::update_extension,
    steps::alter_default_privileges, steps::grant_on_objects, steps::change_object_owner, steps::create_registry,
    steps::reset_role_parameter, steps::revoke_admin_option, steps::revoke_grant_option, steps::grant_on_functions,
    steps::revoke_on_functions, steps::drop_database, steps::drop_schema, steps::take_over_owned, steps::drop_role,
    steps::reset_database_parameter, steps::write_secret, steps::create_lookup, steps::drop_lookup>;

enum class change_kind { create, change, drop };  // + ~ -

// Where a step runs. `place`: on no server, and before everything that sets a password. `server`: with the shared
// catalogs, before any database. `around`: in the maintenance database, for one database, right after it was created.
// `inside`: in the database. `closing`: in the maintenance database, when everything else is done.
enum class step_scope { place, server, around, inside, closing };

// A membership that a plain admin lends itself for one transaction: granted before its steps, taken back after them, so
// that no admin keeps a way into a service. Only where it holds none that is as good.
struct loan {
  role_name role;
  role_name admin;
  bool inherits = false;     // it needs the role's rights
  bool becomes = false;      // it needs SET ROLE, or to give something to the role
  bool has_options = false;  // the server tells the two apart (16+)
  bool has_row = false;      // its own grant to itself is there already, and lacks only these options
  role_name grantor;         // who grants, where it is not the admin itself
  friend bool operator==(const loan&, const loan&) = default;
};

struct step {
  action what;
  step_scope scope = step_scope::server;
  database_name database;  // of around and inside
  origin from;
  std::vector<loan> loans;

  friend bool operator==(const step&, const step&) = default;
};

[[nodiscard]] change_kind kind_of(const step& one);
// CREATE DATABASE, DROP DATABASE and ALTER SYSTEM can't run in a transaction block.
[[nodiscard]] bool is_transactional(const step& one);
// A role whose secret has to exist before this step runs; empty: none.
[[nodiscard]] role_name needs_secret_of(const step& one);
// One line for people: `role "cafe_user": create, log-in, connection limit 20`.
[[nodiscard]] std::string describe(const step& one);
// What the step is about, for grouping and JSON: "role cafe_user", "database cafe", "schema public".
[[nodiscard]] std::string subject_of(const step& one);
// The alternative's name, for JSON and the audit trail: "create_role".
[[nodiscard]] std::string_view name_of(const step& one);

}  // namespace innkeeper
