#include "exec/scratch_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/sql.h"
#include "exec/random.h"

namespace innkeeper::exec {
namespace {

// Its mark; together with the name it tells them from what people made.
constexpr std::string_view scratch_mark = "innkeeper scratch";
constexpr std::string_view name_prefix = "innkeeper_scratch_";

pg::connection open_maintenance(const server_access& access) {
  return pg::connection::open(access.admin, {.application_name = "innkeeper scratch"});
}

// Each by itself: what a killed run made of it may be any part.
void remove(pg::connection& maintenance, const std::string& name) {
  maintenance.query(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE);", quote_identifier(name)));
  maintenance.query(fmt::format("DROP ROLE IF EXISTS {};", quote_identifier(name)));
}

std::string scratch_name() {
  std::string name{name_prefix};
  for (const char c : random_name()) name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name.substr(0, 40);
}

}  // namespace

scratch_database::scratch_database(const server_access& access, const capabilities& can,
                                   const std::string& creation_options)
    : access_{access}, owner_{access.admin} {
  const std::string name = scratch_name();
  const std::string quoted_name = quote_identifier(name);
  owner_.user = role_name{name};
  owner_.database = database_name{name};
  owner_.password = generate_password();
  const secret verifier = scram_verifier(*owner_.password, random_salt());
  auto maintenance = open_maintenance(access);
  try {
    // The role first: a database without one is never left.
    const std::string role =
        fmt::format("CREATE ROLE {0} LOGIN NOINHERIT CONNECTION LIMIT 3 PASSWORD {1};\nCOMMENT ON ROLE {0} IS {2};",
                    quoted_name, quote_literal(verifier.expose()), quote_literal(scratch_mark));
    maintenance.query(role, fmt::format("CREATE ROLE {} …", quoted_name));
    if (can.must_join_roles) maintenance.query(fmt::format("GRANT {} TO CURRENT_USER;", quoted_name));
    maintenance.query(
        fmt::format("CREATE DATABASE {} TEMPLATE template0 {} ALLOW_CONNECTIONS false CONNECTION LIMIT 6;", quoted_name,
                    creation_options));
    maintenance.query(
        fmt::format("COMMENT ON DATABASE {0} IS {1};\n"
                    "REVOKE ALL ON DATABASE {0} FROM PUBLIC;\n"
                    "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {0} TO {0};\n"
                    "ALTER DATABASE {0} ALLOW_CONNECTIONS true;",
                    quoted_name, quote_literal(scratch_mark)));
    if (can.may_give_public_schema) {
      open_as_admin().query(fmt::format("ALTER SCHEMA public OWNER TO {};", quoted_name));
    }
  } catch (...) {
    remove(maintenance, name);
    throw;
  }
}

scratch_database::~scratch_database() {
  try {
    auto maintenance = open_maintenance(access_);
    remove(maintenance, owner_.database.value);
  } catch (const std::exception&) {  // the server is gone: the next run removes it
  }
}

pg::connection scratch_database::open_as_admin() const {
  conninfo target = access_.admin;
  target.database = owner_.database;
  return pg::connection::open(target, {.application_name = "innkeeper scratch"});
}

void remove_left_scratch(const server_access& access) {
  auto maintenance = open_maintenance(access);
  const auto left = maintenance.query_with(
      "SELECT r.rolname FROM pg_catalog.pg_roles AS r JOIN pg_catalog.pg_shdescription AS d ON d.objoid = r.oid "
      "AND d.classoid = 'pg_catalog.pg_authid'::regclass "
      "WHERE d.description = $1 AND pg_catalog.starts_with(r.rolname::text, $2) ORDER BY 1",
      {std::string{scratch_mark}, std::string{name_prefix}});
  for (std::size_t i = 0; i < left.size(); ++i) remove(maintenance, left.text(i, 0));
}

}  // namespace innkeeper::exec
