#include "pg/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/desired.h"
#include "core/step_sql.h"
#include "embedded/catalog_sql.h"
#include "pg/own_role.h"

namespace innkeeper::pg {
namespace {

using nlohmann::json;

// json_agg over no rows is null; both are "none".
template <class Row>
auto rows_of(const json& document, const char* key, Row&& read) {
  std::vector<decltype(read(json{}))> rows;
  const auto& list = document.at(key);
  if (list.is_null()) return rows;
  rows.reserve(list.size());
  for (const auto& one : list) rows.push_back(read(one));
  return rows;
}

std::string text_of(const json& value) {
  return value.is_null() ? std::string{} : value.get<std::string>();
}

bool flag_of(const json& value, bool where_null) {
  return value.is_null() ? where_null : value.get<bool>();
}

// "name=value", as pg_db_role_setting.setconfig holds them.
parameters parameters_of(const json& list) {
  parameters all;
  if (list.is_null()) return all;
  for (const auto& one : list) {
    const auto text = one.get<std::string>();
    const auto equals = text.find('=');
    if (equals != std::string::npos) all[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return all;
}

acl acl_of(const json& list) {
  acl all;
  if (list.is_null()) return all;
  for (const auto& one : list) {
    if (auto item = parse_acl_item(one.get<std::string>())) all.push_back(std::move(*item));
  }
  return all;
}

// relkind and the like to the plan's kinds: a view is granted on as a table is, a composite type is a type.
char kind_of_object(const std::string& kind) {
  switch (kind.front()) {
    case 'S':
      return 'S';
    case 'X':  // ours, for routines: relkind 'f' is a foreign table
      return 'f';
    case 'T':
    case 'c':
      return 'T';
    default:
      return 'r';
  }
}

observed_role read_role(const json& row) {
  return {.name = {row[0]},
          .oid = row[1],
          .can_login = row[2],
          .superuser = row[3],
          .createdb = row[4],
          .createrole = row[5],
          .replication = row[6],
          .bypassrls = row[7],
          .inherits = row[8],
          .connection_limit = row[9],
          .valid_until = text_of(row[10]),
          .settings = parameters_of(row[11]),
          .comment = text_of(row[12])};
}

observed_membership read_membership(const json& row) {
  return {.role = {row[0]},
          .member = {row[1]},
          .grantor = {row[2]},
          .admin = row[3],
          .inherit = flag_of(row[4], true),
          .set = flag_of(row[5], true)};
}

// Before 16, whether a membership is inherited is its member's attribute.
void inherit_as_members_do(observed_server& server) {
  std::set<role_name> without;
  for (const auto& one : server.roles) {
    if (!one.inherits) without.insert(one.name);
  }
  for (auto& one : server.memberships) one.inherit = !without.contains(one.member);
}

observed_database read_database(const json& row) {
  return {.name = {row[0]},
          .oid = row[1],
          .owner = {row[2]},
          .allows_connections = row[3],
          .connection_limit = row[4],
          .is_template = row[5],
          .encoding = text_of(row[6]),
          .collate = text_of(row[7]),
          .ctype = text_of(row[8]),
          .privileges = acl_of(row[9]),
          .comment = text_of(row[10]),
          .settings = parameters_of(row[11])};
}

observed_parameter read_parameter(const json& row) {
  return {.name = row[0],
          .value = text_of(row[1]),
          .unit = text_of(row[2]),
          .type = row[3],
          .context = row[4],
          .pending_restart = row[5]};
}

bool has_every_registry_table(const database_contents& contents) {
  int tables = 0;
  for (const auto& one : contents.objects) {
    if (one.schema.value == registry_database.value && one.kind == 'r') tables += one.count;
  }
  return tables >= registry_tables();
}

admin_facts read_admin(const result& row, int version_num) {
  const auto is = [&](std::size_t column) { return row.text(0, column) == "t"; };
  return {.version_num = version_num,
          .name = {row.text(0, 1)},
          .superuser = is(2),
          .createdb = is(3),
          .createrole = is(4),
          .in_recovery = is(5),
          .bypassrls = is(6),
          .replication = is(7),
          .reads_verifiers = is(8),
          .reads_hba_rules = is(9),
          .reads_file_settings = is(10),
          .reloads = is(11),
          .ends_sessions = is(12),
          .owns_maintenance = is(13)};
}

// One round trip.
void observe_admin(connection& maintenance, observed_server& server) {
  std::string sql{catalog_sql::admin_sql};
  if (has_parameter_grants(maintenance.server_version())) sql += catalog_sql::parameter_rights_sql;
  const auto answers = maintenance.query_all(sql);
  const auto& admin = answers.at(0);
  check_own_role(admin.text(0, 15), admin.text(0, 1), admin.text(0, 14));
  server.version_num = std::stoi(admin.text(0, 0));
  server.maintenance = {admin.text(0, 14)};
  auto facts = read_admin(admin, server.version_num);
  if (answers.size() > 1) {
    for (std::size_t i = 0; i < answers[1].size(); ++i) {
      if (answers[1].text(i, 1) == "t") facts.may_set.insert(answers[1].text(i, 0));
      if (answers[1].text(i, 2) == "t") facts.may_alter_system.insert(answers[1].text(i, 0));
    }
  }
  server.can = derive_capabilities(facts);
}

void add_verifiers(const result& rows, observed_server& server) {
  std::map<std::string, std::string> verifiers;
  for (std::size_t i = 0; i < rows.size(); ++i) verifiers.emplace(rows.text(i, 0), rows.text(i, 1));
  for (auto& role : server.roles) {
    const auto found = verifiers.find(role.name.value);
    role.verifier = found == verifiers.end() ? fact<secret>{absent_fact{}} : fact<secret>{secret{found->second}};
  }
}

void add_file_settings(const result& rows, observed_server& server) {
  std::map<std::string, std::string> in_files;
  for (std::size_t i = 0; i < rows.size(); ++i) in_files.insert_or_assign(rows.text(i, 0), rows.text(i, 1));
  for (auto& parameter : server.parameters_of_server) {
    const auto found = in_files.find(parameter.name);
    parameter.in_file = found == in_files.end() ? fact<std::string>{absent_fact{}} : fact<std::string>{found->second};
  }
}

observed_traces read_traces(const json& row) {
  observed_traces traces{.provisioned = row.at(1)};
  for (const auto& one : row.at(2)) {
    traces.holders.push_back({.role = one.at(0), .owned = one.at(1), .holds_rights = one.at(2)});
  }
  return traces;
}

void add_traces(const result& answer, observed_server& server) {
  std::map<std::uint32_t, observed_traces> traces;
  if (!answer.is_null(0, 0)) {
    for (const auto& row : json::parse(answer.text(0, 0))) traces[row.at(0)] = read_traces(row);
  }
  // A database without any has none, and that is known.
  for (auto& one : server.databases) one.traces = std::move(traces[one.oid]);
}

}  // namespace

observed_server observe_shared(connection& maintenance, bool with_traces) {
  observed_server server;
  observe_admin(maintenance, server);
  if (!server.can.is_supported) return server;  // its catalogs may lack what the next queries read
  std::string sql{catalog_sql::shared_sql};
  if (server.can.may_read_verifiers) sql += catalog_sql::verifiers_sql;
  if (server.can.may_read_file_settings) sql += catalog_sql::file_settings_sql;
  if (with_traces) sql += catalog_sql::traces_sql;
  const auto answers = maintenance.query_all(sql);
  const auto document = json::parse(answers.front().text(0, 0));
  server.system_identifier = text_of(document.at("system_identifier"));
  server.roles = rows_of(document, "roles", read_role);
  server.memberships = rows_of(document, "memberships", read_membership);
  if (!server.can.membership_options) inherit_as_members_do(server);
  server.databases = rows_of(document, "databases", read_database);
  server.parameters_of_server = rows_of(document, "parameters", read_parameter);
  server.role_settings = rows_of(document, "role_settings", [](const json& row) {
    return observed_role_setting{{row[0]}, {row[1]}, parameters_of(row[2])};
  });
  server.sessions = rows_of(document, "sessions", [](const json& row) {
    return observed_sessions{{row[0]}, {row[1]}, row[2].get<int>()};
  });
  server.functions = rows_of(document, "functions", [](const json& row) {
    const auto group = group_of_function(row.at(1).get<std::string>());
    return observed_function{row.at(0), group.value_or(function_group::advisory_locks), row.at(2)};
  });
  auto answer = answers.begin() + 1;
  if (server.can.may_read_verifiers) add_verifiers(*answer++, server);
  if (server.can.may_read_file_settings) add_file_settings(*answer++, server);
  if (with_traces) add_traces(*answer, server);
  return server;
}

std::vector<database_name> observe_open_databases(connection& maintenance) {
  const auto rows = maintenance.query(catalog_sql::open_databases_sql);
  std::vector<database_name> names;
  for (std::size_t i = 0; i < rows.size(); ++i) names.push_back({rows.text(i, 0)});
  return names;
}

namespace {

// Reads the results of contents.sql.
class contents_reader {
 public:
  explicit contents_reader(const std::vector<result>& results) {
    read_schemas(results.at(0));
    read_extensions(results.at(1));
    read_default_privileges(results.at(2));
    count_objects(results.at(3), "rpvmfSc");
    count_objects(results.at(4), "X");
    count_objects(results.at(5), "edr", "T");
    read_functions(results.at(6));
  }

  database_contents done(connection& inside) && {
    if (is_cut_off_) {
      contents_.objects.clear();
      add_counted(inside.query(catalog_sql::object_counts_sql));
    }
    const auto has_other_owner = [&](const observed_objects& one) { return one.owner != owners_.at(one.schema); };
    if (has_stranger_ || std::ranges::any_of(contents_.objects, has_other_owner)) {
      contents_.objects.clear();
      add_counted(inside.query(catalog_sql::objects_sql));
    }
    std::ranges::sort(contents_.schemas, {}, &observed_schema::name);
    std::ranges::sort(contents_.extensions, {}, &observed_extension::name);
    contents_.has_registry = has_every_registry_table(contents_);
    return std::move(contents_);
  }

 private:
  void read_schemas(const result& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const schema_name name{rows.text(i, 1)};
      if (name.value.starts_with("pg_") || !(rows.text(i, 0) == "2200" || is_of_user(rows.text(i, 0)))) continue;
      const role_name owner{rows.text(i, 4)};
      schemas_[rows.text(i, 0)] = name;
      owners_[name] = owner;
      roles_[rows.text(i, 2)] = owner;
      // A schema without an ACL is its owner's alone.
      const acl own{{.grantee = owner, .privileges = "UC", .grantor = owner}};
      contents_.schemas.push_back({name, owner, rows.is_null(i, 3) ? own : parse_acl(rows.text(i, 3))});
    }
  }

  void read_extensions(const result& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!is_of_user(rows.text(i, 0))) continue;
      contents_.extensions.push_back({{rows.text(i, 1)}, rows.text(i, 2), schema_at(rows.text(i, 3))});
    }
  }

