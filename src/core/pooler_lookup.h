#pragma once
// The function through which a pooler asks for the verifier of a log-in (PgBouncer's auth_query): one in each database
// that it serves, since PgBouncer before 1.19 asks where the client wants to go. It belongs to the admin, runs with the
// admin's rights and a search_path of its own, and tells of nothing but the log-ins that may enter this database:
// superusers, closed and expired log-ins are none. Pure.
#include <string>
#include <vector>

#include "core/acl.h"
#include "core/name.h"

namespace innkeeper {

// No service's name begins with "_", so no history has this schema (naming.h).
inline const schema_name lookup_schema{"innkeeper__pooler"};

// What PgBouncer asks; $1 is the name that the client gave.
[[nodiscard]] std::string lookup_query();

// What is found of it in a database.
struct observed_lookup {
  role_name owner;
  bool owner_is_superuser = false;
  bool is_security_definer = false;
  std::string settings;  // "search_path=pg_catalog, pg_temp"
  std::string body;
  acl privileges;

  friend bool operator==(const observed_lookup&, const observed_lookup&) = default;
};

// Makes it anew, for these poolers' log-ins and for nobody else.
[[nodiscard]] std::string create_lookup_sql(const role_name& access, const std::vector<role_name>& users);
// Takes it away, its schema, and what lets these enter the database.
[[nodiscard]] std::string drop_lookup_sql(const database_name& database, const std::vector<role_name>& users);
// Whom it may be called by, but for its owner.
[[nodiscard]] std::vector<role_name> users_of(const observed_lookup& found);
// Is it just what that would make?
[[nodiscard]] bool is_as_made(const observed_lookup& found, const role_name& access,
                              const std::vector<role_name>& users);

}  // namespace innkeeper
