#include <fmt/format.h>

#include <algorithm>

#include "core/probe_rows.h"
#include "core/sql.h"

// What can be done to another service's objects: in its database, should its door open, and in a database that it
// shares. Nothing here runs a service's code or reads its rows: LOCK TABLE asks for the same rights, of a function only
// its privilege is asked, and a large object is opened and not read.
namespace innkeeper::probe_rows {
namespace {

// Objects that users made: system ones are below, and what belongs to an extension is everybody's.
std::string made_here(std::string_view alias, std::string_view catalog) {
  return fmt::format(
      "{0}.oid >= 16384 AND n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE "
      "d.classid = 'pg_catalog.{1}'::pg_catalog.regclass AND d.objid = {0}.oid AND d.deptype = 'e')",
      alias, catalog);
}

std::string schema_filter(const std::vector<schema_name>& schemas) {
  if (schemas.empty()) return "";
  std::vector<std::string> names;
  for (const auto& one : schemas) names.push_back(quote_literal(one.value));
  return fmt::format(" AND n.nspname IN ({})", fmt::join(names, ", "));
}

std::string tables_with(std::string_view privileges, std::string_view column_privileges, const std::string& filter) {
  return fmt::format(
      "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class AS c JOIN "
      "pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND "
      "{}{} AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND (pg_catalog.has_table_privilege(c.oid, '{}') OR "
      "pg_catalog.has_any_column_privilege(c.oid, '{}')) LIMIT 1",
      made_here("c", "pg_class"), filter, privileges, column_privileges);
}

// As somebody may read, or write, without reading or writing.
std::string locks(std::string_view mode, const std::string& filter) {
  return fmt::format(
      "SELECT pg_catalog.format('LOCK TABLE %I.%I IN {} MODE NOWAIT', n.nspname, c.relname), "
      "pg_catalog.format('%I.%I', "
      "n.nspname, c.relname) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
      "WHERE c.relkind IN ('r', 'p') AND {}{} ORDER BY c.oid LIMIT 10",
      mode, made_here("c", "pg_class"), filter);
}

constexpr std::string_view locked_by_another = "55P03";  // so the right was there

attempts on_tables(const attempt& base, const std::string& where, const std::vector<schema_name>& schemas,
                   bool may_read) {
  const auto filter = schema_filter(schemas);
  attempts all;
  const auto add_question = [&](std::string aim, std::string query) {
    auto one = base;
    one.expects = expectation::nothing;
    one.aim = std::move(aim);
    one.statements = {std::move(query)};
    all.push_back(std::move(one));
  };
  const auto add_locks = [&](std::string aim, std::string_view mode) {
    auto one = base;
    one.aim = std::move(aim);
    one.statements_from = locks(mode, filter);
    one.allowed = {locked_by_another};
    one.absent = {no_data};
    all.push_back(std::move(one));
  };
  if (!may_read) {
    add_question("read a table in " + where, tables_with("SELECT", "SELECT", filter));
    add_locks("lock a table as its readers do in " + where, "ACCESS SHARE");
  }
  add_question("write to a table in " + where, tables_with("INSERT,UPDATE,DELETE,TRUNCATE", "INSERT,UPDATE", filter));
  add_locks("lock a table as its writers do in " + where, "ROW EXCLUSIVE");
  return all;
}

std::string callable_functions(const std::string& filter) {
  return fmt::format(
      "SELECT pg_catalog.format('%I.%I', n.nspname, p.proname) FROM pg_catalog.pg_proc AS p JOIN "
      "pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace WHERE p.prosecdef AND {}{} AND "
      "pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE') LIMIT 1",
      made_here("p", "pg_proc"), filter);
}

attempt on_functions(attempt base, const std::string& where, const std::vector<schema_name>& schemas) {
  base.expects = expectation::nothing;
  base.aim = "call a SECURITY DEFINER function in " + where;
  base.statements = {callable_functions(schema_filter(schemas))};
  return base;
}

// 262144: INV_READ, for which lo_open asks the right to read.
attempt on_large_objects(attempt base, const std::string& where, const std::vector<role_name>& owners) {
  std::string filter;
  if (!owners.empty()) {
    std::vector<std::string> names;
    for (const auto& one : owners) names.push_back(quote_literal(one.value));
    filter = fmt::format(" WHERE pg_catalog.pg_get_userbyid(l.lomowner) IN ({})", fmt::join(names, ", "));
  }
  base.statements_from = fmt::format(
      "SELECT pg_catalog.format('SELECT pg_catalog.lo_open(%s, 262144)', l.oid), pg_catalog.format('large object %s', "
      "l.oid) FROM pg_catalog.pg_largeobject_metadata AS l{} ORDER BY l.oid LIMIT 5",
      filter);
  base.absent = {no_data};
  base.aim = "open a large object in " + where;
  return base;
}

attempt plain(const attempt& base, std::string aim, std::string statement) {
  auto one = base;
  one.aim = std::move(aim);
  one.statements = {std::move(statement)};
  return one;
}

std::string make_table_in(const schema_name& schema) {
  return fmt::format("CREATE TABLE {}.\"innkeeper_probe\" (n integer)", quoted(schema));
}

// The schemas in a shared database that are neither this log-in's nor lent to it, the next ones first.
struct neighbourhood {
  database_name database;
  std::vector<schema_name> schemas;
  std::vector<role_name> owners;
};

std::vector<neighbourhood> neighbourhoods_of(const proof_facts& facts, const log_in_facts& one,
                                             const attempt_scope& scope) {
  std::vector<neighbourhood> all;
  for (const auto& database : one.own) {
    const auto& declared = *facts.declared_database(database);
    neighbourhood here{.database = database};
    for (const auto& grants : rotated(declared.object_grants, one.index)) {
      const bool is_ours =
          one.declared.contains(grants.owner) || one.declared.contains(grants.rw) || one.declared.contains(grants.ro);
      if (is_ours || here.schemas.size() == scope.victims) continue;
      here.schemas.push_back(grants.schema);
      here.owners.push_back(grants.owner);
    }
    if (!here.schemas.empty()) all.push_back(std::move(here));
  }
  return all;
}

std::string beside(const neighbourhood& here) {
  std::vector<std::string> names;
  for (const auto& one : here.schemas) names.push_back(fmt::format("\"{}\"", one));
  return fmt::format("schema{} {} of database \"{}\"", names.size() == 1 ? "" : "s", fmt::join(names, ", "),
                     here.database);
}

std::string in_database(const database_name& database) {
  return fmt::format("database \"{}\"", database);
}

attempt beside_base(const probe& self, const log_in_facts& one, const database_name& database) {
  auto base = new_attempt(self, one, database);
  base.under_each_identity = true;
  return base;
}

attempt inside_base(const probe& self, const database_name& victim) {
  auto base = new_attempt(self, victim);
  base.under_each_identity = true;
  return base;
}

// What services keep there; in maintenance databases there is nothing of the kind.
bool has_a_tenant(const proof_facts& facts, const database_name& victim) {
  const auto* declared = facts.declared_database(victim);
  return declared != nullptr ? !declared->is_registry : facts.is_undeclared(victim);
}

void append(attempts& to, attempts more) {
  std::ranges::move(more, std::back_inserter(to));
}

}  // namespace

attempts tables_beside(const proof_facts& facts, const log_in_facts& one, const probe& self,
                       const attempt_scope& scope) {
  attempts all;
  for (const auto& here : neighbourhoods_of(facts, one, scope)) {
    append(all, on_tables(beside_base(self, one, here.database), beside(here), here.schemas, false));
  }
  for (const auto& database : one.lent) {
    std::vector<schema_name> schemas;
    for (const auto& grants : facts.declared_database(database)->object_grants) {
      if (one.declared.contains(grants.ro) && !one.declared.contains(grants.rw)) schemas.push_back(grants.schema);
    }
    if (schemas.empty()) continue;
    append(all, on_tables(beside_base(self, one, database), in_database(database) + ", which it may only read", schemas,
                          true));
  }
  return all;
}

attempts tables_inside(const proof_facts& facts, const database_name& victim, const probe& self) {
  if (!has_a_tenant(facts, victim)) return {};
  return on_tables(inside_base(self, victim), in_database(victim), {}, false);
}

attempts functions_beside(const proof_facts& facts, const log_in_facts& one, const probe& self,
                          const attempt_scope& scope) {
  attempts all;
  for (const auto& here : neighbourhoods_of(facts, one, scope)) {
    all.push_back(on_functions(beside_base(self, one, here.database), beside(here), here.schemas));
  }
  return all;
}

attempts functions_inside(const proof_facts& facts, const database_name& victim, const probe& self) {
  if (!has_a_tenant(facts, victim)) return {};
  return {on_functions(inside_base(self, victim), in_database(victim), {})};
}

attempts large_objects_beside(const proof_facts& facts, const log_in_facts& one, const probe& self,
                              const attempt_scope& scope) {
  attempts all;
  for (const auto& here : neighbourhoods_of(facts, one, scope)) {
    all.push_back(on_large_objects(beside_base(self, one, here.database),
                                   fmt::format("database \"{}\" that belongs to a neighbour", here.database),
                                   here.owners));
  }
  return all;
}

attempts large_objects_inside(const proof_facts& facts, const database_name& victim, const probe& self) {
  if (!has_a_tenant(facts, victim)) return {};
  const auto base = inside_base(self, victim);
  return {on_large_objects(base, in_database(victim), {}),
          plain(base, "create a large object in " + in_database(victim), "SELECT pg_catalog.lo_create(0)")};
}

attempts names_inside(const proof_facts& facts, const database_name& victim, const probe& self) {
  if (!has_a_tenant(facts, victim)) return {};
  const auto base = new_attempt(self, victim);
  return {plain(base, "list the tables of " + in_database(victim),
                "SELECT relname FROM pg_catalog.pg_class WHERE oid >= 16384 LIMIT 1"),
          plain(base, "read the functions' source in " + in_database(victim),
                "SELECT prosrc FROM pg_catalog.pg_proc WHERE oid >= 16384 LIMIT 1")};
}

attempts schemas_beside(const proof_facts& facts, const log_in_facts& one, const probe& self,
                        const attempt_scope& scope) {
  attempts all;
  for (const auto& here : neighbourhoods_of(facts, one, scope)) {
    for (const auto& schema : here.schemas) {
      all.push_back(plain(beside_base(self, one, here.database),
                          fmt::format("create a table in schema \"{}\" of database \"{}\"", schema, here.database),
                          make_table_in(schema)));
    }
  }
  return all;
}

attempts schemas_inside(const proof_facts& facts, const database_name& victim, const probe& self) {
  if (!has_a_tenant(facts, victim)) return {};
  const auto base = inside_base(self, victim);
  std::vector<schema_name> schemas{{"public"}};
  if (const auto* declared = facts.declared_database(victim); declared != nullptr) {
    for (const auto& grants : declared->object_grants) {
      if (grants.schema != schemas.front()) schemas.push_back(grants.schema);
    }
  }
  attempts all;
  for (const auto& schema : schemas) {
    all.push_back(plain(base, fmt::format("create a table in schema \"{}\" of {}", schema, in_database(victim)),
                        make_table_in(schema)));
    all.back().absent = {"3F000"};
  }
  all.push_back(plain(base, "create a schema in " + in_database(victim), "CREATE SCHEMA \"innkeeper_probe\""));
  all.push_back(plain(base, "create a temporary table in " + in_database(victim),
                      "CREATE TEMPORARY TABLE \"innkeeper_probe\" (n integer)"));
  return all;
}

attempts signals_inside(const proof_facts& facts, const database_name& victim, const probe& self) {
  if (!has_a_tenant(facts, victim)) return {};
  const auto base = new_attempt(self, victim);
  return {plain(base, "take an advisory lock in " + in_database(victim),
                "SELECT pg_catalog.pg_try_advisory_xact_lock(7308895)"),
          plain(base, "notify listeners in " + in_database(victim), "NOTIFY \"innkeeper_probe\"")};
}

// Whatever lies in template1 comes with every later database that is copied from it.
attempts template_inside(const proof_facts&, const database_name& victim, const probe& self) {
  if (victim.value != "template1") return {};
  const auto base = inside_base(self, victim);
  return {plain(base, "put a function into template1",
                "CREATE FUNCTION public.\"innkeeper_probe\"() RETURNS pg_catalog.int4 LANGUAGE sql AS 'SELECT 1'"),
          plain(base, "put a large object into template1", "SELECT pg_catalog.lo_create(0)")};
}

}  // namespace innkeeper::probe_rows