  void read_default_privileges(const result& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      contents_.default_privileges.push_back(
          {{rows.text(i, 0)}, schema_at(rows.text(i, 1)), rows.text(i, 2).front(), parse_acl(rows.text(i, 3))});
    }
  }

  // One row for each object; those of other kinds, such as indexes and the types of rows, don't count. An owner who
  // owns no schema here is a stranger: objects.sql names it.
  void count_objects(const result& rows, std::string_view kinds, const std::string& all_called = {}) {
    is_cut_off_ = is_cut_off_ || rows.size() >= most_rows;
    std::map<std::array<std::string, 3>, int> counts;
    for (std::size_t i = 0; i < rows.size(); ++i) ++counts[{rows.text(i, 0), rows.text(i, 1), rows.text(i, 2)}];
    for (const auto& [group, count] : counts) {
      const auto at = schemas_.find(group[0]);
      if (at == schemas_.end() || at->second == extensions_schema) continue;
      if (kinds.find(group[1]) == std::string_view::npos) continue;
      const auto owner = roles_.find(group[2]);
      if (owner == roles_.end()) {
        has_stranger_ = true;
      } else {
        contents_.objects.push_back(
            {at->second, kind_of_object(all_called.empty() ? group[1] : all_called), owner->second, count});
      }
    }
  }

