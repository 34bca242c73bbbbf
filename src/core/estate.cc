#include "core/estate.h"

#include <algorithm>
#include <stdexcept>

#include "core/naming.h"

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

const endpoint_declaration* endpoint_of(const server_declaration& server, const service_declaration& one) {
  if (one.via.empty()) return nullptr;
  const auto found = std::ranges::find(server.endpoints, one.via, &endpoint_declaration::name);
  return found == server.endpoints.end() ? nullptr : &*found;
}

std::vector<role_name> log_ins_by_certificate(const estate& all, std::string_view server) {
  std::vector<role_name> found;
  const auto add = [&](role_name one) {
    if (std::ranges::find(found, one) == found.end()) found.push_back(std::move(one));
  };
  for (const auto& one : all.services) {
    const bool is_meant = one.server == server && is_managed(one);
    if (!is_meant || one.authentication != authentication_kind::certificate) continue;
    add(one.user.value);
    add(twin_of(one.user.value));
    if (one.access == access_mode::readwrite) add(migrator_role(one.name));
  }
  return found;
}

}  // namespace innkeeper
