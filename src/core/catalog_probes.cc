#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/acl.h"
#include "core/probe_checks.h"
#include "core/probe_rows.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

// PostgreSQL's own, of whatever major, and those that providers give to whom they let administer.
bool is_predefined(const role_name& name) {
  static const std::set<std::string_view> of_providers{
      "rds_superuser",  "rds_replication", "rds_password",     "rdsadmin",       "cloudsqlsuperuser",
      "cloudsqladmin",  "cloudsqlreplica", "alloydbsuperuser", "azuresu",        "azure_superuser",
      "azure_pg_admin", "doadmin",         "avnadmin",         "supabase_admin", "neon_superuser"};
  return name.value.starts_with("pg_") || of_providers.contains(name.value);
}

std::string database_words(const proof_facts& facts, const database_name& name) {
  return fmt::format("{}database \"{}\"", facts.is_undeclared(name) ? "undeclared " : "", name);
}

// The same order on every machine, which addresses would not give.
struct by_index {
  bool operator()(const log_in_facts* a, const log_in_facts* b) const { return a->index < b->index; }
};

// Log-ins of the estate that can become a role with privileges on this database; without PUBLIC, which P11 judges, and
// without superusers, which P18 judges: one cause, one finding.
void judge_privileges_on(const proof_facts& facts, const observed_database& database, checks& result) {
  std::set<const log_in_facts*, by_index> candidates;
  const auto add = [&](const role_name& role) {
    for (const auto* one : facts.who_reaches(role)) candidates.insert(one);
  };
  for (const auto& item : database.privileges) add(item.grantee);
  add(database.owner);
  const auto entitled = std::erase_if(candidates, [&](const auto* one) { return one->may_enter(database.name); });
  result.count(static_cast<int>(facts.log_ins().size() - entitled));
  for (const auto* one : candidates) {
    if (facts.is_superuser(*one)) continue;
    result.leak_of(
        *one, database.name,
        fmt::format("log-in \"{}\" holds {} on {}", one->name, privilege_words(facts.held_privileges(*one, database)),
                    database_words(facts, database.name)),
        facts.closing_statement(*one, database));
  }
}

// Roles outside the estate that may enter a service's database: monitoring, people. Somebody else's business, but said.
void advise_on_strangers(const proof_facts& facts, const observed_database& database, checks& result) {
  if (facts.declared_database(database.name) == nullptr) return;
  for (const auto& item : database.privileges) {
    const auto* role = facts.role(item.grantee);
    if (item.is_public() || role == nullptr || role->superuser || facts.is_declared_role(item.grantee)) continue;
    if (item.grantee == database.owner || item.grantee == facts.observed().can.admin) continue;
    auto one = about(facts, database.name);
    one.says = verdict::advice;
    one.text = fmt::format("role \"{}\", which no manifest declares, holds {} on database \"{}\"", item.grantee,
                           privilege_words(item.privileges), database.name);
    one.statement = fmt::format("REVOKE ALL ON DATABASE {} FROM {};", quoted(database.name), quoted(item.grantee));
    result.find(std::move(one));
  }
}

bool is_somebody_else_s(const proof_facts& facts, const role_name& owner) {
  const auto* role = facts.role(owner);
  return role != nullptr && !role->superuser && owner != facts.observed().can.admin;
}

}  // namespace

judgement privileges_on_other_databases(const proof_facts& facts, const probe& self) {
  checks result{self};
  for (const auto* database : facts.open_databases()) {
    judge_privileges_on(facts, *database, result);
    advise_on_strangers(facts, *database, result);
  }
  return result.done();
}

judgement databases_open_to_public(const proof_facts& facts, const probe& self) {
  checks result{self};
  for (const auto* database : facts.open_databases()) {
    result.count();
    const std::string letters = privileges_of(database->privileges, everybody);
    if (letters.empty()) continue;
    auto one = about(facts, database->name);
    one.text = fmt::format("every log-in of the server holds {} on {}", privilege_words(letters),
                           database_words(facts, database->name));
    one.statement = fmt::format("REVOKE ALL ON DATABASE {} FROM PUBLIC;", quoted(database->name));
    result.find(std::move(one));
  }
  return result.done();
}

