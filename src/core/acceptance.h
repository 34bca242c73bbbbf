#pragma once
// accept: of the manifest, laid over a proof: findings that people know of and live with until a day. Pure; today is a
// value.
#include <chrono>
#include <string>
#include <vector>

#include "core/estate.h"
#include "core/proof.h"

namespace innkeeper {

struct acceptance_scope {
  std::chrono::year_month_day today;
  bool is_whole = true;  // every service of the estate was looked at: what accepts nothing then, accepts nothing at all
};

// "2026-12-31".
[[nodiscard]] std::string date_text(const std::chrono::year_month_day& day);

// Findings that an entry of accept: is about count as accepted, and no longer as leaks, failed, drift or unprovable. An
// entry whose day is over accepts nothing: its findings count, and say so. An entry that is about nothing is advice.
void accept_findings(const estate& all, const acceptance_scope& scope, std::vector<proof_report>& reports);

}  // namespace innkeeper
