// The server itself, and what is kept on it across databases: P13, P45, and P44's second half.
#include <fmt/format.h>

#include <algorithm>

#include "core/probe_checks.h"
#include "core/probe_rows.h"
#include "core/server_minors.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

const observed_parameter* parameter(const proof_facts& facts, std::string_view name) {
  const auto& all = facts.observed().parameters_of_server;
  const auto found = std::ranges::find(all, name, &observed_parameter::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

judgement things_in_templates(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  result.count();
  for (const auto& one : facts.observed().security->in_templates) {
    const auto* role = facts.role(one.role);
    if (role == nullptr || role->superuser || one.role == facts.observed().can.admin) continue;
    if (is_of_a_service(facts, one.database)) continue;  // a template by mistake: P14
    const auto& able = facts.who_reaches(one.role);
    finding found{.database = one.database};
    if (!able.empty()) {
      found.service = able.front()->service();
      found.log_in = able.front()->name;
      found.where = able.front()->where;
    }
    found.text =
        fmt::format("{} object{} of template \"{}\" belong{} or {} given to \"{}\": each new database copies {}",
                    one.count, one.count == 1 ? "" : "s", one.database, one.count == 1 ? "s" : "",
                    one.count == 1 ? "is" : "are", one.role, one.count == 1 ? "it" : "them");
    found.detail = fmt::format("run it in database \"{}\"", one.database);
    found.statement = fmt::format("DROP OWNED BY {};", quoted(one.role));
    result.find(std::move(found));
  }
  return result.done();
}

void judge_prepared_and_slots(const proof_facts& facts, checks& result) {
  if (!facts.observed().security) return;
  const auto& security = *facts.observed().security;
  result.count(2);
  const auto* limit = parameter(facts, "max_prepared_transactions");
  if (limit != nullptr && limit->value != "0" && !facts.desired().settings.contains(limit->name)) {
    result.find({.text = fmt::format("every log-in may prepare transactions, {} on this server, which outlive its "
                                     "session and keep their locks",
                                     limit->value),
                 .detail = "declare it among the server's settings where services need it; else it takes effect with "
                           "a restart",
                 .statement = "ALTER SYSTEM SET max_prepared_transactions = 0;"},
                gravity::medium);
  }
  for (const auto& one : security.prepared_transactions) {
    if (!is_of_a_service(facts, one.database)) continue;
    const auto& log_ins = facts.log_ins();
    const auto whose = std::ranges::find(log_ins, one.owner, &log_in_facts::name);
    if (whose == log_ins.end() || whose->may_enter(one.database)) continue;
    auto found = about(facts, one.database);
    found.log_in = one.owner;
    found.text = fmt::format("role \"{}\" left a prepared transaction in database \"{}\"", one.owner, one.database);
    found.detail = "run it in that database";
    found.statement = fmt::format("ROLLBACK PREPARED {};", quote_literal(one.gid));
    result.find(std::move(found));
  }
  for (const auto& one : security.slots) {
    if (!one.is_logical || !is_of_a_service(facts, one.database)) continue;
    auto found = about(facts, one.database);
    found.text =
        fmt::format("replication slot \"{}\" hands out every change of database \"{}\"", one.name, one.database);
    found.detail = one.is_active ? "it is in use" : "it is not in use, and keeps the server's WAL";
    found.statement = fmt::format("SELECT pg_catalog.pg_drop_replication_slot({});", quote_literal(one.name));
    result.find(std::move(found));
  }
}

judgement server_release(const proof_facts& facts, const probe& self) {
  checks result{self};
  result.count();
  const int major = facts.observed().version_num / 10000;
  const int minor = facts.observed().version_num % 10000;
  const auto* known = minors_of(major);
  if (known == nullptr) return result.done();
  const auto find = [&](verdict says, gravity how_bad, const std::string& text, const std::string& detail) {
    result.find({.says = says, .text = text, .detail = detail}, how_bad);
  };
  if (minor < known->safe) {
    find(verdict::leak, gravity::critical,
         fmt::format("PostgreSQL {}.{} lacks the fix of {}", major, minor, known->fixes),
         fmt::format("install {}.{} or newer and restart; no rights hold against that", major, known->newest));
  } else if (minor < known->newest) {
    find(verdict::advice, gravity::medium,
         fmt::format("PostgreSQL {}.{} is not the newest release of {}", major, minor, major),
         fmt::format("{}.{} came on {}, with security fixes", major, known->newest, known->known_on));
  }
  if (!known->end_of_life.empty()) {
    find(verdict::advice, gravity::medium, fmt::format("PostgreSQL {} gets no more fixes", major),
         fmt::format("its last release was on {}; move to a newer major", known->end_of_life));
  }
  return result.done();
}

}  // namespace innkeeper::probe_rows
