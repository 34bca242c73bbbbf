#include "core/naming.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/display.h"
#include "core/source_text.h"

namespace innkeeper {
namespace {

std::optional<name_problem> check_length(std::string_view name) {
  if (name.empty()) return name_problem{"must not be empty", {}, {}};
  if (name.size() <= max_identifier_bytes) return std::nullopt;
  return name_problem{
      fmt::format("is {} bytes long, and PostgreSQL cuts names at {}", name.size(), max_identifier_bytes),
      {},
      "Choose a shorter name."};
}

bool is_printable(std::string_view name) {
  while (!name.empty()) {
    const std::size_t length = utf8_length(name);
    if (length == 0) return false;
    const char32_t point = utf8_code_point(name, length);
    if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return false;
    name.remove_prefix(length);
  }
  return true;
}

std::optional<name_problem> check_quotable(std::string_view name) {
  if (auto found = check_length(name)) return found;
  if (is_printable(name)) return std::nullopt;
  return name_problem{"must not hold control characters", {}, {}};
}

template <std::size_t N>
std::optional<name_problem> check_unreserved(std::string_view name, const std::array<std::string_view, N>& reserved,
                                             std::string_view by_whom) {
  if (std::ranges::find(reserved, name) == reserved.end()) return std::nullopt;
  return name_problem{fmt::format("must not be {}", quoted_for_display(name)), std::string{by_whom},
                      "Choose another name."};
}

std::optional<name_problem> check_prefix(std::string_view name) {
  if (!name.starts_with("pg_")) return std::nullopt;
  return name_problem{"must not begin with pg_", "PostgreSQL reserves such names for itself", "Choose another name."};
}

bool is_simple(std::string_view name) {
  const auto is_letter = [](unsigned char c) { return c < 0x80 && std::isalpha(c) != 0; };
  const auto is_word = [&](unsigned char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !name.empty() && is_letter(static_cast<unsigned char>(name[0])) && std::ranges::all_of(name, is_word);
}

}  // namespace

std::optional<name_problem> check_simple_name(std::string_view name) {
  if (auto found = check_length(name)) return found;
  if (is_simple(name)) return std::nullopt;
  return name_problem{
      "must be letters, digits, _ and -, and begin with a letter",
      fmt::format("a script that pastes it between quotes would send: CREATE DATABASE \"{}\"",
                  unquoted_for_display(name)),
      "A database, user or schema may be named almost anything by its own key; a service needs a plain name."};
}

std::optional<name_problem> check_name(const database_name& name) {
  static constexpr std::array<std::string_view, 4> reserved{"postgres", "template0", "template1", "innkeeper"};
  if (auto found = check_quotable(name.value)) return found;
  return check_unreserved(name.value, reserved, "it is one of the server's maintenance databases");
}

std::optional<name_problem> check_name(const role_name& name) {
  static constexpr std::array<std::string_view, 2> reserved{"public", "none"};
  if (auto found = check_quotable(name.value)) return found;
  if (auto found = check_prefix(name.value)) return found;
  return check_unreserved(name.value, reserved, "PostgreSQL reserves it among roles");
}

std::optional<name_problem> check_name(const schema_name& name) {
  static constexpr std::array<std::string_view, 3> reserved{"information_schema", "extensions", "innkeeper"};
  if (auto found = check_quotable(name.value)) return found;
  if (auto found = check_prefix(name.value)) return found;
  if (name.value.starts_with("innkeeper_")) {
    return name_problem{"must not begin with innkeeper_", "Innkeeper keeps histories in such schemas",
                        "Choose another name."};
  }
  return check_unreserved(name.value, reserved, "PostgreSQL or Innkeeper uses this schema in every database");
}

std::optional<name_problem> check_name(const extension_name& name) {
  return check_quotable(name.value);
}

std::string to_identifier(std::string_view name) {
  std::string result{name};
  std::ranges::replace(result, '-', '_');
  return result;
}

role_name default_user(const database_name& database) {
  return {database.value + "_user"};
}
role_name twin_of(const role_name& login) {
  return {login.value + "_b"};
}

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

schema_name history_schema(std::string_view service, bool is_shared_database) {
  return {is_shared_database ? fmt::format("innkeeper_{}", service) : "innkeeper"};
}

schema_census::schema_census(const estate& all) {
  for (const auto& one : all.services) {
    const auto& database = one.database.value.value;
    const int before = services_[{one.server, database, one.schema.value.value}]++;
    if (before == 0) ++schemas_[{one.server, database}];
    ++inhabitants_[{one.server, database}];
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

bool schema_census::shares_its_database(const service_declaration& one) const {
  const auto found = inhabitants_.find({one.server, one.database.value.value});
  return found != inhabitants_.end() && found->second > 1;
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
  return to_identifier(app);
}

}  // namespace innkeeper
