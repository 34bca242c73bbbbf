#include "core/server_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace innkeeper {
namespace {

role_name starting_role_of(const desired_server& desired, const service_declaration& one) {
  for (const auto& setting : desired.role_settings) {
    if (setting.role == one.user.value && setting.database == one.database.value && setting.name == "role") {
      return role_name{setting.value};
    }
  }
  return one.user.value;
}

void note_sharing(service_status& status, const estate& all, const service_declaration& one) {
  for (const auto& other : all.services) {
    if (other.name == one.name || other.server != one.server) continue;
    if (other.user.value == one.user.value) status.shares_user_with.push_back(other.name);
    if (other.database.value != one.database.value) continue;
    const bool same_schema = other.schema.value == one.schema.value;
    (same_schema ? status.shares_schema_with : status.shares_database_with).push_back(other.name);
  }
}

service_status status_of(const estate& all, const service_declaration& one, const desired_server& desired,
                         const observed_server& observed, const plan& left) {
  service_status status{.name = one.name,
                        .database = one.database.value,
                        .schema = one.schema.value,
                        .user = one.user.value,
                        .starts_as = starting_role_of(desired, one)};
  note_sharing(status, all, one);
  const auto turn = std::ranges::find(desired.pairs, one.user.value, [](const auto& each) { return each.now.log_in; });
  if (turn != desired.pairs.end()) {
    status.turn = turn->now;
    status.user = turn->now.used();
  }
  const auto database = std::ranges::find(observed.databases, status.database, &observed_database::name);
  const auto user = std::ranges::find(observed.roles, status.user, &observed_role::name);
  for (const auto& leftover : left.leftovers) {
    if (leftover.service == one.name && leftover.is_declared) status.retired_since = leftover.retired_since;
  }
  status.is_cut_off = database != observed.databases.end() && database->connection_limit == -2;
  status.exists = database != observed.databases.end() && user != observed.roles.end();
  if (user != observed.roles.end()) status.connection_limit = user->connection_limit;
  for (const auto& sessions : observed.sessions) {
    const bool is_former = status.turn && sessions.role == status.turn->other();
    if (sessions.database == status.database && (sessions.role == status.user || is_former)) {
      status.connections += sessions.count;
    }
  }
  const auto is_its_own = [&](const auto& item) { return item.from.service == one.name; };
  status.steps = static_cast<int>(std::ranges::count_if(left.steps, is_its_own));
  status.attentions = static_cast<int>(std::ranges::count_if(
      left.attentions, [&](const attention& item) { return is_its_own(item) && !item.is_advice; }));
  for (const auto& told : left.attentions) {
    if (is_its_own(told) && told.topic.starts_with("password.")) status.passwords.push_back(told.text);
  }
  return status;
}

std::vector<std::string> undeclared_objects(const estate& all, const desired_server& desired,
                                            const observed_server& observed,
                                            const std::vector<leftover_service>& leftovers) {
  std::set<database_name> databases;
  for (const auto& one : desired.databases) databases.insert(one.name);
  std::set<role_name> roles;
  for (const auto& one : desired.roles) roles.insert(one.name);
  for (const auto& one : leftovers) {
    if (!one.database.empty()) databases.insert(one.database);
    roles.insert(one.roles.begin(), one.roles.end());
  }
  const auto is_ours = [&](const std::string& comment) { return marked_estate(comment) == all.name; };
  std::vector<std::string> found;
  for (const auto& one : observed.databases) {
    if (is_ours(one.comment) && !databases.contains(one.name)) found.push_back(fmt::format("database {}", one.name));
  }
  for (const auto& one : observed.roles) {
    if (is_ours(one.comment) && !roles.contains(one.name)) found.push_back(fmt::format("role {}", one.name));
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

server_status derive_status(const estate& all, const desired_server& desired, const observed_server& observed,
                            const plan& left, const std::map<database_name, std::int64_t>& sizes) {
  server_status status{
      .name = desired.name,
      .version_num = observed.version_num,
      .max_connections = integer_parameter(observed, "max_connections"),
      .seats = count_seats(desired, observed),
      .steps = static_cast<int>(left.steps.size()),
      .attentions = static_cast<int>(std::ranges::count(left.attentions, false, &attention::is_advice)),
      .leftovers = left.leftovers,
      .undeclared = undeclared_objects(all, desired, observed, left.leftovers)};
  for (const auto& sessions : observed.sessions) status.connections += sessions.count;
  for (const auto& one : all.services) {
    if (one.server != desired.name) continue;
    status.services.push_back(status_of(all, one, desired, observed, left));
    if (const auto size = sizes.find(one.database.value); size != sizes.end()) {
      status.services.back().bytes = size->second;
    }
  }
  return status;
}

}  // namespace innkeeper
