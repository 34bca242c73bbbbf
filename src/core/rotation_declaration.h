#pragma once
// How a service's password may change, as its manifest says.
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"

namespace innkeeper {

enum class rotation_mode {
  overlap,   // two log-ins take turns: nobody meets a wrong password
  in_place,  // one log-in gets a new password: who has the old one fails until it reads again
  off,       // it is another hand's
};

// What reads its secret only when it starts, in Kubernetes: `restart: deployment/NAME`, NAMESPACE/deployment/NAME.
struct restarted_workload {
  std::string space;  // namespace; empty: where the service's Secret is
  std::string kind;   // deployment, statefulset, daemonset
  std::string name;
  location where;

  friend bool operator==(const restarted_workload&, const restarted_workload&) = default;
};

struct rotation_declaration {
  rotation_mode mode = rotation_mode::overlap;
  location where;  // line 0: nobody spelled it
  std::vector<restarted_workload> restart;

  friend bool operator==(const rotation_declaration&, const rotation_declaration&) = default;
};

[[nodiscard]] std::string_view to_string(rotation_mode mode);  // as the manifest spells it
// Of a text that the manifest's checks have passed.
[[nodiscard]] restarted_workload parse_workload(std::string_view text, const location& where);
[[nodiscard]] std::string to_string(const restarted_workload& one);

}  // namespace innkeeper
