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

std::string role_base(const estate& all, const service_declaration& one) {
  const auto shares_schema = [&](const service_declaration& other) {
    return other.server == one.server && other.database.value == one.database.value &&
           other.schema.value == one.schema.value;
  };
  if (std::ranges::count_if(all.services, shares_schema) <= 1) return one.name;
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