judgement database_attributes(const proof_facts& facts, const probe& self) {
  checks result{self};
  for (const auto& declared : facts.desired().databases) {
    const auto* found = facts.database(declared.name);
    if (found == nullptr) continue;  // the plan creates it: drift
    const auto check = [&](bool is_right, verdict says, const std::string& text, const std::string& change) {
      result.count();
      if (is_right) return;
      auto one = about(facts, declared.name);
      one.says = says;
      one.text = fmt::format("database \"{}\" {}", declared.name, text);
      if (!change.empty()) one.statement = fmt::format("ALTER DATABASE {} {};", quoted(declared.name), change);
      result.find(std::move(one));
    };
    check(!found->is_template, verdict::leak, "is a template: whoever may create databases can copy it",
          "IS_TEMPLATE false");
    check(found->allows_connections, verdict::failed, "takes no connections", "ALLOW_CONNECTIONS true");
    const auto& owners = facts.who_reaches(found->owner);
    check(owners.empty(), verdict::leak,
          fmt::format("belongs to \"{}\", so that log-in \"{}\" can open it to others", found->owner,
                      owners.empty() ? "" : owners.front()->name.value),
          fmt::format("OWNER TO {}", quoted(facts.observed().can.admin)));
    if (owners.empty() && is_somebody_else_s(facts, found->owner)) {
      auto one = about(facts, declared.name);
      one.says = verdict::advice;
      one.text =
          fmt::format("database \"{}\" belongs to \"{}\", which can open it to others", declared.name, found->owner);
      one.statement =
          fmt::format("ALTER DATABASE {} OWNER TO {};", quoted(declared.name), quoted(facts.observed().can.admin));
      result.find(std::move(one));
    }
    if (declared.is_registry) continue;
    check(found->connection_limit != -1, verdict::leak, "has no connection limit: it can take all of the server's",
          fmt::format("CONNECTION LIMIT {}", declared.connection_limit));
    check(found->connection_limit != -2, verdict::failed, "was left behind by a DROP DATABASE that was cut off", "");
  }
  return result.done();
}

judgement memberships(const proof_facts& facts, const probe& self) {
  checks result{self};
  for (const auto& one : facts.log_ins()) {
    result.count();
    // One membership may lead to many roles: one finding, with all of them.
    std::map<std::pair<role_name, role_name>, std::vector<role_name>> ways;
    for (const auto& [role, how] : one.reached) {
      if (how.undeclared == nullptr || is_predefined(role)) continue;
      ways[{how.undeclared->role, how.undeclared->member}].push_back(role);
    }
    for (const auto& [membership, roles] : ways) {
      const auto culprit = std::ranges::find_if(roles, [&](const role_name& role) {
        return facts.is_declared_role(role) || facts.who_reaches(role).size() > 1 || role == facts.observed().can.admin;
      });
      const bool is_shared = culprit != roles.end();
      std::vector<std::string> names;
      for (const auto& role : roles) names.push_back(fmt::format("\"{}\"", role));
      finding found{.says = is_shared ? verdict::leak : verdict::advice,
                    .service = one.service(),
                    .log_in = one.name,
                    .text = fmt::format("log-in \"{}\" can become {}, which no manifest declares", one.name,
                                        fmt::join(names, ", ")),
                    .statement = facts.parting_statement(one, roles.front()),
                    .where = one.where};
      if (is_shared && !facts.is_declared_role(*culprit)) {
        for (const auto* other : facts.who_reaches(*culprit)) {
          if (other->name != one.name) found.detail = fmt::format("log-in \"{}\" can become it too", other->name);
        }
      }
      result.find(std::move(found));
    }
  }
  return result.done();
}

judgement predefined_roles(const proof_facts& facts, const probe& self) {
  checks result{self};
  for (const auto& one : facts.log_ins()) {
    result.count();
    for (const auto& [role, how] : one.reached) {
      if (!is_predefined(role)) continue;
      result.leak_of(one, {}, fmt::format("log-in \"{}\" can become \"{}\"", one.name, role),
                     facts.parting_statement(one, role));
    }
  }
  return result.done();
}

