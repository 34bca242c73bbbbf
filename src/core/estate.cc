#include "core/estate.h"

#include <algorithm>
#include <stdexcept>

namespace innkeeper {

bool is_managed(const service_declaration& one) {
  return one.mode == management_mode::enforce || one.mode == management_mode::adopt;
}

const server_declaration& server_of(const estate& all, const service_declaration& one) {
  for (const auto& server : all.servers) {
    if (server.name == one.server) return server;
  }
  throw std::logic_error{"service of an undeclared server: the parser refuses these"};
}

const service_declaration* find_service(const estate& all, std::string_view name) {
  const auto found = std::ranges::find(all.services, name, &service_declaration::name);
  return found == all.services.end() ? nullptr : &*found;
}

}  // namespace innkeeper
