#include "core/workload_namespace.h"

#include <algorithm>

namespace innkeeper {

std::string namespace_of(const restarted_workload& one, const service_declaration& service) {
  if (!one.space.empty()) return one.space;
  const auto place = std::ranges::find(service.secrets, place_kind::kubernetes, &secret_sink::kind);
  return place == service.secrets.end() ? std::string{} : place->place.substr(0, place->place.find('/'));
}

}  // namespace innkeeper