  void add_counted(const result& rows) {
    has_stranger_ = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto at = schemas_.find(rows.text(i, 0));
      if (at == schemas_.end() || at->second == extensions_schema) continue;
      contents_.objects.push_back(
          {at->second, kind_of_object(rows.text(i, 1)), {rows.text(i, 2)}, std::stoi(rows.text(i, 3))});
    }
  }

  void read_functions(const result& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows.is_null(i, 1)) continue;  // as initdb leaves it
      const auto oid = static_cast<std::uint32_t>(std::stoul(rows.text(i, 0)));
      contents_.functions.emplace(oid, parse_acl(rows.text(i, 1)));
    }
  }

  static bool is_of_user(const std::string& oid) { return std::stoul(oid) >= first_user_oid; }

  [[nodiscard]] schema_name schema_at(const std::string& oid) const {
    const auto found = schemas_.find(oid);
    return found == schemas_.end() ? schema_name{oid == "11" ? "pg_catalog" : ""} : found->second;
  }

  static constexpr unsigned long first_user_oid = 16384;
  static constexpr std::size_t most_rows = 4000;  // the LIMIT in contents.sql

  database_contents contents_;
  std::map<std::string, schema_name> schemas_;  // by OID
  std::map<schema_name, role_name> owners_;
  std::map<std::string, role_name> roles_;  // those that own a schema, by OID
  bool is_cut_off_ = false;
  bool has_stranger_ = false;
};

}  // namespace

