// Npgsql: https://www.npgsql.org/doc/connection-string-parameters.html, in the grammar of .NET's
// DbConnectionStringBuilder: name=value;…, names in any case, values with awkward characters in either kind of quote,
// which is doubled inside. Nothing behind "=" is no value; "" is an empty one.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/conninfo_dialects.h"

namespace innkeeper::conninfo_dialects {
namespace {

struct dotnet_name {
  std::string_view libpq;
  std::string_view printed;
  std::vector<std::string_view> others;  // as normalised() makes them
};

const std::vector<dotnet_name>& names() {
  static const std::vector<dotnet_name> all{
      {"host", "Host", {"server"}},
      {"port", "Port", {}},
      {"dbname", "Database", {"db"}},
      {"user", "Username", {"userid", "uid"}},
      {"password", "Password", {"psw", "pwd"}},
      {"application_name", "Application Name", {}},
      {"channel_binding", "Channel Binding", {}},
      {"client_encoding", "Client Encoding", {}},
      {"connect_timeout", "Timeout", {}},
      {"krbsrvname", "Kerberos Service Name", {"krbsrvname"}},
      {"options", "Options", {}},
      {"passfile", "Passfile", {}},
      {"sslcert", "SSL Certificate", {}},
      {"sslkey", "SSL Key", {}},
      {"sslmode", "SSL Mode", {}},
      {"sslpassword", "SSL Password", {}},
      {"sslrootcert", "Root Certificate", {}},
      {"target_session_attrs", "Target Session Attributes", {}},
  };
  return all;
}

constexpr std::array<std::string_view, 36> npgsql_tuning{"arraynullabilitymode",
                                                         "autoprepareminusages",
                                                         "cancellationtimeout",
                                                         "checkcertificaterevocation",
                                                         "commandtimeout",
                                                         "connectionidlelifetime",
                                                         "connectionlifetime",
                                                         "connectionpruninginterval",
                                                         "encoding",
                                                         "enlist",
                                                         "hostrecheckseconds",
                                                         "includeerrordetail",
                                                         "includeerrordetails",
                                                         "includefailedbatchedcommand",
                                                         "includerealm",
                                                         "internalcommandtimeout",
                                                         "keepalive",
                                                         "loadbalancehosts",
                                                         "loadtablecomposites",
                                                         "logparameters",
                                                         "maxautoprepare",
                                                         "maximumpoolsize",
                                                         "maxpoolsize",
                                                         "minimumpoolsize",
                                                         "minpoolsize",
                                                         "multiplexing",
                                                         "noresetonclose",
                                                         "persistsecurityinfo",
                                                         "pooling",
                                                         "readbuffersize",
                                                         "searchpath",
                                                         "servercompatibilitymode",
                                                         "tcpkeepalive",
                                                         "timezone",
                                                         "trustservercertificate",
                                                         "writebuffersize"};

struct ssl_mode {
  std::string_view libpq;
  std::string_view npgsql;
};
constexpr std::array<ssl_mode, 6> ssl_modes{{{"disable", "Disable"},
                                             {"allow", "Allow"},
                                             {"prefer", "Prefer"},
                                             {"require", "Require"},
                                             {"verify-ca", "VerifyCA"},
                                             {"verify-full", "VerifyFull"}}};

constexpr std::string_view space = " \t\n\r\v\f";

// "User Id", "UserID" and "user id" are one name.
std::string normalised(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte != ' ' && byte != '-') out += static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  }
  return out;
}

const dotnet_name* find_name(std::string_view written) {
  const std::string name = normalised(written);
  const auto found = std::ranges::find_if(names(), [&](const dotnet_name& one) {
    return normalised(one.printed) == name || std::ranges::find(one.others, name) != one.others.end();
  });
  return found == names().end() ? nullptr : &*found;
}

bool is_tuning(std::string_view written) {
  return std::ranges::find(npgsql_tuning, normalised(written)) != npgsql_tuning.end();
}

class dotnet_reader {
 public:
  explicit dotnet_reader(std::string_view text) : whole_{text}, rest_{text} {}

  bool at_end() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n\r\v\f;"), rest_.size()));
    return rest_.empty();
  }
  [[nodiscard]] std::string here() const { return place(whole_, rest_); }

  std::string name() {
    const std::string where = here();
    const auto equals = rest_.find('=');
    if (equals == std::string_view::npos || rest_.substr(0, equals).find(';') != std::string_view::npos)
      throw malformed{fmt::format("no \"=\" after the word at {}", where)};
    auto text = rest_.substr(0, equals);
    rest_.remove_prefix(equals + 1);
    text = text.substr(0, text.find_last_not_of(space) + 1);
    return std::string{text};
  }

  std::optional<std::string> value() {
    skip_space();
    if (rest_.starts_with('"') || rest_.starts_with('\'')) return quoted();
    auto text = take_until(rest_, ";");
    text = text.substr(0, text.find_last_not_of(space) + 1);
    if (text.empty()) return std::nullopt;
    return std::string{text};
  }

 private:
  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(space), rest_.size())); }

  std::string quoted() {
    const std::string where = here();
    const char quote = rest_.front();
    rest_.remove_prefix(1);
    std::string text;
    for (;;) {
      const auto end = rest_.find(quote);
      if (end == std::string_view::npos) throw malformed{fmt::format("the quote opened at {} is not closed", where)};
      text += rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      if (!rest_.starts_with(quote)) break;
      text += quote;
      rest_.remove_prefix(1);
    }
    skip_space();
    if (!rest_.empty() && rest_.front() != ';')
      throw malformed{fmt::format("expected \";\" at {}, behind a quoted value", here())};
    return text;
  }

  std::string_view whole_;
  std::string_view rest_;
};

