#pragma once
// Verifies every server of an estate; `up` does the same.
#include <vector>

#include "cli/opened_estate.h"
#include "core/proof.h"
#include "exec/prove.h"

namespace innkeeper::cli {

struct estate_proof {
  std::vector<proof_report> reports;
  std::vector<failure_report> failures;

  [[nodiscard]] exit_code code() const;
};

[[nodiscard]] estate_proof verify_estate(const opened_estate& opened, const exec::verify_options& options,
                                         console& out);

}  // namespace innkeeper::cli