namespace {

observed_lookup read_lookup(const result& rows) {
  if (rows.empty()) return {};
  return {.owner = {rows.text(0, 0)},
          .owner_is_superuser = rows.text(0, 1) == "t",
          .is_security_definer = rows.text(0, 2) == "t",
          .settings = rows.text(0, 3),
          .body = rows.text(0, 4),
          .privileges = parse_acl(rows.text(0, 5))};
}

}  // namespace

database_contents observe_contents(connection& inside) {
  auto results = inside.query_all(std::string{catalog_sql::role_in_force_sql} + std::string{catalog_sql::contents_sql});
  if (results.front().text(0, 0) != "none") require_own_role(inside);
  results.erase(results.begin());
  auto contents = contents_reader{results}.done(inside);
  if (std::ranges::find(contents.schemas, lookup_schema, &observed_schema::name) != contents.schemas.end())
    contents.lookup = read_lookup(inside.query(catalog_sql::pooler_lookup_sql));
  return contents;
}

observed_traces observe_own_traces(connection& inside) {
  static constexpr std::string_view every = "dbid <> 0";
  static constexpr std::string_view own =
      "dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())";
  std::string sql{catalog_sql::traces_sql};
  sql.replace(sql.find(every), every.size(), own);
  const auto answer = inside.query(sql);
  return answer.is_null(0, 0) ? observed_traces{} : read_traces(json::parse(answer.text(0, 0)).at(0));
}

namespace {

// By name, which of the registry's tables this session may read.
std::map<std::string, bool> readable_tables(const result& rows) {
  std::map<std::string, bool> readable;
  for (std::size_t i = 0; i < rows.size(); ++i) readable[rows.text(i, 0)] = rows.text(i, 1) == "t";
  return readable;
}

void read_looks(const result& rows, registry_contents& into) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto oid = static_cast<std::uint32_t>(std::stoul(rows.text(i, 0)));
    into.looks[oid] = {
        .database = oid, .wanted = rows.text(i, 1), .found = rows.text(i, 2), .age = std::stoll(rows.text(i, 3))};
  }
}

std::optional<server_time> time_of(const result& rows, std::size_t row, std::size_t column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return server_time{std::chrono::milliseconds{std::stoll(rows.text(row, column))}};
}

