#include "core/proof_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace innkeeper {
namespace {

using door = std::pair<role_name, database_name>;

enum class door_answer { as_expected, leak, failed };

// What entering each database came to. A failed control of a session counts as its door's failure.
std::map<door, door_answer> tried_doors(const std::vector<agenda>& agendas,
                                        const std::vector<std::vector<outcome>>& answers) {
  std::map<door, door_answer> doors;
  for (std::size_t i = 0; i < agendas.size() && i < answers.size(); ++i) {
    std::size_t next = 0;
    for (const auto& each : agendas[i].visits) {
      for (const auto& one : each.attempts) {
        if (next == answers[i].size()) break;
        const auto& answer = answers[i][next++];
        if (!answer.tried || one.with != credential::own) continue;
        // Only what says whether the door opened; SET ROLE and the like are findings, not cells.
        if (!one.statements.empty() && one.expects == expectation::refused) continue;
        const auto meaning = is_as_expected(one, answer)                            ? door_answer::as_expected
                             : one.expects == expectation::refused && answer.worked ? door_answer::leak
                                                                                    : door_answer::failed;
        auto& known = doors.try_emplace({agendas[i].log_in, one.database}, meaning).first->second;
        known = std::max(known, meaning);
      }
    }
  }
  return doors;
}

access_cell expected_cell(const proof_facts& facts, const log_in_facts& one, const database_name& database) {
  if (!one.owns(database)) return access_cell::reads;
  const auto* declared = facts.declared_database(database);
  const bool is_shared = one.services.size() > 1 || (declared != nullptr && declared->services.size() > 1);
  return is_shared ? access_cell::shared : access_cell::own;
}

access_cell cell_of(const proof_facts& facts, const log_in_facts& one, const database_name& name,
                    const std::map<door, door_answer>& doors) {
  const auto tried = doors.find({one.name, name});
  if (tried != doors.end() && tried->second == door_answer::failed) return access_cell::failed;
  if (one.may_enter(name)) return expected_cell(facts, one, name);
  const auto* found = facts.database(name);
  if (tried != doors.end()) {
    return tried->second == door_answer::leak ? access_cell::leak : access_cell::refused;
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
    if (one.services.size() < 2) continue;
    lines.push_back(fmt::format("user \"{}\" logs in for {} services: {}", one.name, one.services.size(),
                                fmt::join(one.services, ", ")));
  }
  for (const auto& database : facts.desired().databases) {
    if (database.services.size() < 2) continue;
    lines.push_back(fmt::format("database \"{}\" holds {} services, {}", database.name, database.services.size(),
                                sharing_of(database, facts.all())));
  }
  for (const auto& one : facts.log_ins()) {
    for (const auto& database : one.lent) {
      lines.push_back(fmt::format("user \"{}\" may read database \"{}\"", one.name, database));
    }
  }
  return lines;
}

void fill_matrix(const proof_facts& facts, const std::vector<agenda>& agendas,
                 const std::vector<std::vector<outcome>>& answers, proof_report& report) {
  const auto doors = tried_doors(agendas, answers);
  report.matrix.columns = columns_of(facts);
  for (const auto& one : facts.log_ins()) {
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
