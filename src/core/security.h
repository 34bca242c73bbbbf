#pragma once
// What only the proof looks at: who was given what inside a database, and what the server says of itself. Made by
// src/pg/security.cc, never read for a plan.
#include <cstdint>
#include <string>
#include <vector>

#include "core/acl.h"
#include "core/certificate_end.h"
#include "core/name.h"

namespace innkeeper {

// Objects of one kind, schema and owner that share an access control list.
struct granted_objects {
  // r tables and views, S sequences, c columns, f functions and procedures, T types, L large objects, n schemas, w
  // foreign data wrappers, s foreign servers
  char kind = 'r';
  schema_name schema;
  role_name owner;
  int count = 1;
  std::string example;  // as SQL names it, quoted: one of them, and the one where count is 1; of columns: their table
  acl privileges;
  acl initial;              // what initdb or the extension that made it gave
  bool is_given = false;    // by initdb or an extension, which somebody changed since
  bool is_default = false;  // no list of its own: what PostgreSQL gives by itself
  std::string columns;      // c: their names, where all are of one table
  // f
  bool is_security_definer = false;
  bool has_search_path = false;
  bool is_of_extension = false;
  std::string language;         // one that did not come with PostgreSQL and is not trusted; else empty
  std::string password_option;  // s: the option, quoted, which holds a password; everybody may read it

  friend bool operator==(const granted_objects&, const granted_objects&) = default;
};

struct observed_language {
  std::string name;  // quoted
  bool is_trusted = false;
  bool is_built_in = false;  // c or internal, declared trusted by somebody

  friend bool operator==(const observed_language&, const observed_language&) = default;
};

struct observed_user_mapping {
  std::string server;  // quoted
  role_name user;      // empty: PUBLIC
  bool needs_password = true;

  friend bool operator==(const observed_user_mapping&, const observed_user_mapping&) = default;
};

struct owned_thing {
  std::string name;  // quoted
  role_name owner;

  friend bool operator==(const owned_thing&, const owned_thing&) = default;
};

struct slow_vacuum {  // tables with cost settings of their own for autovacuum
  schema_name schema;
  role_name owner;
  int count = 0;
  std::string example;

  friend bool operator==(const slow_vacuum&, const slow_vacuum&) = default;
};

struct database_security {
  std::vector<granted_objects> objects;
  std::vector<observed_language> languages;
  std::vector<owned_thing> publications;    // FOR ALL TABLES
  std::vector<owned_thing> event_triggers;  // not an extension's; the owner of the function that they run
  std::vector<slow_vacuum> slow_vacuums;
  bool reads_user_mappings = false;
  std::vector<observed_user_mapping> user_mappings;

  friend bool operator==(const database_security&, const database_security&) = default;
};

// A line of pg_hba.conf as PostgreSQL's view pg_hba_file_rules shows it.
struct observed_hba_rule {
  int line = 0;
  std::string file;  // 16+
  std::string type;  // local, host, hostssl, hostnossl, hostgssenc, hostnogssenc
  std::vector<std::string> databases;
  std::vector<std::string> users;
  std::string address;
  std::string netmask;
  std::string method;
  std::vector<std::string> options;
  std::string error;  // then all else is empty

  friend bool operator==(const observed_hba_rule&, const observed_hba_rule&) = default;
};

struct database_age {
  database_name database;
  std::int64_t transactions = 0;
  std::int64_t multixacts = 0;

  friend bool operator==(const database_age&, const database_age&) = default;
};

struct things_in_template {
  database_name database;
  role_name role;  // that owns them, or was given something on them
  int count = 0;

  friend bool operator==(const things_in_template&, const things_in_template&) = default;
};

struct prepared_transaction {
  std::string gid;
  role_name owner;
  database_name database;

  friend bool operator==(const prepared_transaction&, const prepared_transaction&) = default;
};

struct replication_slot {
  std::string name;
  bool is_logical = false;
  database_name database;  // of a logical one
  bool is_active = false;

  friend bool operator==(const replication_slot&, const replication_slot&) = default;
};

struct observed_subscription {
  std::string name;
  database_name database;
  role_name owner;

  friend bool operator==(const observed_subscription&, const observed_subscription&) = default;
};

struct observed_tablespace {
  std::string name;
  role_name owner;
  acl privileges;

  friend bool operator==(const observed_tablespace&, const observed_tablespace&) = default;
};

struct parameter_privileges {  // GRANT … ON PARAMETER, 15+
  std::string name;
  acl privileges;

  friend bool operator==(const parameter_privileges&, const parameter_privileges&) = default;
};

// A session that holds what others need: seconds of an open transaction, or a number of locks.
struct heavy_session {
  int pid = 0;
  database_name database;
  role_name role;
  std::int64_t amount = 0;

  friend bool operator==(const heavy_session&, const heavy_session&) = default;
};

struct server_security {
  std::vector<observed_hba_rule> hba_rules;
  // pg_hba.conf was changed after the server read it: what is shown is not what holds. Only a superuser can tell.
  bool hba_file_is_newer = false;
  std::vector<database_age> ages;
  std::vector<things_in_template> in_templates;
  std::vector<prepared_transaction> prepared_transactions;
  std::vector<replication_slot> slots;
  std::vector<observed_subscription> subscriptions;
  std::vector<observed_tablespace> tablespaces;
  std::vector<parameter_privileges> parameters;
  std::vector<heavy_session> long_transactions;
  std::vector<heavy_session> lock_holders;
  double notification_queue = 0;  // how full, from 0 to 1
  std::vector<certificate_end> certificates;

  friend bool operator==(const server_security&, const server_security&) = default;
};

}  // namespace innkeeper
