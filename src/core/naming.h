#pragma once
// The names that Innkeeper gives (design section 4) and infers (requirement B3). Pure: the environment is passed in.
#include <map>
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

// How many services live in each schema and how many schemas in each database: counted once, asked per service.
class schema_census {
 public:
  explicit schema_census(const estate& all);
  [[nodiscard]] int services_in_schema_of(const service_declaration& one) const;
  [[nodiscard]] int schemas_in_database_of(const service_declaration& one) const;

 private:
  std::map<std::tuple<std::string, std::string, std::string>, int> services_;  // by server, database, schema
  std::map<std::pair<std::string, std::string>, int> schemas_;                 // by server, database
};

// The base of a schema's group roles: the service's name where the schema has one service, else the database's name,
// with "_<schema>" behind it unless the schema is public.
[[nodiscard]] std::string role_base(const schema_census& census, const service_declaration& one);

// "cafe-backend" -> "cafe": one of -backend, -service, -api, -server, -app is stripped, "-" becomes "_".
[[nodiscard]] std::string infer_service_name(std::string_view app);

}  // namespace innkeeper
