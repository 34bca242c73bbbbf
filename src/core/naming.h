#pragma once
// The names that Innkeeper gives (design section 4) and infers (requirement B3). Pure: the environment is passed in.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/estate.h"
#include "core/name.h"

namespace innkeeper {

// PostgreSQL cuts longer identifiers with a NOTICE, and two long names become one; counted in bytes.
inline constexpr std::size_t max_identifier_bytes = 63;

[[nodiscard]] role_name access_role(const database_name& database);  // <database>_access
[[nodiscard]] role_name owner_role(std::string_view base);           // <base>_owner
[[nodiscard]] role_name rw_role(std::string_view base);              // <base>_rw
[[nodiscard]] role_name ro_role(std::string_view base);              // <base>_ro
[[nodiscard]] role_name migrator_role(std::string_view service);     // <service>_migrator

// Where a service's schema files are remembered: `innkeeper` in a database of its own, `innkeeper_<service>` in a
// shared one.
[[nodiscard]] schema_name history_schema(std::string_view service, bool is_shared_database);

// How many services live in each schema and how many schemas in each database: counted once, asked per service.
class schema_census {
 public:
  explicit schema_census(const estate& all);
  [[nodiscard]] int services_in_schema_of(const service_declaration& one) const;
  [[nodiscard]] int schemas_in_database_of(const service_declaration& one) const;
  [[nodiscard]] bool shares_its_database(const service_declaration& one) const;

 private:
  std::map<std::tuple<std::string, std::string, std::string>, int> services_;  // by server, database, schema
  std::map<std::pair<std::string, std::string>, int> schemas_;                 // by server, database
  std::map<std::pair<std::string, std::string>, int> inhabitants_;             // by server, database
};

// The base of a schema's group roles: the service's name where the schema has one service, else the database's name,
// with "_<schema>" behind it unless the schema is public.
[[nodiscard]] std::string role_base(const schema_census& census, const service_declaration& one);

// What keeps a name from being used. The message goes on after what was named: "must be …", "is reserved …".
struct name_problem {
  std::string message;
  std::string detail;
  std::string hint;
};

// Of estates, servers, services: they end up in file names, role names and messages, so letters, digits, _ and - only.
[[nodiscard]] std::optional<name_problem> check_simple_name(std::string_view name);
// Of PostgreSQL's objects: whatever can be quoted, keywords too, unless too long, reserved or not printable.
[[nodiscard]] std::optional<name_problem> check_name(const database_name& name);
[[nodiscard]] std::optional<name_problem> check_name(const role_name& name);
[[nodiscard]] std::optional<name_problem> check_name(const schema_name& name);
[[nodiscard]] std::optional<name_problem> check_name(const extension_name& name);

// What a name means inside a database or schema where the manifest gives none: "-" becomes "_".
[[nodiscard]] std::string to_identifier(std::string_view name);
[[nodiscard]] role_name default_user(const database_name& database);  // <database>_user
[[nodiscard]] role_name twin_of(const role_name& login);              // <login>_b, for rotation

// "cafe-backend" -> "cafe": one of -backend, -service, -api, -server, -app is stripped, "-" becomes "_".
[[nodiscard]] std::string infer_service_name(std::string_view app);

}  // namespace innkeeper
