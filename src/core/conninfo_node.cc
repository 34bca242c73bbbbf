// node-postgres (pg-connection-string): https://node-postgres.com/features/connecting. Read by the WHATWG URL parser,
// so an address goes into the query (brackets would stay in the name), as do socket directories and lone ports.
#include <fmt/format.h>

#include "core/conninfo_dialects.h"

namespace innkeeper::conninfo_dialects {
namespace {

// The path is decoded by decodeURI, which leaves the encoded forms of reserved characters alone: they must stand bare.
std::string path_text(std::string_view database) {
  static constexpr std::string_view left_bare = ";/:@&=+$,";
  if (database == "." || database == ".." || database.find_first_of("?#") != std::string_view::npos ||
      database.find("./") != std::string_view::npos || database.find("/.") != std::string_view::npos)
    throw inexpressible{
        "node-postgres cannot read this database name from a URL (\"?\", \"#\", or dots between slashes)"};
  std::string text;
  for (const char byte : database)
    text += left_bare.find(byte) == std::string_view::npos ? percent_encoded({&byte, 1}) : std::string{byte};
  return text;
}

// Its "require" checks the certificate as verify-full does, which libpq's does not.
std::string sslmode_text(const std::string& libpqs, bool has_root_certificate) {
  if (libpqs == "allow" || libpqs == "prefer")
    throw inexpressible{
        fmt::format("node-postgres has no sslmode {}: it must be disable, require or a verify mode", libpqs)};
  return libpqs == "require" && !has_root_certificate ? "no-verify" : libpqs;
}

}  // namespace

printed print_node(const conninfo& one) {
  static const auto names =
      under_the_same_name({"application_name", "client_encoding", "fallback_application_name", "options", "replication",
                           "sslcert", "sslkey", "sslmode", "sslrootcert"});
  if (one.endpoints.size() > 1) throw inexpressible{"node-postgres takes one host only"};
  printed outcome;
  const auto settings = in_drivers_names(one, names, "node-postgres", outcome.left_out);
  outcome.text = "postgresql://" + userinfo_text(one);
  url_query query;
  if (!one.endpoints.empty()) {
    const auto& at = one.endpoints[0];
    const bool in_authority = !at.host.empty() && !is_socket_directory(at.host) && !is_ipv6(at.host);
    if (in_authority) {
      outcome.text += percent_encoded(at.host);
      if (at.port != 0) outcome.text += fmt::format(":{}", at.port);
    } else {
      if (!at.host.empty()) query.add("host", at.host);
      if (at.port != 0) query.add("port", std::to_string(at.port));
    }
  }
  outcome.text += "/" + path_text(one.database.value);
  if (has_empty_password(one)) query.add("password", "");
  for (const auto& [name, value] : settings)
    query.add(name, name == "sslmode" ? sslmode_text(value, one.parameters.contains("sslrootcert")) : value);
  outcome.text += query.text();
  return outcome;
}

}  // namespace innkeeper::conninfo_dialects
