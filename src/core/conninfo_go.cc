// Go's lib/pq: https://pkg.go.dev/github.com/lib/pq. Its URL is libpq's with one host. A word that it doesn't know goes
// to the server as a setting and fails there, so only its own words are printed.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/conninfo_dialects.h"

namespace innkeeper::conninfo_dialects {
namespace {

bool is_on_this_machine(const conninfo& one) {
  if (one.endpoints.empty()) return true;
  const auto& host = one.endpoints[0].host;
  return host.empty() || host == "localhost" || host == "::1" || host.starts_with("127.") || is_socket_directory(host);
}

}  // namespace

printed print_go(const conninfo& one) {
  static const auto names = under_the_same_name({"application_name", "client_encoding", "connect_timeout",
                                                 "fallback_application_name", "krbsrvname", "options", "replication",
                                                 "sslcert", "sslkey", "sslmode", "sslrootcert", "sslsni"});
  if (one.endpoints.size() > 1) throw inexpressible{"lib/pq takes one host only"};
  printed outcome;
  const auto settings = in_drivers_names(one, names, "lib/pq", outcome.left_out);
  outcome.text = "postgres://" + userinfo_text(one);
  url_query query;
  const endpoint at = one.endpoints.empty() ? endpoint{} : one.endpoints[0];
  // Brackets are only taken off an address that a port follows.
  const bool in_authority = !is_socket_directory(at.host) && !(is_ipv6(at.host) && at.port == 0);
  if (in_authority) {
    std::string host;
    for (const char byte : bracketed(at.host))
      host += std::string_view{"[]:"}.find(byte) == std::string_view::npos ? percent_encoded({&byte, 1})
                                                                           : std::string{byte};
    outcome.text += host;
    if (at.port != 0) outcome.text += fmt::format(":{}", at.port);
  } else {
    query.add("host", at.host);
    if (at.port != 0) query.add("port", std::to_string(at.port));
  }
  outcome.text += "/" + percent_encoded(one.database.value);
  if (has_empty_password(one)) query.add("password", "");
  // Without one it insists on TLS, which a server on the same machine seldom has; libpq would have tried and gone on.
  if (!one.parameters.contains("sslmode")) query.add("sslmode", is_on_this_machine(one) ? "disable" : "require");
  for (const auto& [name, value] : settings) {
    if (name == "sslmode" && (value == "allow" || value == "prefer"))
      throw inexpressible{fmt::format("lib/pq has no sslmode {}: it must be disable, require or a verify mode", value)};
    query.add(name, value);
  }
  // Else it prepares in one round trip what it binds in the next, at another backend.
  if (one.pools_transactions) query.add("binary_parameters", "yes");
  outcome.text += query.text();
  return outcome;
}

}  // namespace innkeeper::conninfo_dialects
