#pragma once
// Tries whether a service's versions can be taken back: in a scratch database, by a role that may do nothing else, up,
// down and up again, with a look at the catalogs after each.
#include <string>
#include <vector>

#include "core/estate.h"
#include "exec/apply.h"
#include "exec/event.h"

namespace innkeeper::exec {

struct round_trip_step {
  std::string version;
  std::string what;                      // "reversible", "lossy: its down script drops table menu"
  std::vector<std::string> differences;  // "+ line" that is too much, "- line" that is missing
};

struct round_trip_report {
  std::string service;
  std::vector<round_trip_step> steps;
  std::vector<failure> failures;
  exit_code code = exit_code::ok;  // 2 where something differs
};

// The scratch database goes when it is done; what a killed run leaves is removed by the next. An admin that may not
// make databases and roles can't: 77.
[[nodiscard]] round_trip_report try_round_trip(const estate& all, const service_declaration& service,
                                               const event_sink& tell);

}  // namespace innkeeper::exec
