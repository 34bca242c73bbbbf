#include "core/naming.h"

#include <algorithm>
#include <array>

namespace innkeeper {

role_name access_role(const database_name& database) {
  return {database.value + "_access"};
}
role_name owner_role(std::string_view base) {
  return {std::string{base} + "_owner"};
}
role_name rw_role(std::string_view base) {
  return {std::string{base} + "_rw"};
}
role_name ro_role(std::string_view base) {
  return {std::string{base} + "_ro"};
}
role_name migrator_role(std::string_view service) {
  return {std::string{service} + "_migrator"};
}

schema_census::schema_census(const estate& all) {
  for (const auto& one : all.services) {
    const auto& database = one.database.value.value;
    const int before = services_[{one.server, database, one.schema.value.value}]++;
    if (before == 0) ++schemas_[{one.server, database}];
  }
}

int schema_census::services_in_schema_of(const service_declaration& one) const {
  const auto found = services_.find({one.server, one.database.value.value, one.schema.value.value});
  return found == services_.end() ? 0 : found->second;
}

int schema_census::schemas_in_database_of(const service_declaration& one) const {
  const auto found = schemas_.find({one.server, one.database.value.value});
  return found == schemas_.end() ? 0 : found->second;
}

std::string role_base(const schema_census& census, const service_declaration& one) {
  if (census.services_in_schema_of(one) <= 1) return one.name;
  if (one.schema.value.value == "public") return one.database.value.value;
  return one.database.value.value + "_" + one.schema.value.value;
}

std::string infer_service_name(std::string_view app) {
  static constexpr std::array<std::string_view, 5> suffixes{"-backend", "-service", "-api", "-server", "-app"};
  for (const auto suffix : suffixes) {
    if (app.size() > suffix.size() && app.ends_with(suffix)) {
      app.remove_suffix(suffix.size());
      break;
    }
  }
  std::string name{app};
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace innkeeper