// A list of hosts, each with a port of its own or with the one of "Port".
std::vector<endpoint> endpoints_of_lists(std::string_view hosts, std::string_view port, const std::string& where) {
  std::string names_only;
  std::string ports;
  for (bool first = true; first || !hosts.empty(); first = false) {
    if (!first) hosts.remove_prefix(1);
    auto host = take_until(hosts, ",");
    std::string_view own_port = port;
    const auto colon = host.rfind(':');
    const auto bracket = host.rfind(']');
    const bool is_bare_ipv6 = bracket == std::string_view::npos && host.find(':') != colon;
    if (colon != std::string_view::npos && !is_socket_directory(host) && !is_bare_ipv6 &&
        (bracket == std::string_view::npos || bracket < colon)) {
      own_port = host.substr(colon + 1);
      host = host.substr(0, colon);
    }
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (!is_socket_directory(host) && host.find_first_of(" =") != std::string_view::npos)
      throw malformed{
          fmt::format("the host at {} contains a space or \"=\": are the pairs separated by \";\"?", where)};
    names_only += (first ? "" : ",") + std::string{host};
    ports += (first ? "" : ",") + std::string{own_port};
  }
  return endpoints_of(names_only, ports, where);
}

std::string libpqs_sslmode(const std::string& value, const std::string& where) {
  for (const auto& mode : ssl_modes) {
    if (normalised(mode.npgsql) == normalised(value)) return std::string{mode.libpq};
  }
  throw malformed{fmt::format("the SSL Mode at {} is none of Npgsql's", where)};
}

// "Host" and, where one number will do, "Port".
std::pair<std::string, std::string> hosts_and_port(const std::vector<endpoint>& all) {
  const auto port = joined_ports(all);
  if (port.find(',') == std::string::npos) return {joined_hosts(all), port};
  std::string hosts;
  for (const auto& at : all) {
    if (is_socket_directory(at.host)) throw inexpressible{"Npgsql takes one port for all hosts if one is a socket"};
    hosts += (&at == all.data() ? "" : ",") + bracketed(at.host);
    if (at.port != 0) hosts += fmt::format(":{}", at.port);
  }
  return {hosts, ""};
}

}  // namespace

std::string dotnet_quoted(std::string_view value) {
  const auto needs_quotes = [](unsigned char byte) {
    // Bytes of UTF-8 too: .NET also trims white space beyond ASCII.
    return byte <= ' ' || byte >= 0x7f || byte == '"' || byte == '\'' || byte == '=' || byte == ';';
  };
  if (!value.empty() && std::ranges::none_of(value, needs_quotes)) return std::string{value};
  std::string text = "\"";
  for (const char byte : value) {
    if (byte == '"') text += '"';
    text += byte;
  }
  return text + "\"";
}

bool is_dotnet_name(std::string_view name) {
  return find_name(name) != nullptr || is_tuning(name);
}

parsed parse_dotnet(std::string_view text) {
  parsed outcome;
  std::string hosts;
  std::string hosts_at = "offset 0";
  std::string port;
  dotnet_reader reader{text};
  while (!reader.at_end()) {
    const std::string where = reader.here();
    const std::string written = reader.name();
    auto value = reader.value();
    const auto* name = find_name(written);
    if (name == nullptr && !is_tuning(written)) throw malformed{fmt::format("unknown Npgsql parameter at {}", where)};
    if (!value) continue;
    if (name == nullptr) {
      outcome.ignored.push_back(written);
    } else if (name->libpq == "host") {
      hosts = std::move(*value);
      hosts_at = where;
    } else if (name->libpq == "port") {
      port = std::move(*value);
    } else {
      if (name->libpq == "sslmode") value = libpqs_sslmode(*value, where);
      store_parameter(outcome, std::string{name->libpq}, std::move(*value), where);
    }
  }
  outcome.value.endpoints = endpoints_of_lists(hosts, port, hosts_at);
  return outcome;
}

printed print_dotnet(const conninfo& one) {
  static const std::vector<setting_name> settings_names = [] {
    std::vector<setting_name> all;
    for (const auto& name : names()) all.push_back({name.libpq, name.printed});
    return all;
  }();
  printed outcome;
  const auto add = [&](std::string_view name, std::string_view value) {
    outcome.text += fmt::format("{}{}={}", outcome.text.empty() ? "" : ";", name, dotnet_quoted(value));
  };
  const auto [hosts, port] = hosts_and_port(one.endpoints);
  if (hosts.empty()) throw inexpressible{"Npgsql needs a host"};
  add("Host", hosts);
  if (!port.empty()) add("Port", port);
  if (!one.database.empty()) add("Database", one.database.value);
  if (!one.user.empty()) add("Username", one.user.value);
  if (one.password) add("Password", one.password->expose());
  for (const auto& [name, value] : in_drivers_names(one, settings_names, "Npgsql", outcome.left_out)) {
    if (name != "SSL Mode") {
      add(name, value);
      continue;
    }
    const auto mode = std::ranges::find(ssl_modes, value, &ssl_mode::libpq);
    if (mode == ssl_modes.end()) throw inexpressible{"Npgsql has no SSL Mode of that name"};
    add(name, mode->npgsql);
    // Npgsql 6 and 7 refuse Require without it; others take it and need not be told.
    if (value == "require") add("Trust Server Certificate", "true");
  }
  // It would say DISCARD ALL to whatever backend it is given next.
  if (one.pools_transactions) add("No Reset On Close", "true");
  return outcome;
}

}  // namespace innkeeper::conninfo_dialects
