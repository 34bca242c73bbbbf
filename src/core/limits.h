#pragma once
// What PostgreSQL itself can't keep services from using up on a server that they share: said once in every report, so
// that nobody takes the proof for more than it is.
#include <string_view>
#include <vector>

namespace innkeeper {

struct server_limit {
  std::string_view id;     // "N3"
  std::string_view what;   // a service can use up, and what others feel
  std::string_view helps;  // what bounds or shows it
};

[[nodiscard]] const std::vector<server_limit>& limits_of_postgresql();

}  // namespace innkeeper