// A state that only a newer version knows is nothing that this one may touch.
std::vector<log_in_pair> read_pairs(const result& rows) {
  std::vector<log_in_pair> pairs;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto state = rotation_state_named(rows.text(i, 2));
    log_in_pair one{.log_in = {rows.text(i, 0)}, .twin = {rows.text(i, 1)}, .has_twin = !rows.is_null(i, 1)};
    one.is_known = state.has_value();
    one.state = state.value_or(rotation_state::settled);
    one.on_twin = rows.text(i, 3) == "t";
    one.used_since = time_of(rows, i, 4);
    one.began_at = time_of(rows, i, 5);
    one.flipped_at = time_of(rows, i, 6);
    one.quiet_since = time_of(rows, i, 7);
    one.rules.grace = std::chrono::milliseconds{std::stoll(rows.text(i, 8))};
    one.rules.force_at = time_of(rows, i, 9);
    one.who = rows.text(i, 10);
    pairs.push_back(std::move(one));
  }
  return pairs;
}

}  // namespace

registry_contents observe_registry(connection& registry) {
  auto results = registry.query_all(fmt::format("{}\n{}", catalog_sql::contents_sql, catalog_sql::registry_owner_sql));
  const auto readable = readable_tables(results.back());
  results.pop_back();
  registry_contents seen;
  seen.contents = contents_reader{results}.done(registry);
  for (const auto& [table, may] : readable) {
    if (may) continue;
    seen.obstacle =
        fmt::format("the registry's table innkeeper.{} belongs neither to this admin nor to a superuser", table);
    return seen;
  }
  if (!readable.contains("look")) return seen;
  try {
    const bool has_pairs = readable.contains("rotation");  // not in an older version's
    const auto notes = registry.query_all(
        fmt::format("{}\n{}", catalog_sql::looks_sql, has_pairs ? catalog_sql::pairs_sql : std::string_view{}));
    read_looks(notes.at(0), seen);
    const auto& runs = notes.at(1);
    for (std::size_t i = 0; i < runs.size(); ++i) seen.unfinished_runs.insert(runs.text(i, 0));
    if (has_pairs) seen.pairs = read_pairs(notes.at(2));
  } catch (const error& refused) {
    if (refused.connection_is_lost()) throw;
    seen.obstacle = refused.what();
  }
  return seen;
}

std::vector<log_in_pair> observe_pairs(connection& registry) {
  const auto readable = readable_tables(registry.query(catalog_sql::registry_owner_sql));
  const auto table = readable.find("rotation");
  if (table == readable.end() || !table->second) return {};
  return read_pairs(registry.query(catalog_sql::pairs_sql));
}

std::map<role_name, remembered_password> remembered_passwords(connection& registry) {
  const auto rows = registry.query(catalog_sql::passwords_sql);
  std::map<role_name, remembered_password> all;
  for (std::size_t i = 0; i < rows.size(); ++i)
    all[{rows.text(i, 0)}] = {rows.text(i, 1), rows.text(i, 2), rows.text(i, 3)};
  return all;
}

std::string lock_holders(connection& session, int waiting_pid) {
  const auto rows = session.query_with(catalog_sql::blockers_sql, {std::to_string(waiting_pid)});
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += fmt::format("{}pid {} of \"{}\" (\"{}\")", text.empty() ? "" : ", ", rows.text(i, 0), rows.text(i, 1),
                        rows.text(i, 2));
    // What this admin may not see is NULL.
    if (!rows.is_null(i, 3)) text += ", " + rows.text(i, 3);
    if (!rows.is_null(i, 4)) text += " since " + rows.text(i, 4);
  }
  return text;
}

std::map<std::string, available_extension> observe_available_extensions(connection& maintenance) {
  const auto rows = maintenance.query(catalog_sql::extensions_sql);
  std::map<std::string, available_extension> all;
  for (std::size_t i = 0; i < rows.size(); ++i) all[rows.text(i, 0)] = {rows.text(i, 1), rows.text(i, 2) == "t"};
  return all;
}

}  // namespace innkeeper::pg
