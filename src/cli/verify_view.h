#pragma once
// Proofs for programs; for people see core/matrix_text.h. Pure.
#include <vector>

#include "cli/console.h"
#include "core/proof.h"

namespace innkeeper::cli {

[[nodiscard]] json proofs_to_json(const std::string& estate_name, const std::vector<proof_report>& reports);
[[nodiscard]] exit_code code_of(const std::vector<proof_report>& reports);

}  // namespace innkeeper::cli
