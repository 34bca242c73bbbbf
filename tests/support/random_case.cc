#include "tests/support/random_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <string_view>

#include "core/desired.h"
#include "core/manifest_parser.h"

namespace innkeeper::test {
namespace {

class dice {
 public:
  explicit dice(unsigned seed) : random_{seed} {}
  std::size_t below(std::size_t sides) { return random_() % sides; }
  bool one_in(std::size_t sides) { return below(sides) == 0; }
  template <class Items>
  const auto& pick(const Items& items) {
    return items[below(items.size())];
  }

 private:
  std::mt19937 random_;
};

constexpr std::string_view head = R"(estate: {0}estate
servers:
  shared:
    url: ${{INNKEEPER_SERVER_URL}}
    admin: {{user: postgres, password: [env: ADMIN_PASSWORD]}}
    wait: {{initial_delay: 50ms, max_delay: 200ms, max_retries: 200}}
defaults: {{secrets: {{directory: secrets}}}}
services:
)";

// Services alone, by schema or by prefix in one database, shared log-ins, readers, both kinds of access, log-ins that
// start as themselves. `shape` decides who shares what, so that a later version of the estate is one of the same
// estate.
std::string random_manifest(dice& random, const std::string& prefix, std::size_t by_schema, std::size_t by_prefix) {
  std::string text = fmt::format(fmt::runtime(head), prefix);
  const std::size_t alone = 1 + random.below(3);
  std::vector<std::string> may_read;
  struct entry {
    std::string name;
    std::vector<std::string> lines;
    std::vector<std::string> readers;
  };
  std::vector<entry> services;
  for (std::size_t i = 0; i < by_schema + by_prefix + alone; ++i) {
    entry one{.name = fmt::format("{}s{}", prefix, i), .lines = {}, .readers = {}};
    const auto say = [&](std::string line) { one.lines.push_back(std::move(line)); };
    bool has_own_log_in = true;
    if (i < by_schema) {
      say(fmt::format("database: {}shared", prefix));
      say(fmt::format("schema: {}", one.name));
      say(fmt::format("user: {}_user", one.name));
    } else if (i < by_schema + by_prefix) {
      say(fmt::format("database: {}prefixed", prefix));
      say(fmt::format("prefix: {}_", one.name));
      say(fmt::format("user: {}everybody", prefix));
      has_own_log_in = false;
    }
    if (has_own_log_in && random.one_in(3)) say("access: readwrite");
    if (has_own_log_in && random.one_in(4)) say("starts_as: self");
    if (random.one_in(4)) say("may_create_schemas: true");
    say(fmt::format("connections: {}", 3 + random.below(30)));
    if (random.one_in(3)) say(random.one_in(2) ? "extensions: [citext]" : "extensions: [citext, pgcrypto]");
    if (random.one_in(3)) say(fmt::format("settings: {{statement_timeout: {}s}}", 10 + random.below(50)));
    if (!services.empty() && has_own_log_in && random.one_in(2)) {
      services[random.below(services.size())].readers.push_back(one.name);
    }
    services.push_back(std::move(one));
  }
  for (const auto& one : services) {
    text += fmt::format("  {}:\n", one.name);
    for (const auto& line : one.lines) text += fmt::format("    {}\n", line);
    if (!one.readers.empty()) text += fmt::format("    readers: [{}]\n", fmt::join(one.readers, ", "));
  }
  return text;
}

struct edit {
  std::string_view database;  // "": the maintenance database; "{database}": inside
  std::string_view statement;
};

// What people and scripts do to a server.
constexpr std::array edits{
    edit{"", "GRANT CONNECT ON DATABASE {database} TO PUBLIC"},
    edit{"", "GRANT TEMPORARY ON DATABASE {database} TO PUBLIC"},
    edit{"", "GRANT ALL ON DATABASE {database} TO {log_in}"},
    edit{"", "GRANT CREATE ON DATABASE {database} TO {group}"},
    edit{"", "GRANT CONNECT ON DATABASE {database} TO {access} WITH GRANT OPTION"},
    edit{"", "GRANT {group} TO {log_in}"},
    edit{"", "GRANT {access} TO {log_in}"},
    edit{"", "GRANT {access} TO {log_in} WITH ADMIN OPTION"},
    edit{"", "GRANT {log_in} TO {other_log_in}"},
    edit{"", "GRANT pg_read_server_files TO {log_in}"},
    edit{"", "GRANT pg_signal_backend TO {log_in}"},
    edit{"", "REVOKE {access} FROM {log_in}"},
    edit{"", "REVOKE {group} FROM {log_in}"},
    edit{"", "REVOKE ALL ON DATABASE {database} FROM {access}"},
    edit{"", "REVOKE CONNECT ON DATABASE {database} FROM {access}"},
    edit{"", "ALTER ROLE {log_in} CREATEDB CREATEROLE"},
    edit{"", "ALTER ROLE {log_in} SUPERUSER"},
    edit{"", "ALTER ROLE {log_in} REPLICATION BYPASSRLS"},
    edit{"", "ALTER ROLE {log_in} NOLOGIN"},
    edit{"", "ALTER ROLE {log_in} NOINHERIT"},
    edit{"", "ALTER ROLE {log_in} CONNECTION LIMIT 1"},
    edit{"", "ALTER ROLE {log_in} CONNECTION LIMIT -1"},
    edit{"", "ALTER ROLE {log_in} PASSWORD 'by another hand'"},
    edit{"", "ALTER ROLE {log_in} PASSWORD NULL"},
    edit{"", "ALTER ROLE {group} LOGIN"},
    edit{"", "ALTER ROLE {log_in} IN DATABASE {database} RESET role"},
    edit{"", "ALTER ROLE {log_in} IN DATABASE {database} SET role = 'none'"},
    edit{"", "ALTER ROLE {log_in} IN DATABASE {database} RESET ALL"},
    edit{"", "ALTER DATABASE {database} SET search_path = pg_catalog"},
    edit{"", "ALTER DATABASE {database} RESET ALL"},
    edit{"", "ALTER DATABASE {database} OWNER TO {group}"},
    edit{"", "ALTER DATABASE {database} CONNECTION LIMIT 1"},
    edit{"", "ALTER DATABASE {database} CONNECTION LIMIT -1"},
    edit{"", "ALTER DATABASE {database} IS_TEMPLATE true"},
    edit{"", "ALTER DATABASE {database} ALLOW_CONNECTIONS false"},
    edit{"", "COMMENT ON ROLE {group} IS NULL"},
    edit{"", "COMMENT ON DATABASE {database} IS NULL"},
    edit{"", "GRANT CONNECT ON DATABASE template1 TO PUBLIC"},
    edit{"", "GRANT CONNECT ON DATABASE postgres TO PUBLIC"},
    edit{"", "DROP DATABASE innkeeper"},
    edit{"{database}", "GRANT ALL ON SCHEMA {schema} TO PUBLIC"},
    edit{"{database}", "GRANT ALL ON SCHEMA {schema} TO {group}"},
    edit{"{database}", "GRANT USAGE ON SCHEMA {schema} TO {access} WITH GRANT OPTION"},
    edit{"{database}", "REVOKE ALL ON SCHEMA {schema} FROM {group}"},
    edit{"{database}", "ALTER SCHEMA {schema} OWNER TO postgres"},
    edit{"{database}", "CREATE SCHEMA by_hand"},
    edit{"{database}", "DROP SCHEMA extensions CASCADE"},
    edit{"{database}", "ALTER SCHEMA extensions RENAME TO moved_by_hand"},
    edit{"{database}", "ALTER SCHEMA extensions OWNER TO {group}"},
    edit{"{database}", "GRANT CREATE ON SCHEMA extensions TO {group}"},
    edit{"{database}", "CREATE TABLE {schema}.by_hand (id int)"},
    edit{"{database}", "CREATE FUNCTION {schema}.by_hand() RETURNS int LANGUAGE sql AS 'SELECT 1'"},
    edit{"{database}", "ALTER TABLE {schema}.{table} OWNER TO {log_in}"},
    edit{"{database}", "REVOKE ALL ON {schema}.{table} FROM {group}"},
    edit{"{database}", "ALTER DEFAULT PRIVILEGES FOR ROLE {group} GRANT EXECUTE ON FUNCTIONS TO PUBLIC"},
    edit{"{database}",
         "ALTER DEFAULT PRIVILEGES FOR ROLE {group} IN SCHEMA {schema} REVOKE ALL ON TABLES FROM {group}"},
    edit{"{database}",
         "ALTER DEFAULT PRIVILEGES FOR ROLE {group} IN SCHEMA {schema} GRANT SELECT ON TABLES TO {log_in}"},
    edit{"{database}", "CREATE EXTENSION hstore SCHEMA {schema}"},
    edit{"{database}", "ALTER EXTENSION citext SET SCHEMA {schema}"},
    edit{"innkeeper", "DROP SCHEMA innkeeper CASCADE"}};

std::string filled(std::string_view text, const std::vector<std::pair<std::string, std::string>>& values) {
  std::string result{text};
  for (const auto& [name, value] : values) {
    for (auto at = result.find(name); at != std::string::npos; at = result.find(name)) {
      result.replace(at, name.size(), value);
    }
  }
  return result;
}

desired_server desired_of(const std::string& manifest) {
  const auto no_files = [](std::string_view, const std::filesystem::path&) { return included_sources{}; };
  const auto values = [](std::string_view name) -> std::optional<std::string> {
    if (name == "INNKEEPER_SERVER_URL") return "postgresql://localhost/postgres";
    return std::nullopt;
  };
  const auto parsed = parse_manifest({"innkeeper.yaml", "/", manifest}, no_files, values);
  if (has_errors(parsed.problems)) {
    std::string why;
    for (const auto& one : parsed.problems) why += to_string(one) + "\n";
    throw std::runtime_error{"a random manifest is not valid:\n" + why + manifest};
  }
  return derive_desired(parsed.value, parsed.value.servers.front());
}

happening random_edit(dice& random, const desired_server& desired) {
  std::vector<std::string> log_ins;
  std::vector<std::string> groups;
  for (const auto& one : desired.roles) (one.can_login ? log_ins : groups).push_back(one.name.value);
  std::vector<const desired_database*> databases;
  for (const auto& one : desired.databases) {
    if (!one.is_registry) databases.push_back(&one);
  }
  const auto& database = *random.pick(databases);
  std::vector<std::string> schemas;
  for (const auto& one : database.schemas) {
    if (one.name != extensions_schema) schemas.push_back(one.name.value);
  }
  if (schemas.empty()) schemas.emplace_back("public");
  const std::vector<std::pair<std::string, std::string>> values{{"{database}", database.name.value},
                                                                {"{access}", database.access.value},
                                                                {"{schema}", random.pick(schemas)},
                                                                {"{log_in}", random.pick(log_ins)},
                                                                {"{other_log_in}", random.pick(log_ins)},
                                                                {"{group}", random.pick(groups)},
                                                                {"{table}", "orders"}};
  const auto& one = random.pick(edits);
  const std::string where = one.database.empty() ? "postgres" : filled(one.database, values);
  return {.database = where, .statement = filled(one.statement, values)};
}

happening random_cut(dice& random) {
  static constexpr std::array kinds{fault_kind::cut,         fault_kind::half,   fault_kind::lost_answer,
                                    fault_kind::kill_runner, fault_kind::orphan, fault_kind::end_backend};
  return {.cut_off = {random.pick(kinds), static_cast<int>(1 + random.below(150))}};
}

// What scripts leave behind: a log-in that owns its database, everything open.
void add_what_scripts_made(dice& random, const desired_server& desired, random_case& made) {
  for (const auto& role : desired.roles) {
    if (!role.can_login || random.one_in(3)) continue;
    made.happenings.push_back(
        {.database = "postgres", .statement = fmt::format("CREATE ROLE {} LOGIN PASSWORD 'script'", role.name)});
    for (const auto& database : desired.databases) {
      if (database.name.value + "_user" != role.name.value) continue;
      made.happenings.push_back(
          {.database = "postgres", .statement = fmt::format("CREATE DATABASE {} OWNER {}", database.name, role.name)});
      made.happenings.push_back(
          {.database = database.name.value,
           .statement = fmt::format("CREATE TABLE public.orders AS SELECT i FROM generate_series(1, 9) AS i; "
                                    "ALTER TABLE public.orders OWNER TO {}",
                                    role.name)});
    }
  }
}

}  // namespace

