#pragma once
// Inside of proof.cc: who can enter which database, cell by cell.
#include <string>
#include <vector>

#include "core/proof.h"

namespace innkeeper {

// "user "shop_user" logs in for order, cart", "database "platform" holds order, cart in schema "public", told apart by
// table prefixes".
[[nodiscard]] std::vector<std::string> declared_sharing(const proof_facts& facts);

void fill_matrix(const proof_facts& facts, const attempt_plan& tried, const proof_answers& answers,
                 proof_report& report);

}  // namespace innkeeper
