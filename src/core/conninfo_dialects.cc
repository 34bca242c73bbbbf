#include "core/conninfo_dialects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/diagnostic.h"

namespace innkeeper::conninfo_dialects {
namespace {

// PQconndefaults() of libpq 15 to 18, without host, port, user, password and dbname.
const std::vector<std::string_view> libpq_parameters{"application_name",
                                                     "channel_binding",
                                                     "client_encoding",
                                                     "connect_timeout",
                                                     "fallback_application_name",
                                                     "gssdelegation",
                                                     "gssencmode",
                                                     "gsslib",
                                                     "hostaddr",
                                                     "keepalives",
                                                     "keepalives_count",
                                                     "keepalives_idle",
                                                     "keepalives_interval",
                                                     "krbsrvname",
                                                     "load_balance_hosts",
                                                     "max_protocol_version",
                                                     "min_protocol_version",
                                                     "options",
                                                     "passfile",
                                                     "replication",
                                                     "require_auth",
                                                     "requirepeer",
                                                     "service",
                                                     "ssl_max_protocol_version",
                                                     "ssl_min_protocol_version",
                                                     "sslcert",
                                                     "sslcertmode",
                                                     "sslcompression",
                                                     "sslcrl",
                                                     "sslcrldir",
                                                     "sslkey",
                                                     "sslmode",
                                                     "sslnegotiation",
                                                     "sslpassword",
                                                     "sslrootcert",
                                                     "sslsni",
                                                     "target_session_attrs",
                                                     "tcp_user_timeout"};

// Seen in URLs of the estates' drivers and poolers; they tune the driver and say nothing of where and who.
constexpr std::array<std::string_view, 12> drivers_own{"binary_parameters",
                                                       "connection_limit",
                                                       "disable_prepared_binary_result",
                                                       "pgbouncer",
                                                       "pool_timeout",
                                                       "prepared_statement_cache_size",
                                                       "prepared_statement_name_func",
                                                       "schema",
                                                       "socket_timeout",
                                                       "statement_cache_size",
                                                       "uselibpqcompat",
                                                       "async_fallback"};

// Settings whose absence changes neither where one arrives, nor as whom, nor how well that is proved.
constexpr std::array<std::string_view, 13> fine_tuning{
    "application_name", "client_encoding", "connect_timeout",     "fallback_application_name", "keepalives",
    "keepalives_count", "keepalives_idle", "keepalives_interval", "load_balance_hosts",        "max_protocol_version",
    "sslcompression",   "sslsni",          "tcp_user_timeout"};

bool may_be_left_out(std::string_view name, std::string_view value) {
  const bool is_the_default = (name == "gssencmode" || name == "channel_binding") && value != "require";
  return is_the_default || std::ranges::find(fine_tuning, name) != fine_tuning.end();
}

std::vector<std::string_view> split_at_commas(std::string_view list) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto comma = list.find(',');
    parts.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

void refuse_nul(std::string_view text, std::string_view what) {
  if (text.find('\0') != std::string_view::npos)
    throw inexpressible{fmt::format("the {} contains a zero byte, which PostgreSQL cannot take", what)};
}

}  // namespace

std::string place(std::string_view whole, std::string_view part) {
  return fmt::format("offset {}", part.data() - whole.data());
}

bool is_socket_directory(std::string_view host) {
  return host.starts_with('/') || host.starts_with('@');
}

int port_of(std::string_view digits, const std::string& where) {
  if (digits.empty()) return 0;
  int port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port < 1 || port > 65535)
    throw malformed{fmt::format("the port at {} is not a number from 1 to 65535", where)};
  return port;
}

std::vector<endpoint> endpoints_of(std::string_view hosts, std::string_view ports, const std::string& where) {
  const auto host_list = split_at_commas(hosts);
  const auto port_list = split_at_commas(ports);
  if (port_list.size() != 1 && port_list.size() != host_list.size())
    throw malformed{fmt::format("{} ports for {} hosts at {}: one for all or one for each", port_list.size(),
                                host_list.size(), where)};
  std::vector<endpoint> all;
  for (std::size_t i = 0; i < host_list.size(); ++i) {
    const auto port = port_list.size() == 1 ? port_list[0] : port_list[i];
    all.push_back({std::string{host_list[i]}, port_of(port, where)});
  }
  if (all.size() == 1 && all[0] == endpoint{}) all.clear();
  return all;
}

std::string joined_hosts(const std::vector<endpoint>& all) {
  std::string text;
  for (const auto& one : all) text += (&one == all.data() ? "" : ",") + one.host;
  return text;
}

