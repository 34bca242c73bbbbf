// What noisy neighbours may use up, as far as catalogs tell: N1, N3, N4, N6, N9, N10, N14, N19. All but N14 are advice,
// with the figures; what nothing bounds is in limits.h.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/probe_places.h"
#include "core/probe_rows.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

std::int64_t number(const proof_facts& facts, std::string_view name, std::int64_t where_absent) {
  const auto& all = facts.observed().parameters_of_server;
  const auto found = std::ranges::find(all, name, &observed_parameter::name);
  if (found == all.end()) return where_absent;
  std::int64_t value = where_absent;
  std::from_chars(found->value.data(), found->value.data() + found->value.size(), value);
  return value;
}

finding advice_about(const proof_facts& facts, const database_name& name) {
  finding one = about(facts, name);
  one.says = verdict::advice;
  return one;
}

std::string end_session(int pid) {
  return fmt::format("SELECT pg_catalog.pg_terminate_backend({});", pid);
}

void judge_sums(const proof_facts& facts, checks& result) {
  const auto most = number(facts, "max_connections", 0);
  const auto reserved = number(facts, "superuser_reserved_connections", 0) + number(facts, "reserved_connections", 0);
  std::int64_t sum = 0;
  for (const auto& declared : facts.desired().databases) {
    const auto* found = facts.database(declared.name);
    if (found != nullptr && !declared.is_registry && found->connection_limit > 0) sum += found->connection_limit;
  }
  if (most == 0 || sum <= most - reserved) return;
  result.find(
      {.says = verdict::advice,
       .text = fmt::format("the connection limits of all services add up to {}, and the server has {} seats for "
                           "them",
                           sum, most - reserved),
       .detail =
           fmt::format("max_connections is {}, {} of them reserved; it takes effect with a restart", most, reserved),
       .statement = fmt::format("ALTER SYSTEM SET max_connections = {};", sum + reserved)});
}

}  // namespace

judgement connection_seats(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  judge_sums(facts, result);
  for (const auto& one : facts.log_ins()) {
    const auto* role = facts.role(one.name);
    const auto& desired = facts.desired().roles;
    const auto wanted = std::ranges::find(desired, one.name, &desired_role::name);
    if (role == nullptr || role->connection_limit != -1 || wanted == desired.end()) continue;
    result.find(
        {.says = verdict::advice,
         .service = one.service(),
         .log_in = one.name,
         .text = fmt::format("log-in \"{}\" has no connection limit of its own", one.name),
         .statement = fmt::format("ALTER ROLE {} CONNECTION LIMIT {};", quoted(one.name), wanted->connection_limit),
         .where = one.where});
  }
  return result.done();
}

judgement lock_table(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  const auto slots = number(facts, "max_locks_per_transaction", 64) *
                     (number(facts, "max_connections", 100) + number(facts, "max_prepared_transactions", 0));
  for (const auto& one : facts.observed().security->lock_holders) {
    auto found = advice_about(facts, one.database);
    found.log_in = one.role;
    found.text = fmt::format("a session of role \"{}\" in database \"{}\" holds {} locks of some {} that all share",
                             one.role, one.database, one.amount, slots);
    found.statement = end_session(one.pid);
    result.find(std::move(found));
  }
  return result.done();
}

judgement notification_queue(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  const double full = facts.observed().security->notification_queue;
  if (full < 0.5) return result.done();
  result.find(
      {.says = verdict::advice,
       .text = fmt::format("the queue of NOTIFY is {:.0f}% full; full, nobody on the server can notify", full * 100),
       .detail = "a session that listens has been in a transaction for long; P44 and N6 may name it"});
  return result.done();
}

judgement long_transactions(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  for (const auto& one : facts.observed().security->long_transactions) {
    if (!is_of_a_service(facts, one.database)) continue;
    auto found = advice_about(facts, one.database);
    found.log_in = one.role;
    found.text = fmt::format("a session of role \"{}\" in database \"{}\" has been in a transaction for {} minutes",
                             one.role, one.database, one.amount / 60);
    found.statement = end_session(one.pid);
    result.find(std::move(found));
  }
  return result.done();
}

judgement transaction_ages(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  // Autovacuum begins to freeze at its maximum age; twice that says that it doesn't get through.
  const auto most = 2 * number(facts, "autovacuum_freeze_max_age", 200'000'000);
  const auto most_multixacts = 2 * number(facts, "autovacuum_multixact_freeze_max_age", 400'000'000);
  for (const auto& one : facts.observed().security->ages) {
    if (one.transactions <= most && one.multixacts <= most_multixacts) continue;
    auto found = advice_about(facts, one.database);
    found.text = fmt::format(
        "database \"{}\" has {} transactions that could not be frozen; at 2,000,000,000 the server "
        "takes no more writes, for anybody",
        one.database, std::max(one.transactions, one.multixacts));
    found.detail = "run it in that database; first end what keeps it: long transactions, prepared ones, slots";
    found.statement = "VACUUM (FREEZE);";
    result.find(std::move(found));
  }
  return result.done();
}

judgement vacuum_costs(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_place(facts, [&](const place& where) {
    if (where.declared() == nullptr) return;
    for (const auto& one : where.security().slow_vacuums) {
      auto found = where.about(one.schema);
      found.says = verdict::advice;
      found.text = fmt::format(
          "{} table{} of schema \"{}\" in database \"{}\", such as {}, keep{} a worker of autovacuum, "
          "which all share, at {} own pace",
          one.count, one.count == 1 ? "" : "s", one.schema, where.found().name, one.example, one.count == 1 ? "s" : "",
          one.count == 1 ? "its" : "their");
      found.statement = fmt::format(
          "ALTER TABLE {} RESET (autovacuum_vacuum_cost_delay, autovacuum_vacuum_cost_limit);", one.example);
      result.find(std::move(found));
    }
  });
  return result.done();
}

judgement tablespaces(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  for (const auto& one : facts.observed().security->tablespaces) {
    result.count();
    for (const auto& item : one.privileges) {
      const auto& able = facts.who_reaches(item.grantee);
      if (!item.is_public() && (able.empty() || facts.is_superuser(*able.front()))) continue;
      finding found{.text = fmt::format("{} may fill tablespace \"{}\"",
                                        item.is_public() ? "every role" : fmt::format("role \"{}\"", item.grantee),
                                        one.name)};
      if (!item.is_public()) {
        found.service = able.front()->service();
        found.log_in = able.front()->name;
        found.where = able.front()->where;
      }
      found.statement = fmt::format("REVOKE ALL ON TABLESPACE {} FROM {};", quote_identifier(one.name),
                                    item.is_public() ? "PUBLIC" : quoted(item.grantee));
      result.find(std::move(found));
    }
  }
  return result.done();
}

judgement kept_wal(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  const auto& slots = facts.observed().security->slots;
  for (const auto& one : slots) {
    if (one.is_active) continue;
    auto found = advice_about(facts, one.database);
    found.text = fmt::format("replication slot \"{}\" is not in use and keeps all WAL written since", one.name);
    found.statement = fmt::format("SELECT pg_catalog.pg_drop_replication_slot({});", quote_literal(one.name));
    if (!one.is_logical || !is_of_a_service(facts, one.database)) result.find(std::move(found));  // else P44's
  }
  if (!slots.empty() && number(facts, "max_slot_wal_keep_size", -1) == -1) {
    result.find({.says = verdict::advice,
                 .text = "nothing bounds the WAL that replication slots keep: a lost consumer fills the disk",
                 .statement = "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'; SELECT pg_catalog.pg_reload_conf();"});
  }
  return result.done();
}

}  // namespace innkeeper::probe_rows
