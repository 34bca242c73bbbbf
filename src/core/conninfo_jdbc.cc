// pgJDBC: https://jdbc.postgresql.org/documentation/use/. User and password are parameters, everything is URL-decoded
// with "+" as a space, and without a host it means localhost.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/conninfo_dialects.h"

namespace innkeeper::conninfo_dialects {
namespace {

const std::vector<setting_name> jdbc_names{{"application_name", "ApplicationName"},
                                           {"channel_binding", "channelBinding"},
                                           {"connect_timeout", "connectTimeout"},
                                           {"gssencmode", "gssEncMode"},
                                           {"krbsrvname", "kerberosServerName"},
                                           {"options", "options"},
                                           {"replication", "replication"},
                                           {"sslcert", "sslcert"},
                                           {"sslkey", "sslkey"},
                                           {"sslmode", "sslmode"},
                                           {"sslnegotiation", "sslNegotiation"},
                                           {"sslpassword", "sslpassword"},
                                           {"sslrootcert", "sslrootcert"},
                                           {"target_session_attrs", "targetServerType"}};

constexpr std::array<std::string_view, 31> pgjdbc_tuning{"adaptiveFetch",
                                                         "assumeMinServerVersion",
                                                         "autosave",
                                                         "binaryTransfer",
                                                         "cancelSignalTimeout",
                                                         "cleanupSavepoints",
                                                         "currentSchema",
                                                         "databaseMetadataCacheFields",
                                                         "defaultRowFetchSize",
                                                         "disableColumnSanitiser",
                                                         "escapeSyntaxCallMode",
                                                         "hideUnprivilegedObjects",
                                                         "hostRecheckSeconds",
                                                         "loadBalanceHosts",
                                                         "logServerErrorDetail",
                                                         "logUnclosedConnections",
                                                         "loggerFile",
                                                         "loggerLevel",
                                                         "loginTimeout",
                                                         "maxResultBuffer",
                                                         "preferQueryMode",
                                                         "prepareThreshold",
                                                         "preparedStatementCacheQueries",
                                                         "preparedStatementCacheSizeMiB",
                                                         "readOnly",
                                                         "reWriteBatchedInserts",
                                                         "receiveBufferSize",
                                                         "sendBufferSize",
                                                         "socketTimeout",
                                                         "stringtype",
                                                         "tcpKeepAlive"};

struct server_type {
  std::string_view libpq;
  std::string_view jdbc;
};
// Those that mean the same; of several names for one meaning the first is printed.
constexpr std::array<server_type, 6> server_types{{{"any", "any"},
                                                   {"primary", "primary"},
                                                   {"primary", "master"},
                                                   {"standby", "secondary"},
                                                   {"standby", "slave"},
                                                   {"prefer-standby", "preferSecondary"}}};

std::string libpqs_server_type(std::string_view value, const std::string& where) {
  const auto found = std::ranges::find(server_types, value, &server_type::jdbc);
  if (found == server_types.end())
    throw malformed{fmt::format("the targetServerType at {} is none that libpq knows", where)};
  return std::string{found->libpq};
}

std::string jdbcs_server_type(std::string_view value) {
  if (value == "read-write") return "primary";
  const auto found = std::ranges::find(server_types, value, &server_type::libpq);
  if (found == server_types.end())
    throw inexpressible{fmt::format("pgJDBC has no targetServerType for target_session_attrs={}", value)};
  return std::string{found->jdbc};
}

void take_hosts(std::string_view authority, std::string_view whole, parsed& outcome) {
  const std::string where = place(whole, authority);
  std::string hosts;
  std::string ports;
  for (bool first = true; first || !authority.empty(); first = false) {
    if (!first) authority.remove_prefix(1);
    auto address = take_until(authority, ",");
    std::string_view port;
    const auto colon = address.rfind(':');
    const auto bracket = address.rfind(']');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon)) {
      port = address.substr(colon + 1);
      address = address.substr(0, colon);
    }
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    hosts += (first ? "" : ",") + std::string{address};
    ports += (first ? "" : ",") + std::string{port};
  }
  outcome.value.endpoints = endpoints_of(hosts, ports, where);
}

void store(parsed& outcome, const std::string& name, std::string value, const std::string& where) {
  if (name == "user" || name == "password") return store_parameter(outcome, name, std::move(value), where);
  if (name == "ssl") {  // since 42.2.5
    if (value != "false") outcome.value.parameters.try_emplace("sslmode", "verify-full");
    return;
  }
  const auto found = std::ranges::find(jdbc_names, name, &setting_name::drivers);
  if (found == jdbc_names.end()) {
    if (std::ranges::find(pgjdbc_tuning, name) == pgjdbc_tuning.end())
      throw malformed{fmt::format("unknown pgJDBC parameter at {}", where)};
    outcome.ignored.push_back(name);
    return;
  }
  if (name == "targetServerType") value = libpqs_server_type(value, where);
  outcome.value.parameters[std::string{found->libpq}] = std::move(value);
}

}  // namespace

parsed parse_jdbc(std::string_view text) {
  parsed outcome;
  std::string_view rest = text;
  rest.remove_prefix(std::string_view{"jdbc:postgresql:"}.size());
  auto before_query = take_until(rest, "?");
  if (before_query.starts_with("//")) {
    before_query.remove_prefix(2);
    take_hosts(take_until(before_query, "/"), text, outcome);
    if (!before_query.empty()) before_query.remove_prefix(1);
  }
  outcome.value.database.value = percent_decoded(before_query, text, plus_means::space);
  if (!rest.empty()) rest.remove_prefix(1);
  while (!rest.empty()) {
    auto pair = take_until(rest, "&");
    if (!rest.empty()) rest.remove_prefix(1);
    if (pair.empty()) continue;
    const std::string where = place(text, pair);
    std::string_view value = pair;
    const std::string name = percent_decoded(take_until(value, "="), text, plus_means::space);
    store(outcome, name, value.empty() ? std::string{} : percent_decoded(value.substr(1), text, plus_means::space),
          where);
  }
  return outcome;
}

printed print_jdbc(const conninfo& one) {
  printed outcome;
  if (const auto key = one.parameters.find("sslkey"); key != one.parameters.end()) {
    const auto is_readable = [&](std::string_view end) { return key->second.ends_with(end); };
    if (!is_readable(".pk8") && !is_readable(".p12") && !is_readable(".pfx"))
      throw inexpressible{"pgJDBC reads keys only as .pk8 (PKCS #8, DER) or .p12"};
  }
  auto settings = in_drivers_names(one, jdbc_names, "pgJDBC", outcome.left_out);
  outcome.text = "jdbc:postgresql:";
  for (const auto& at : one.endpoints) {
    if (is_socket_directory(at.host))
      throw inexpressible{"pgJDBC cannot reach a unix socket without a socket factory of another library; use TCP"};
    if (at.host.empty()) throw inexpressible{"pgJDBC needs a host beside a port"};
    outcome.text += (&at == one.endpoints.data() ? "//" : ",") + bracketed(at.host);
    if (at.port != 0) outcome.text += fmt::format(":{}", at.port);
  }
  if (!one.endpoints.empty()) outcome.text += "/";
  outcome.text += percent_encoded(one.database.value);
  url_query query;
  if (!one.user.empty()) query.add("user", one.user.value);
  if (one.password) query.add("password", one.password->expose());
  for (auto& [name, value] : settings) query.add(name, name == "targetServerType" ? jdbcs_server_type(value) : value);
  if (one.pools_transactions) query.add("prepareThreshold", "0");
  outcome.text += query.text();
  return outcome;
}

}  // namespace innkeeper::conninfo_dialects