std::string joined_ports(const std::vector<endpoint>& all) {
  const auto same = [&](const endpoint& one) { return one.port == all.front().port; };
  if (std::ranges::all_of(all, same)) return all.empty() || all[0].port == 0 ? "" : std::to_string(all[0].port);
  std::string text;
  for (const auto& one : all)
    text += (&one == all.data() ? "" : ",") + (one.port == 0 ? std::string{} : std::to_string(one.port));
  return text;
}

void refuse_inexpressible(const conninfo& one) {
  for (const auto& at : one.endpoints) {
    refuse_nul(at.host, "host");
    if (at.host.find(',') != std::string::npos)
      throw inexpressible{"the host contains a comma, which separates hosts in every dialect"};
  }
  refuse_nul(one.user.value, "user");
  refuse_nul(one.database.value, "database");
  if (one.password) refuse_nul(one.password->expose(), "password");
  for (const auto& [name, value] : one.parameters) refuse_nul(value, name);
}

bool is_libpq_parameter(std::string_view name) {
  return std::ranges::find(libpq_parameters, name) != libpq_parameters.end();
}

bool is_drivers_own(std::string_view name) {
  return std::ranges::find(drivers_own, name) != drivers_own.end();
}

void store_parameter(parsed& into, const std::string& name, std::string value, const std::string& where) {
  auto& to = into.value;
  if (name == "user") {
    to.user.value = std::move(value);
  } else if (name == "dbname") {
    to.database.value = std::move(value);
  } else if (name == "password") {
    to.password = secret{std::move(value)};
  } else if (name == "requiressl") {  // of libpq before 7.4; lib/pq and old scripts still say it
    to.parameters["sslmode"] = value == "1" ? "require" : "prefer";
  } else if (is_libpq_parameter(name)) {
    to.parameters[name] = std::move(value);
  } else if (is_drivers_own(name)) {
    into.ignored.push_back(name);
  } else {
    std::vector<std::string_view> known = libpq_parameters;
    known.insert(known.end(), {"host", "port", "user", "dbname", "password"});
    const auto meant = nearest(name, known);
    throw malformed{fmt::format("unknown connection parameter at {}{}{}{}", where,
                                meant.empty() ? "" : ": did you mean ", meant, meant.empty() ? "" : "?")};
  }
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char byte : text) {
    if (unreserved.find(byte) != std::string_view::npos) {
      encoded += byte;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return encoded;
}

std::string percent_decoded(std::string_view text, std::string_view whole, plus_means plus) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == plus_means::space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      const auto where = place(whole, text.substr(i));
      if (high < 0 || low < 0)
        throw malformed{
            fmt::format("the percent sign at {} is not followed by two hexadecimal digits; write it as %25", where)};
      if (high == 0 && low == 0) throw malformed{fmt::format("%00 at {} is not allowed", where)};
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

std::string_view take_until(std::string_view& rest, std::string_view stops) {
  const auto part = rest.substr(0, rest.find_first_of(stops));
  rest.remove_prefix(part.size());
  return part;
}

bool is_ipv6(std::string_view host) {
  return host.find(':') != std::string_view::npos && !is_socket_directory(host);
}

std::string bracketed(std::string_view host) {
  return is_ipv6(host) ? fmt::format("[{}]", host) : std::string{host};
}

bool has_empty_password(const conninfo& one) {
  return one.password && one.password->empty();
}

std::string userinfo_text(const conninfo& one) {
  const bool has_password = one.password && !one.password->empty();
  if (one.user.empty() && !has_password) return {};
  std::string text = percent_encoded(one.user.value);
  if (has_password) text += ":" + percent_encoded(one.password->expose());
  return text + "@";
}

void url_query::add(std::string_view name, std::string_view value) {
  text_ += fmt::format("{}{}={}", text_.empty() ? "?" : "&", percent_encoded(name), percent_encoded(value));
}

std::vector<setting_name> under_the_same_name(const std::vector<std::string_view>& names) {
  std::vector<setting_name> all;
  for (const auto name : names) all.push_back({name, name});
  return all;
}

std::vector<std::pair<std::string, std::string>> in_drivers_names(const conninfo& one,
                                                                  const std::vector<setting_name>& names,
                                                                  std::string_view driver,
                                                                  std::vector<std::string>& left_out) {
  std::vector<std::pair<std::string, std::string>> settings;
  for (const auto& [name, value] : one.parameters) {
    const auto found = std::ranges::find(names, name, &setting_name::libpq);
    if (found != names.end()) {
      settings.emplace_back(found->drivers, value);
    } else if (may_be_left_out(name, value)) {
      left_out.push_back(name);
    } else {
      throw inexpressible{fmt::format("{} has no setting for {}", driver, name)};
    }
  }
  return settings;
}

}  // namespace innkeeper::conninfo_dialects
