#include "core/secret_presets.h"

#include <algorithm>
#include <stdexcept>

namespace innkeeper {
namespace {

secret_template content_of_preset(const preset_key& key) {
  if (key.content.starts_with('='))
    return {.written = std::string{key.content}, .pieces = {{.text = std::string{key.content.substr(1)}}}};
  auto parsed = parse_secret_template(key.content);
  if (!parsed.value) throw std::logic_error{"a preset's template: " + parsed.problem};
  parsed.value->is_optional = key.is_optional;
  return std::move(*parsed.value);
}

}  // namespace

const std::vector<secret_preset>& all_secret_presets() {
  static const std::vector<secret_preset> all{
      {"servicebinding",
       "servicebinding.io, and the libraries that read it",
       {{"type", "=postgresql"},
        {"provider", "=innkeeper"},
        {"host", "host"},
        {"port", "port"},
        {"uri", "uri"},
        {"username", "user"},
        {"password", "password"},
        {"database", "database"},
        {"sslmode", "sslmode", true},
        {"certificates", "ca", true}}},
      {"cnpg",
       "CloudNativePG",
       {{"username", "user"},
        {"user", "user"},
        {"password", "password"},
        {"host", "host"},
        {"port", "port"},
        {"dbname", "database"},
        {"pgpass", "pgpass"},
        {"uri", "uri"},
        {"jdbc-uri", "jdbc"},
        {"fqdn-uri", "uri"},
        {"fqdn-jdbc-uri", "jdbc"}}},
      {"crunchy",
       "Crunchy Data's operator",
       {{"host", "host"},
        {"port", "port"},
        {"user", "user"},
        {"password", "password"},
        {"verifier", "verifier"},
        {"dbname", "database"},
        {"uri", "uri"},
        {"jdbc-uri", "jdbc"}}},
      {"libpq",
       "libpq's environment: psql, and most drivers in C, Python, Ruby, PHP and Perl",
       {{"PGHOST", "host"},
        {"PGPORT", "port"},
        {"PGUSER", "user"},
        {"PGPASSWORD", "password"},
        {"PGDATABASE", "database"},
        {"PGSSLMODE", "sslmode", true},
        {"PGSSLROOTCERT", "ca_file", true},
        {"PGTARGETSESSIONATTRS", "target_session_attrs", true}}},
      {"spring",
       "Spring Boot",
       {{"SPRING_DATASOURCE_URL", "jdbc.address"},
        {"SPRING_DATASOURCE_USERNAME", "user"},
        {"SPRING_DATASOURCE_PASSWORD", "password"}}},
      {"dotnet", "ASP.NET Core's configuration", {{"ConnectionStrings__DefaultConnection", "dotnet"}}},
      {"django",
       "Django: dj-database-url and django-environ read the URL, settings.py the parts",
       {{"DATABASE_URL", "uri"},
        {"DB_HOST", "host"},
        {"DB_PORT", "port"},
        {"DB_NAME", "database"},
        {"DB_USER", "user"},
        {"DB_PASSWORD", "password"},
        {"DB_SSLMODE", "sslmode", true}}},
      {"prisma", "Prisma", {{"DATABASE_URL", "prisma"}}}};
  return all;
}

const secret_preset* find_secret_preset(std::string_view name) {
  const auto& all = all_secret_presets();
  const auto found = std::ranges::find(all, name, &secret_preset::name);
  return found == all.end() ? nullptr : &*found;
}

std::vector<secret_key> keys_of(const secret_preset& preset, const location& where) {
  std::vector<secret_key> keys;
  for (const auto& key : preset.keys) keys.push_back({std::string{key.name}, content_of_preset(key), where});
  return keys;
}

std::vector<secret_key> default_secret_keys(const location& where) {
  return {{"DATABASE_URL", content_of_preset({"DATABASE_URL", "uri"}), where}};
}

}  // namespace innkeeper
