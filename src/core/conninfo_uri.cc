// libpq's URI: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS. Every byte that is not
// unreserved in RFC 3986 is percent-encoded, which each reader of such URLs undoes alike.
#include <fmt/format.h>

#include <algorithm>

#include "core/conninfo_dialects.h"

namespace innkeeper::conninfo_dialects {
namespace {

struct host_lists {
  std::string hosts;
  std::string ports;
};

host_lists take_hosts(std::string_view& rest, std::string_view whole) {
  host_lists lists;
  for (bool first = true; first || rest.starts_with(','); first = false) {
    if (!first) {
      rest.remove_prefix(1);
      lists.hosts += ',';
      lists.ports += ',';
    }
    std::string_view host;
    if (rest.starts_with('[')) {
      const auto close = rest.find(']');
      if (close == std::string_view::npos || close == 1)
        throw malformed{fmt::format("no address between brackets at {}", place(whole, rest))};
      host = rest.substr(1, close - 1);
      rest.remove_prefix(close + 1);
      if (!rest.empty() && std::string_view{":/?,"}.find(rest.front()) == std::string_view::npos)
        throw malformed{fmt::format("expected a port or \"/\" after the bracket at {}", place(whole, rest))};
    } else {
      host = take_until(rest, ":/?,");
    }
    lists.hosts += percent_decoded(host, whole);
    if (rest.starts_with(':')) {
      rest.remove_prefix(1);
      lists.ports += percent_decoded(take_until(rest, "/?,"), whole);
    }
  }
  return lists;
}

}  // namespace

// Colons of an address stay readable inside their brackets; the zone's percent sign does not.
std::string uri_host_text(std::string_view host) {
  if (!is_ipv6(host)) return percent_encoded(host);
  std::string text = "[";
  for (const char byte : host) text += byte == ':' ? ":" : percent_encoded({&byte, 1});
  return text + "]";
}

parsed parse_uri(std::string_view text) {
  parsed outcome;
  auto& to = outcome.value;
  std::string_view rest = text;
  rest.remove_prefix(text.find("://") + 3);
  if (const auto at = rest.find_first_of("@/"); at != std::string_view::npos && rest[at] == '@') {
    to.user.value = percent_decoded(take_until(rest, ":@"), text);
    if (rest.starts_with(':')) {
      rest.remove_prefix(1);
      // As libpq: nothing after the colon is no password.
      if (const auto password = take_until(rest, "@"); !password.empty())
        to.password = secret{percent_decoded(password, text)};
    }
    rest.remove_prefix(1);
  }
  const std::string hosts_at = place(text, rest);
  auto [hosts, ports] = take_hosts(rest, text);
  if (rest.starts_with('/')) {
    rest.remove_prefix(1);
    to.database.value = percent_decoded(take_until(rest, "?"), text);
  }
  if (rest.starts_with('?')) rest.remove_prefix(1);
  while (!rest.empty()) {
    auto pair = take_until(rest, "&");
    if (!rest.empty()) rest.remove_prefix(1);
    const std::string where = place(text, pair);
    std::string_view value = pair;
    const std::string name = percent_decoded(take_until(value, "="), text);
    if (!value.starts_with('=')) throw malformed{fmt::format("no \"=\" in the parameter at {}", where)};
    std::string decoded = percent_decoded(value.substr(1), text);
    if (name == "host") {
      hosts = std::move(decoded);
    } else if (name == "port") {
      ports = std::move(decoded);
    } else if (name == "ssl" && decoded == "true") {
      to.parameters["sslmode"] = "require";
    } else if (name == "sslmode" && decoded == "no-verify") {  // node-postgres' word for what libpq's require does
      to.parameters["sslmode"] = "require";
    } else {
      store_parameter(outcome, name, std::move(decoded), where);
    }
  }
  to.endpoints = endpoints_of(hosts, ports, hosts_at);
  return outcome;
}

printed print_uri(const conninfo& one) {
  std::string text = "postgresql://" + userinfo_text(one);
  for (const auto& at : one.endpoints) {
    if (&at != one.endpoints.data()) text += ",";
    text += uri_host_text(at.host);
    if (at.port != 0) text += fmt::format(":{}", at.port);
  }
  text += "/" + percent_encoded(one.database.value);
  url_query query;
  if (has_empty_password(one)) query.add("password", "");
  for (const auto& [name, value] : one.parameters) query.add(name, value);
  return {text + query.text(), {}};
}

}  // namespace innkeeper::conninfo_dialects
