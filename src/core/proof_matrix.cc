#include "core/proof_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace innkeeper {
namespace {

using door = std::pair<role_name, database_name>;

// Does it say whether the log-in itself gets in? SET ROLE and the like are findings, not cells.
bool tells_of_entering(const attempt& one) {
  return one.with == credential::own && one.enters_as.empty() && one.takes_all_of.empty() &&
         one.through == door_kind::database && (one.is_door() || one.expects == expectation::works);
}

// What entering each database came to. A failed control of a session counts as its door's failure.
std::map<door, meaning> entered_doors(const attempt_plan& tried, const proof_answers& answers) {
  std::map<door, meaning> doors;
  for (std::size_t i = 0; i < tried.agendas.size() && i < answers.size(); ++i) {
    const auto& asked = tried.agendas[i];
    for (std::size_t at = 0; at < asked.visits.size() && at < answers[i].size(); ++at) {
      const auto& attempts = asked.visits[at].attempts;
      const auto& came = answers[i][at].attempts;
      for (std::size_t n = 0; n < attempts.size() && n < came.size(); ++n) {
        if (!came[n].tried || !tells_of_entering(attempts[n])) continue;
        const auto says = meaning_of(attempts[n], came[n]);
        auto& known = doors.try_emplace({asked.log_in, attempts[n].database}, says).first->second;
        known = std::max(known, says);
      }
    }
  }
  return doors;
}

std::string name_of(const attempt& tried) {
  std::string name = tried.database.value;
  switch (tried.through) {
    case door_kind::database:
      break;
    case door_kind::replication_of_database:
      name += " for replication";
      break;
    case door_kind::replication:
      name = "the whole server for replication";
      break;
  }
  if (!tried.enters_as.empty()) name += fmt::format(" as {}", tried.enters_as);
  switch (tried.with) {
    case credential::own:
      return tried.enters_as.empty() ? name : name + " with its own password";
    case credential::wrong:
      return name + " with a wrong password";
    case credential::empty:
      return name + " without a password";
    case credential::name:
      return name + " with the name as password";
  }
  return name;
}

void list_tries(const attempt_plan& tried, const proof_answers& answers, proof_report& report) {
  for (std::size_t i = 0; i < tried.agendas.size() && i < answers.size(); ++i) {
    const auto& asked = tried.agendas[i];
    tried_doors row{.log_in = asked.log_in};
    for (std::size_t at = 0; at < asked.visits.size() && at < answers[i].size(); ++at) {
      const auto& came = answers[i][at].attempts;
      if (asked.visits[at].is_door() && !came.empty() && came.front().tried) {
        row.doors.push_back(name_of(asked.visits[at].way_in()));
      }
    }
    if (!row.doors.empty()) report.tries.push_back(std::move(row));
  }
}

access_cell expected_cell(const proof_facts& facts, const log_in_facts& one, const database_name& database) {
  if (!one.owns(database)) return access_cell::reads;
  const auto* declared = facts.declared_database(database);
  const bool is_shared = one.services.size() > 1 || (declared != nullptr && declared->services.size() > 1);
  return is_shared ? access_cell::shared : access_cell::own;
}

access_cell cell_of(const proof_facts& facts, const log_in_facts& one, const database_name& name,
                    const std::map<door, meaning>& doors) {
  const auto tried = doors.find({one.name, name});
  if (tried != doors.end() && tried->second == meaning::unclear) return access_cell::failed;
  if (one.may_enter(name)) return expected_cell(facts, one, name);
  const auto* found = facts.database(name);
  if (tried != doors.end()) {
    return tried->second == meaning::leak ? access_cell::leak : access_cell::refused;
  }
  if (found == nullptr) return access_cell::unknown;
  return facts.can_enter(one, *found) ? access_cell::leak : access_cell::closed;
}

std::vector<database_name> columns_of(const proof_facts& facts) {
  std::vector<database_name> columns;
  for (const auto& one : facts.desired().databases) {
    if (!one.is_registry) columns.push_back(one.name);
  }
  for (const auto* one : facts.open_databases()) {
    if (facts.is_undeclared(one->name)) columns.push_back(one->name);
  }
  for (const char* name : {"postgres", "template1", "innkeeper"}) {
    if (facts.database({name}) != nullptr) columns.push_back({name});
  }
  return columns;
}

// How the services of one database are told apart.
std::string sharing_of(const desired_database& database, const estate& all) {
  std::set<std::string> schemas;
  bool has_prefixes = false;
  for (const auto& name : database.services) {
    const auto* service = find_service(all, name);
    schemas.insert(fmt::format("\"{}\"", service->schema.value));
    has_prefixes = has_prefixes || !service->prefix.value.empty();
  }
  if (schemas.size() == database.services.size()) return "a schema each";
  return fmt::format("in schema{} {}{}", schemas.size() == 1 ? "" : "s", fmt::join(schemas, ", "),
                     has_prefixes ? ", told apart by table prefixes" : "");
}

}  // namespace

std::vector<std::string> declared_sharing(const proof_facts& facts) {
  std::vector<std::string> lines;
  for (const auto& one : facts.log_ins()) {
    if (one.services.size() < 2 || facts.is_closed(one.name)) continue;
    lines.push_back(fmt::format("user \"{}\" logs in for {} services: {}", one.name, one.services.size(),
                                fmt::join(one.services, ", ")));
  }
  for (const auto& database : facts.desired().databases) {
    if (database.services.size() < 2) continue;
    lines.push_back(fmt::format("database \"{}\" holds {} services, {}", database.name, database.services.size(),
                                sharing_of(database, facts.all())));
  }
  for (const auto& one : facts.log_ins()) {
    if (facts.is_closed(one.name)) continue;
    for (const auto& database : one.lent) {
      lines.push_back(fmt::format("user \"{}\" may read database \"{}\"", one.name, database));
    }
  }
  for (const auto& one : facts.desired().databases) {
    if (!one.lookup) continue;
    for (const auto& user : one.lookup->users) {
      lines.push_back(fmt::format(
          "pooler \"{}\" enters database \"{}\" and reads the verifiers of its log-ins, nothing else", user, one.name));
    }
  }
  return lines;
}

void fill_matrix(const proof_facts& facts, const attempt_plan& tried, const proof_answers& answers,
                 proof_report& report) {
  const auto doors = entered_doors(tried, answers);
  list_tries(tried, answers, report);
  report.matrix.columns = columns_of(facts);
  for (const auto& one : facts.log_ins()) {
    if (facts.is_closed(one.name)) continue;
    access_row row{.log_in = one.name, .services = one.services};
    for (const auto& column : report.matrix.columns) {
      row.cells.push_back(cell_of(facts, one, column, doors));
      if (one.may_enter(column)) continue;
      ++report.doors;
      if (doors.contains({one.name, column})) ++report.doors_tried;
    }
    report.matrix.rows.push_back(std::move(row));
  }
}

}  // namespace innkeeper
