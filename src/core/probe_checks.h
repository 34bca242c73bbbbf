#pragma once
// Inside of the catalog probes: counts checks and collects what they find. Not for others.
#include <utility>

#include "core/probe.h"
#include "core/proof_facts.h"

namespace innkeeper::probe_rows {

// The service that answers for a database, and the place that declared it.
[[nodiscard]] inline finding about(const proof_facts& facts, const database_name& name) {
  finding one{.database = name};
  if (const auto* declared = facts.declared_database(name); declared != nullptr) {
    one.service = declared->from.service;
    one.where = declared->from.where;
  }
  return one;
}

[[nodiscard]] inline bool is_of_a_service(const proof_facts& facts, const database_name& name) {
  const auto* declared = facts.declared_database(name);
  return declared != nullptr && !declared->is_registry;
}

class checks {
 public:
  explicit checks(const probe& self) : self_{self} {}

  void count(int checked = 1) { result_.checks += checked; }

  // Of a check that was counted; as bad as the probe's row says.
  void find(finding one) { find(std::move(one), self_.how_bad); }

  void find(finding one, gravity how_bad) {
    one.probe = self_.id;
    one.how_bad = how_bad;
    result_.findings.push_back(std::move(one));
  }

  void leak_of(const log_in_facts& whose, const database_name& database, std::string text, std::string statement) {
    find({.service = whose.service(),
          .log_in = whose.name,
          .database = database,
          .text = std::move(text),
          .statement = std::move(statement),
          .where = whose.where});
  }

  [[nodiscard]] judgement done() { return std::move(result_); }

 private:
  const probe& self_;
  judgement result_;
};

}  // namespace innkeeper::probe_rows
