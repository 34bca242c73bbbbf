// SQLAlchemy's URL, postgresql+driver://: https://docs.sqlalchemy.org/en/20/core/engines.html#database-urls. It looks
// like libpq's, but host and database are not percent-decoded (the database is since 2.1), "+" in the query is a space,
// and everything in the query goes to the driver's connect() as it is.
#include <fmt/format.h>

#include <algorithm>

#include "core/conninfo_dialects.h"

#include "core/text.h"

namespace innkeeper::conninfo_dialects {
namespace {

// Read alike by the versions that decode the database's name and those that do not.
bool is_plain(std::string_view text) {
  return percent_encoded(text) == text;
}

std::string hosts_and_ports(std::string_view authority, std::string& ports, std::string_view whole) {
  std::string_view rest = authority;
  std::string_view host;
  if (rest.starts_with('[')) {
    const auto close = rest.find(']');
    if (close == std::string_view::npos)
      throw malformed{fmt::format("the bracket at {} is not closed", place(whole, rest))};
    host = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
  } else {
    host = take_until(rest, ":");
  }
  if (rest.starts_with(':')) {
    ports = rest.substr(1);
  } else if (!rest.empty()) {
    throw malformed{fmt::format("expected a port or \"/\" at {}", place(whole, rest))};
  }
  return std::string{host};
}

std::string sslmode_of(std::string value, const std::string& where) {
  value = to_lower(value);
  if (value == "true") return "require";
  if (value == "false") return "disable";
  for (const std::string_view known : {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}) {
    if (value == known) return value;
  }
  throw malformed{fmt::format("the value of ssl at {} is not one of libpq's names for sslmode", where)};
}

// One "host" per server, each with its port, is another way to say several; a comma list the first.
void add_host(std::string& hosts, std::string& ports, std::string value, bool is_first) {
  if (is_first) {
    hosts.clear();
  } else {
    hosts += ',';
    ports += ',';
  }
  const auto colon = value.find(':');
  const bool has_port = colon != std::string::npos && colon == value.rfind(':') && !is_socket_directory(value);
  hosts += value.substr(0, has_port ? colon : std::string::npos);
  if (has_port) ports += value.substr(colon + 1);
}

std::string print(const conninfo& one, std::string_view scheme, std::string_view database_parameter,
                  const std::vector<std::pair<std::string, std::string>>& settings, bool every_port) {
  std::string text = fmt::format("{}://{}", scheme, userinfo_text(one));
  // Its reader keeps an empty password apart from none.
  if (has_empty_password(one)) text = fmt::format("{}://{}:@", scheme, percent_encoded(one.user.value));
  url_query query;
  const auto& all = one.endpoints;
  const bool in_authority =
      all.size() == 1 && !is_socket_directory(all[0].host) && (is_ipv6(all[0].host) || is_plain(all[0].host));
  if (in_authority) {
    text += bracketed(all[0].host);
    if (all[0].port != 0) text += fmt::format(":{}", all[0].port);
  }
  if (is_plain(one.database.value)) {
    text += "/" + one.database.value;
  } else {
    text += "/";
    query.add(database_parameter, one.database.value);
  }
  if (!in_authority && !all.empty()) {
    std::string ports;
    for (const auto& at : all) {
      const int port = at.port == 0 && every_port && all.size() > 1 ? 5432 : at.port;
      ports += (&at == all.data() ? "" : ",") + (port == 0 ? std::string{} : std::to_string(port));
    }
    if (const auto hosts = joined_hosts(all); !hosts.empty()) query.add("host", hosts);
    if (ports.find_first_not_of(',') != std::string::npos) query.add("port", ports);
  }
  for (const auto& [name, value] : settings) query.add(name, value);
  return text + query.text();
}

}  // namespace

parsed parse_sqlalchemy(std::string_view text) {
  parsed outcome;
  auto& to = outcome.value;
  std::string_view rest = text;
  rest.remove_prefix(text.find("://") + 3);
  std::string_view before_query = take_until(rest, "?");
  if (const auto at = before_query.find_first_of("@/"); at != std::string_view::npos && before_query[at] == '@') {
    to.user.value = percent_decoded(take_until(before_query, ":@"), text);
    if (before_query.starts_with(':')) {
      before_query.remove_prefix(1);
      to.password = secret{percent_decoded(take_until(before_query, "@"), text)};
    }
    before_query.remove_prefix(1);
  }
  const std::string hosts_at = place(text, before_query);
  const auto authority = take_until(before_query, "/");
  std::string ports;
  std::string hosts = hosts_and_ports(authority, ports, text);
  if (!before_query.empty()) to.database.value = percent_decoded(before_query.substr(1), text);
  if (!rest.empty()) rest.remove_prefix(1);
  bool is_first_host = true;
  while (!rest.empty()) {
    auto pair = take_until(rest, "&");
    if (!rest.empty()) rest.remove_prefix(1);
    const std::string where = place(text, pair);
    std::string_view value = pair;
    const std::string name = percent_decoded(take_until(value, "="), text, plus_means::space);
    std::string decoded = value.empty() ? std::string{} : percent_decoded(value.substr(1), text, plus_means::space);
    if (name == "host") {
      add_host(hosts, ports, std::move(decoded), is_first_host);
      is_first_host = false;
    } else if (name == "port") {
      ports = std::move(decoded);
    } else if (name == "ssl") {
      to.parameters["sslmode"] = sslmode_of(std::move(decoded), where);
    } else {
      store_parameter(outcome, name == "database" ? "dbname" : name, std::move(decoded), where);
    }
  }
  to.endpoints = endpoints_of(hosts, ports, hosts_at);
  return outcome;
}

// psycopg2 hands every keyword to libpq.
printed print_sqlalchemy(const conninfo& one) {
  return {print(one, "postgresql+psycopg2", "dbname", {one.parameters.begin(), one.parameters.end()}, false), {}};
}

// asyncpg.connect() takes these keywords; the rest (application_name …) would have to come from the application's code.
printed print_asyncpg(const conninfo& one) {
  static const std::vector<setting_name> names{{"sslmode", "ssl"},
                                               {"passfile", "passfile"},
                                               {"target_session_attrs", "target_session_attrs"},
                                               {"krbsrvname", "krbsrvname"},
                                               {"gsslib", "gsslib"}};
  printed outcome;
  conninfo sayable = one;
  const auto mode = one.parameters.find("sslmode");
  const auto root = one.parameters.find("sslrootcert");
  // A verifying mode fails where it finds no root, so nothing is weaker for its absence here.
  if (root != one.parameters.end() && mode != one.parameters.end() && mode->second.starts_with("verify")) {
    outcome.left_out.push_back(fmt::format("sslrootcert (set PGSSLROOTCERT={} in its environment)", root->second));
    sayable.parameters.erase("sslrootcert");
  }
  auto settings = in_drivers_names(sayable, names, "asyncpg", outcome.left_out);
  if (one.pools_transactions) {
    settings.emplace_back("prepared_statement_cache_size", "0");
    // A number, which a URL can't give it.
    outcome.left_out.emplace_back("statement_cache_size (say connect_args={\"statement_cache_size\": 0})");
  }
  outcome.text = print(sayable, "postgresql+asyncpg", "database", settings, true);
  return outcome;
}

}  // namespace innkeeper::conninfo_dialects
