#pragma once
// Reads the state of every server of an estate; `up` ends with the same.
#include <vector>

#include "cli/opened_estate.h"
#include "cli/status_view.h"
#include "core/quick.h"

namespace innkeeper::cli {

struct estate_status {
  std::vector<shown_server> servers;
  std::vector<failure_report> failures;
};

[[nodiscard]] estate_status read_estate_status(const opened_estate& opened, depth how = depth::deep);

}  // namespace innkeeper::cli
