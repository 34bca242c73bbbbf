#include <fmt/format.h>

#include <algorithm>

#include "core/naming.h"
#include "core/probe_rows.h"
#include "core/sql.h"

// Statements run in a session that the service may have prepared: its search_path, its functions, its settings. So
// every name is qualified, identity comes from keywords that nothing can shadow, and nothing reads a service's own
// tables, views or triggers.
namespace innkeeper::probe_rows {
namespace {

attempt new_attempt(const probe& self, const log_in_facts& one, const database_name& database) {
  return {.probe = std::string{self.id}, .log_in = one.name, .database = database, .how_bad = self.how_bad};
}

std::string probe_table(const schema_name& schema) {
  return fmt::format("{}.\"innkeeper_probe\"", quoted(schema));
}

attempt create_table(const probe& self, const log_in_facts& one, const database_name& database,
                     const schema_name& schema) {
  auto result = new_attempt(self, one, database);
  result.statements = {fmt::format("CREATE TABLE {} (n integer)", probe_table(schema))};
  result.aim = fmt::format("create a table in schema \"{}\" of database \"{}\"", schema, database);
  return result;
}

attempt enter(const probe& self, const proof_facts& facts, const log_in_facts& one, const database_name& database) {
  auto result = new_attempt(self, one, database);
  result.aim = fmt::format("enter database \"{}\"", database);
  if (const auto* found = facts.database(database); found != nullptr) {
    result.statement = facts.closing_statement(one, *found);
  }
  return result;
}

// The schema's owner in the role model, if this log-in may become it: then it may make tables there.
bool may_create_in(const log_in_facts& one, const desired_schema& schema) {
  return !schema.owner.empty() && one.declared.contains(schema.owner);
}

attempt control_of(const probe& self, const proof_facts& facts, const log_in_facts& one,
                   const database_name& database) {
  auto result = new_attempt(self, one, database);
  const auto starts_as = facts.starting_role_of(one, database);
  result.statements = {"SELECT current_user, session_user"};
  result.expects = expectation::works;
  result.expected_row = {starts_as.value, one.name.value};
  result.is_control = true;
  result.aim = fmt::format("enter its own database \"{}\" and start as \"{}\"", database, starts_as);
  return result;
}

}  // namespace

attempts own_database(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t) {
  attempts all;
  for (const auto& database : one.own) all.push_back(control_of(self, facts, one, database));
  for (const auto& database : one.lent) {
    auto lent = control_of(self, facts, one, database);
    lent.is_control = false;
    lent.aim = fmt::format("enter database \"{}\", which it may read, and start as \"{}\"", database,
                           facts.starting_role_of(one, database));
    all.push_back(std::move(lent));
  }
  return all;
}

attempts own_tables(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t) {
  attempts all;
  for (const auto* databases : {&one.own, &one.lent}) {
    for (const auto& database : *databases) {
      const auto* declared = facts.declared_database(database);
      const auto starts_as = facts.starting_role_of(one, database);
      for (const auto& schema : declared->schemas) {
        if (schema.owner.empty()) continue;
        const bool is_its_schema = std::ranges::any_of(declared->object_grants, [&](const auto& grants) {
          return grants.schema == schema.name && (grants.owner == starts_as || grants.rw == starts_as ||
                                                  grants.ro == starts_as || grants.owner == one.name);
        });
        if (!is_its_schema) continue;
        auto create = create_table(self, one, database, schema.name);
        if (may_create_in(one, schema)) {
          create.statements.push_back(fmt::format("INSERT INTO {} VALUES (1)", probe_table(schema.name)));
          create.statements.push_back(fmt::format("SELECT n FROM {}", probe_table(schema.name)));
          create.expects = expectation::works;
          create.expected_row = {"1"};
          create.aim =
              fmt::format("create, write and read a table in schema \"{}\" of database \"{}\"", schema.name, database);
        }
        all.push_back(std::move(create));
      }
    }
  }
  return all;
}

attempts other_databases(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t at_most) {
  attempts all;
  for (const auto& victim : facts.victims_of(one, at_most)) {
    if (facts.declared_database(victim) != nullptr) all.push_back(enter(self, facts, one, victim));
  }
  return all;
}

attempts foreign_schemas(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t at_most) {
  attempts all;
  for (const auto& database : one.own) {
    for (const auto& schema : facts.declared_database(database)->schemas) {
      if (schema.owner.empty() || one.declared.contains(schema.owner) || all.size() == at_most) continue;
      const auto group = std::ranges::find(facts.declared_database(database)->object_grants, schema.name,
                                           &desired_object_grants::schema);
      if (one.declared.contains(group->rw) || one.declared.contains(group->ro)) continue;
      all.push_back(create_table(self, one, database, schema.name));
    }
  }
  return all;
}

attempts maintenance_databases(const proof_facts& facts, const log_in_facts& one, const probe& self,
                               std::size_t at_most) {
  attempts all;
  for (const char* name : {"postgres", "template1", "innkeeper", "template0"}) {
    const database_name database{name};
    if (facts.database(database) != nullptr) all.push_back(enter(self, facts, one, database));
  }
  for (const auto& victim : facts.victims_of(one, at_most)) {
    if (facts.is_undeclared(victim)) all.push_back(enter(self, facts, one, victim));
  }
  return all;
}

attempts foreign_roles(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t at_most) {
  std::vector<role_name> targets{facts.observed().can.admin};
  const auto add = [&](const role_name& role) {
    if (role.empty() || one.declared.contains(role) || facts.role(role) == nullptr) return;
    if (std::ranges::find(targets, role) == targets.end()) targets.push_back(role);
  };
  // Its own database's owner, which a readwrite log-in must not become; then the neighbours'.
  std::vector<database_name> databases = one.own;
  for (const auto& victim : facts.victims_of(one, at_most)) databases.push_back(victim);
  for (const auto& database : databases) {
    const auto* declared = facts.declared_database(database);
    if (declared == nullptr) continue;
    for (const auto& grants : declared->object_grants) {
      if (targets.size() <= at_most) add(grants.owner);
    }
  }
  attempts all;
  for (const auto& role : targets) {
    auto become = new_attempt(self, one, one.own.front());
    become.statements = {fmt::format("SET LOCAL ROLE {}", quoted(role))};
    become.aim = fmt::format("become role \"{}\"", role);
    become.statement = facts.parting_statement(one, role);
    all.push_back(std::move(become));
  }
  return all;
}

// `trust` lets in with any password; so one wrong one tells as much as none at all.
attempts wrong_password(const proof_facts&, const log_in_facts& one, const probe& self, std::size_t) {
  auto door = new_attempt(self, one, one.own.front());
  door.with = credential::wrong;
  door.aim =
      fmt::format("enter database \"{}\" with a wrong password, as \"trust\" in pg_hba.conf allows", door.database);
  return {door};
}

}  // namespace innkeeper::probe_rows
