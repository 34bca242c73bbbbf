#include <fmt/format.h>

#include <algorithm>

#include "core/probe_rows.h"

namespace innkeeper::probe_rows {
namespace {

attempt enter(const probe& self, const proof_facts& facts, const log_in_facts& one, const database_name& database) {
  auto result = new_attempt(self, one, database);
  result.aim = fmt::format("enter database \"{}\"", database);
  if (const auto* found = facts.database(database); found != nullptr) {
    result.statement = facts.closing_statement(one, *found);
  }
  return result;
}

std::string_view word_of(credential with) {
  switch (with) {
    case credential::own:
      return "with its own password";
    case credential::wrong:
      return "with a wrong password";
    case credential::empty:
      return "without a password";
    case credential::name:
      return "with the name as password";
  }
  return {};
}

// Whose log-in, at which door. `enters_as` empty: its own.
struct key_hole {
  role_name enters_as;
  database_name database;
};

attempt with_key(const probe& self, const log_in_facts& one, const key_hole& where, credential with, std::size_t road) {
  auto door = new_attempt(self, one, where.database);
  door.enters_as = where.enters_as;
  door.with = with;
  door.road = road;
  const auto as = where.enters_as.empty() ? "" : fmt::format(" as \"{}\"", where.enters_as);
  door.aim = fmt::format("enter database \"{}\"{} {}", where.database, as, word_of(with));
  // `trust` lets in with whatever password.
  if (with == credential::wrong || with == credential::empty) door.aim += ", as \"trust\" in pg_hba.conf allows";
  return door;
}

}  // namespace

attempts other_databases(const proof_facts& facts, const log_in_facts& one, const probe& self,
                         const attempt_scope& scope) {
  attempts all;
  for (const auto& victim : facts.victims_of(one, scope.doors)) {
    if (facts.declared_database(victim) != nullptr) all.push_back(enter(self, facts, one, victim));
  }
  return all;
}

attempts maintenance_databases(const proof_facts& facts, const log_in_facts& one, const probe& self,
                               const attempt_scope& scope) {
  attempts all;
  for (const char* name : {"postgres", "template1", "innkeeper", "template0"}) {
    const database_name database{name};
    if (facts.database(database) != nullptr) all.push_back(enter(self, facts, one, database));
  }
  for (const auto& victim : facts.victims_of(one, scope.doors)) {
    if (facts.is_undeclared(victim)) all.push_back(enter(self, facts, one, victim));
  }
  return all;
}

// Only a log-in's own attribute opens these, not one that it inherits or could SET ROLE to.
attempts replication(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope& scope) {
  const auto& parameters = facts.observed().parameters_of_server;
  const auto senders = std::ranges::find(parameters, "max_wal_senders", &observed_parameter::name);
  if (senders != parameters.end() && senders->value == "0") return {};  // then nobody replicates
  attempts all;
  const auto add = [&](const database_name& database, door_kind through, std::string aim) {
    auto door = new_attempt(self, one, database);
    door.through = through;
    door.aim = std::move(aim);
    all.push_back(std::move(door));
  };
  add(one.own.front(), door_kind::replication_of_database,
      fmt::format("replicate database \"{}\", its own", one.own.front()));
  add(one.own.front(), door_kind::replication, "copy the whole server by replication");
  for (const auto& victim : facts.victims_of(one, scope.victims)) {
    add(victim, door_kind::replication_of_database, fmt::format("replicate database \"{}\"", victim));
  }
  return rotated(std::move(all), one.index);
}

// Its own door with a wrong password first: one `trust` line for it alone is then found by it alone.
attempts passwords(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope& scope) {
  const key_hole own{{}, one.own.front()};
  attempts all{with_key(self, one, own, credential::wrong, 0)};
  attempts others;
  std::vector<key_hole> foreign{{facts.observed().can.admin, {"postgres"}}};
  for (const auto* victim : facts.strangers_to(one, std::min(scope.victims, scope.doors))) {
    foreign.push_back({victim->log_in, victim->home});
  }
  for (std::size_t road = 0; road < scope.roads; ++road) {
    if (road > 0) others.push_back(with_key(self, one, own, credential::wrong, road));
    others.push_back(with_key(self, one, own, credential::name, road));
    others.push_back(with_key(self, one, own, credential::empty, road));
    for (const auto& each : foreign) {
      others.push_back(with_key(self, one, each, credential::own, road));
      others.push_back(with_key(self, one, each, credential::name, road));
    }
  }
  others = rotated(std::move(others), one.index * 2);
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

}  // namespace innkeeper::probe_rows