std::string to_string(const happening& one) {
  if (one.is_by_hand()) return fmt::format("in {}: {}", one.database, one.statement);
  return fmt::format("a run with a fault: {} at {} {}", to_string(one.cut_off.kind),
                     is_at_answers(one.cut_off.kind) ? "answer" : "request", one.cut_off.at);
}

std::size_t kinds_of_edits() {
  return edits.size();
}

random_case make_case(unsigned seed) {
  dice random{seed};
  random_case made{.seed = seed};
  const std::string prefix = fmt::format("c{}_", seed);
  const std::size_t by_schema = random.below(3);
  const std::size_t by_prefix = random.one_in(3) ? 2 : 0;
  made.manifest_before = random_manifest(random, prefix, by_schema, by_prefix);
  made.manifest_after = random.one_in(2) ? made.manifest_before : random_manifest(random, prefix, by_schema, by_prefix);
  made.begins_with_an_apply = !random.one_in(5);
  // What scripts made and no manifest declares any more is a leak, and the proof says so.
  if (!made.begins_with_an_apply) made.manifest_after = made.manifest_before;
  const auto desired = desired_of(made.manifest_before);
  if (!made.begins_with_an_apply) add_what_scripts_made(random, desired, made);
  const std::size_t count = 1 + random.below(7);
  for (std::size_t i = 0; i < count; ++i) {
    made.happenings.push_back(random.one_in(8) ? random_cut(random) : random_edit(random, desired));
  }
  // The same where a hand took our mark away: what no manifest declares any more is nobody's then.
  const bool loses_a_mark = std::ranges::any_of(made.happenings, [](const happening& one) {
    return one.statement.starts_with("COMMENT ON") && one.statement.ends_with("IS NULL");
  });
  if (loses_a_mark) made.manifest_after = made.manifest_before;
  (void)desired_of(made.manifest_after);
  return made;
}

}  // namespace innkeeper::test
