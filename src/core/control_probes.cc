#include <fmt/format.h>

#include <algorithm>

#include "core/probe_rows.h"
#include "core/sql.h"

// Statements run in a session that the service may have prepared: its search_path, its functions, its settings. So
// every name is qualified, identity comes from keywords that nothing can shadow, and nothing reads a service's own
// tables, views or triggers.
namespace innkeeper::probe_rows {
namespace {

// A schema of the role model and the roles that work in it.
struct home {
  const desired_schema* schema;
  const desired_object_grants* grants;
};

std::string in_schema(const schema_name& schema) {
  return fmt::format("{}.\"innkeeper_probe\"", quoted(schema));
}

// Where this log-in works: as owner, by its rights, or as a reader.
std::vector<home> homes_of(const proof_facts& facts, const log_in_facts& one, const database_name& database) {
  std::vector<home> all;
  const auto* declared = facts.declared_database(database);
  if (declared == nullptr) return all;
  const auto starts_as = facts.starting_role_of(one, database);
  for (const auto& schema : declared->schemas) {
    if (schema.owner.empty()) continue;
    const auto grants = std::ranges::find_if(declared->object_grants, [&](const auto& each) {
      return each.schema == schema.name &&
             (each.owner == starts_as || each.rw == starts_as || each.ro == starts_as || each.owner == one.name);
    });
    if (grants != declared->object_grants.end()) all.push_back({&schema, &*grants});
  }
  return all;
}

attempt make_tables(const probe& self, const log_in_facts& one, const database_name& database,
                    const schema_name& schema) {
  auto result = new_attempt(self, one, database);
  result.statements = {fmt::format("CREATE TABLE {} (n integer)", in_schema(schema))};
  result.aim = fmt::format("create a table in schema \"{}\" of database \"{}\"", schema, database);
  return result;
}

// Nobody else sees a table before its transaction ends, so whether the service's other roles may use it is asked where
// it is made: default privileges have answered by then.
attempt use_tables(const proof_facts& facts, const probe& self, const log_in_facts& one, const database_name& database,
                   const home& here) {
  auto result = make_tables(self, one, database, here.schema->name);
  result.expects = expectation::works;
  const auto table = in_schema(here.schema->name);
  result.statements.push_back(fmt::format("INSERT INTO {} VALUES (1)", table));
  const auto may = [&](const role_name& role, const char* privilege) {
    return fmt::format("pg_catalog.has_table_privilege({}, {}, '{}')", quote_literal(role.value), quote_literal(table),
                       privilege);
  };
  const auto& rw = here.grants->rw;
  if (facts.role(rw) == nullptr || facts.role(here.grants->ro) == nullptr) {
    result.statements.push_back(fmt::format("SELECT n FROM {}", table));
    result.expected_row = {"1"};
    result.aim =
        fmt::format("create, write and read a table in schema \"{}\" of database \"{}\"", here.schema->name, database);
    return result;
  }
  result.statements.push_back(fmt::format(
      "SELECT n, {} AND {} AND {} AND {}, {}, {} FROM {}", may(rw, "SELECT"), may(rw, "INSERT"), may(rw, "UPDATE"),
      may(rw, "DELETE"), may(here.grants->ro, "SELECT"), may(here.grants->ro, "INSERT,UPDATE,DELETE,TRUNCATE"), table));
  result.expected_row = {"1", "t", "t", "f"};
  result.aim = fmt::format(
      "create, write and read a table in schema \"{}\" of database \"{}\" so that \"{}\" may write and \"{}\" only "
      "read "
      "it",
      here.schema->name, database, rw, here.grants->ro);
  return result;
}

attempt use_functions(const proof_facts& facts, const probe& self, const log_in_facts& one,
                      const database_name& database, const home& here) {
  auto result = new_attempt(self, one, database);
  const auto function = in_schema(here.schema->name) + "()";
  const auto& rw = here.grants->rw;
  const bool has_rw = facts.role(rw) != nullptr;
  const auto asks_rw = has_rw ? fmt::format(", pg_catalog.has_function_privilege({}, {}, 'EXECUTE')",
                                            quote_literal(rw.value), quote_literal(function))
                              : "";
  result.statements = {fmt::format("CREATE FUNCTION {} RETURNS pg_catalog.int4 LANGUAGE sql AS 'SELECT 1'", function),
                       fmt::format("SELECT {}{}", function, asks_rw)};
  result.expects = expectation::works;
  result.expected_row = {"1"};
  if (has_rw) result.expected_row.emplace_back("t");
  result.aim = fmt::format("create and call a function in schema \"{}\" of database \"{}\"{}", here.schema->name,
                           database, has_rw ? fmt::format(" so that \"{}\" may call it", rw) : "");
  return result;
}

attempt use_large_objects(const probe& self, const log_in_facts& one, const database_name& database) {
  auto result = new_attempt(self, one, database);
  result.statements = {
      "SELECT pg_catalog.lo_from_bytea(0, '\\x6b6579'::pg_catalog.bytea)",
      // The one that this transaction made: nothing but a second statement sees it.
      "SELECT pg_catalog.lo_get(m.oid) = '\\x6b6579'::pg_catalog.bytea FROM pg_catalog.pg_largeobject_metadata AS m "
      "WHERE m.xmin = pg_catalog.pg_current_xact_id()::pg_catalog.xid"};
  result.expects = expectation::works;
  result.expected_row = {"t"};
  result.aim = fmt::format("create and read a large object in database \"{}\"", database);
  return result;
}

}  // namespace

attempt new_attempt(const probe& self, const database_name& database) {
  return {.probe = std::string{self.id}, .database = database, .how_bad = self.how_bad};
}

attempt new_attempt(const probe& self, const log_in_facts& one, const database_name& database) {
  auto result = new_attempt(self, database);
  result.log_in = one.name;
  return result;
}

attempts own_database(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope&) {
  attempts all;
  for (const auto& database : one.own) {
    auto control = new_attempt(self, one, database);
    control.statements = {"SELECT session_user"};
    control.expects = expectation::works;
    control.expected_row = {one.name.value};
    control.is_control = all.empty();
    control.aim = fmt::format("enter its own database \"{}\"", database);
    all.push_back(std::move(control));
  }
  for (const auto& database : one.lent) {
    auto lent = new_attempt(self, one, database);
    lent.statements = {"SELECT session_user"};
    lent.expects = expectation::works;
    lent.expected_row = {one.name.value};
    lent.aim = fmt::format("enter database \"{}\", which it may read", database);
    all.push_back(std::move(lent));
  }
  const auto entries = all.size();
  for (std::size_t i = 0; i < entries; ++i) {
    const auto starts_as = facts.starting_role_of(one, all[i].database);
    auto start = new_attempt(self, one, all[i].database);
    start.statements = {"SELECT current_user"};
    start.expects = expectation::works;
    start.expected_row = {starts_as.value};
    start.aim = fmt::format("start as \"{}\" in database \"{}\"", starts_as, start.database);
    all.push_back(std::move(start));
  }
  return all;
}

attempts own_objects(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope&) {
  attempts all;
  for (const auto* databases : {&one.own, &one.lent}) {
    for (const auto& database : *databases) {
      for (const auto& here : homes_of(facts, one, database)) {
        if (!one.declared.contains(here.schema->owner)) {
          all.push_back(make_tables(self, one, database, here.schema->name));
          continue;
        }
        all.push_back(use_tables(facts, self, one, database, here));
        all.push_back(use_functions(facts, self, one, database, here));
      }
      if (databases == &one.own) all.push_back(use_large_objects(self, one, database));
    }
  }
  return all;
}

}  // namespace innkeeper::probe_rows
