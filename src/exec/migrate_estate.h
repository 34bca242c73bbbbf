#pragma once
// The schema files of many services in one run: some at a time on each server, one first where asked, and an end where
// too many fail. One service's failure stays its own.
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "exec/migrate.h"

namespace innkeeper::exec {

struct estate_run_options {
  std::set<std::string> services;  // empty: all that have schema files
  int jobs = 4;                    // services at once on one server
  std::string canary;              // this one first, and the others only if it succeeded
  int most_failures = 0;           // no further one is begun after so many; 0: all are tried
};

struct estate_run {
  std::vector<migrate_report> reports;  // in the manifest's order
  std::vector<std::string> skipped;     // after the canary's failure, or too many

  [[nodiscard]] exit_code code() const;
};

using schema_action = std::function<migrate_report(const migration_target& target)>;

// Services that are retired or only observed are left out. What keeps a target from being found is its report's
// failure.
[[nodiscard]] estate_run run_on_estate(const estate& all, const estate_run_options& options,
                                       const schema_action& action);

}  // namespace innkeeper::exec
