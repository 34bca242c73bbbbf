#include "exec/certificate_ends.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "exec/certificate_probe.h"
#include "exec/error.h"
#include "exec/log_in_key.h"
#include "exec/tcp.h"

namespace innkeeper::exec {
namespace {

constexpr std::chrono::seconds patience_for_host{5};

certificate_end end_of(std::string what, const certificate_facts& facts, std::chrono::sys_seconds now,
                       std::string next) {
  return {.what = std::move(what),
          .when = time_text(facts.ends),
          .days_left = static_cast<int>(std::chrono::floor<std::chrono::days>(facts.ends - now).count()),
          .next = std::move(next)};
}

bool is_by_socket(const endpoint& at) {
  return at.host.empty() || at.host.starts_with('/') || at.host.starts_with('@');
}

std::string address_text(const endpoint& at) {
  const bool is_ipv6 = at.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", at.host, is_ipv6 ? "]" : "", at.port == 0 ? 5432 : at.port);
}

// The connection as a service makes it, by TCP.
conninfo as_services_do(const server_access& access) {
  conninfo target = access.admin;
  target.endpoints = access.endpoints;
  for (const auto& [name, value] : access.for_services) target.parameters[name] = value;
  return target;
}

void add(std::vector<certificate_end>& all, certificate_end one) {
  if (std::ranges::find(all, one) == all.end()) all.push_back(std::move(one));
}

void add_log_ins(const estate& all, const server_access& access, std::chrono::sys_seconds now,
                 std::vector<certificate_end>& found) {
  const secret_store store{all.secrets_directory};
  for (const auto& role : log_ins_by_certificate(all, access.server->name)) {
    std::ifstream in{client_files_of(store, access.server->name, role).certificate, std::ios::binary};
    try {
      const auto facts = read_certificate(std::string{std::istreambuf_iterator<char>{in}, {}});
      add(found, end_of(fmt::format("log-in \"{}\"", role), facts, now,
                        access.is_embedded ? "innkeeper up makes it anew" : "put the next one in its place"));
    } catch (const error&) {
      continue;  // what is missing is the plan's to tell
    }
  }
}

}  // namespace

std::vector<certificate_end> certificate_ends(const estate& all, const server_access& access,
                                              std::chrono::sys_seconds now) {
  const auto target = as_services_do(access);
  std::vector<certificate_end> found;
  add_log_ins(all, access, now, found);
  if (const auto mode = target.parameters.find("sslmode");
      mode != target.parameters.end() && mode->second == "disable") {
    return found;
  }
  const std::string renew =
      access.is_embedded ? "innkeeper up makes it anew" : "have it renewed by who runs the server";
  for (const auto& at : target.endpoints) {
    if (is_by_socket(at)) continue;
    try {
      const auto shown = look_at_certificate(target, at, patience_for_host);
      if (!shown) continue;
      add(found, end_of(fmt::format("server at {}", address_text(at)), shown->server, now, renew));
      if (shown->authority) {
        add(found, end_of(fmt::format("authority \"{}\"", shown->authority->subject), *shown->authority, now,
                          access.is_embedded ? renew : "get the authority's next one into the file of sslrootcert"));
      }
    } catch (const unreached&) {
      continue;  // whether it answers is not the question here
    }
  }
  return found;
}

std::vector<certificate_end> certificate_ends(const estate& all, const server_access& access) {
  return certificate_ends(all, access, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

}  // namespace innkeeper::exec