judgement role_attributes(const proof_facts& facts, const probe& self) {
  struct attribute {
    bool observed_role::*has;
    std::string_view word;
  };
  static constexpr std::array<attribute, 5> attributes{{{&observed_role::superuser, "SUPERUSER"},
                                                        {&observed_role::createrole, "CREATEROLE"},
                                                        {&observed_role::createdb, "CREATEDB"},
                                                        {&observed_role::replication, "REPLICATION"},
                                                        {&observed_role::bypassrls, "BYPASSRLS"}}};
  checks result{self};
  for (const auto& one : facts.log_ins()) {
    result.count();
    for (const auto& [name, how] : one.reached) {
      const auto* role = facts.role(name);
      if (role == nullptr) continue;
      for (const auto& [has, word] : attributes) {
        if (!(role->*has)) continue;
        const std::string by = name == one.name ? "" : fmt::format(", by becoming \"{}\"", name);
        result.leak_of(one, {}, fmt::format("log-in \"{}\" has {}{}", one.name, word, by),
                       how.undeclared != nullptr ? facts.parting_statement(one, name)
                                                 : fmt::format("ALTER ROLE {} NO{};", quoted(name), word));
      }
    }
  }
  return result.done();
}

judgement rights_to_hand_out(const proof_facts& facts, const probe& self) {
  checks result{self};
  result.count(static_cast<int>(facts.log_ins().size()));
  const auto find = [&](const role_name& holder, const database_name& database, const std::string& text,
                        const std::string& statement) {
    const auto& able = facts.who_reaches(holder);
    if (!able.empty()) result.leak_of(*able.front(), database, text, statement);
  };
  for (const auto& row : facts.observed().memberships) {
    if (!row.admin) continue;
    find(row.member, {}, fmt::format("role \"{}\" may make others members of \"{}\"", row.member, row.role),
         fmt::format("REVOKE ADMIN OPTION FOR {} FROM {};", quoted(row.role), quoted(row.member)));
  }
  const auto grantable = [&](const acl& list, const database_name& database, const std::string& object) {
    for (const auto& item : list) {
      if (item.grantable.empty() || item.is_public()) continue;
      const std::string words = privilege_words(item.grantable);
      find(item.grantee, database, fmt::format("role \"{}\" may give {} on {} to others", item.grantee, words, object),
           fmt::format("REVOKE GRANT OPTION FOR {} ON {} FROM {} CASCADE;", words, object, quoted(item.grantee)));
    }
  };
  for (const auto& database : facts.observed().databases) {
    grantable(database.privileges, database.name, fmt::format("DATABASE {}", quoted(database.name)));
    if (!database.contents) continue;
    for (const auto& schema : database.contents->schemas) {
      grantable(schema.privileges, database.name, fmt::format("SCHEMA {}", quoted(schema.name)));
    }
  }
  judge_object_grant_options(facts, result);
  return result.done();
}

judgement foreign_sessions(const proof_facts& facts, const probe& self) {
  checks result{self};
  for (const auto& declared : facts.desired().databases) {
    if (!declared.is_registry) result.count();
  }
  for (const auto& session : facts.observed().sessions) {
    const auto* declared = facts.declared_database(session.database);
    const auto* role = facts.role(session.role);
    if (declared == nullptr || session.role == facts.observed().can.admin) continue;
    if (role != nullptr && role->superuser) continue;
    const auto& log_ins = facts.log_ins();
    const auto whose = std::ranges::find(log_ins, session.role, &log_in_facts::name);
    if (whose != log_ins.end() && whose->may_enter(session.database)) continue;
    auto one = about(facts, session.database);
    // A log-in of a service that was left out of this proof, or of nobody we know: said, not judged.
    one.says = whose != log_ins.end() ? verdict::leak : verdict::advice;
    if (facts.is_declared_role(session.role) && whose == log_ins.end()) continue;
    one.log_in = session.role;
    one.text = fmt::format("role \"{}\" has {} session{} in database \"{}\"", session.role, session.count,
                           session.count == 1 ? "" : "s", session.database);
    one.statement =
        fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {} AND usename = {};",
                    quote_literal(session.database.value), quote_literal(session.role.value));
    result.find(std::move(one));
  }
  judge_prepared_and_slots(facts, result);
  return result.done();
}

}  // namespace innkeeper::probe_rows
