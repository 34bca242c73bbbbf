#pragma once
// What the dialects of conninfo.h share: the pieces of a connection string before they are put together, libpq's
// parameter names, and percent-encoding. For src/core/conninfo*.cc only.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/conninfo.h"

namespace innkeeper::conninfo_dialects {

// Thrown inside a parser and caught by parse_conninfo; the text is the problem to show.
struct malformed {
  std::string problem;
};
// Thrown inside a printer and caught by print_conninfo.
struct inexpressible {
  std::string problem;
};

struct parsed {
  conninfo value;
  std::vector<std::string> ignored;
};

// "offset 12", counted in bytes from 0, of a part of the whole text.
[[nodiscard]] std::string place(std::string_view whole, std::string_view part);

// libpq's rules for host, hostaddr and port together: lists split at commas, one port for all or one for each.
// `where` names the place for errors.
[[nodiscard]] std::vector<endpoint> endpoints_of(std::string_view hosts, std::string_view ports,
                                                 const std::string& where);
[[nodiscard]] std::string joined_hosts(const std::vector<endpoint>& all);
// "" where every port is the default, one number where all are equal, else a list as long as the hosts'.
[[nodiscard]] std::string joined_ports(const std::vector<endpoint>& all);
[[nodiscard]] int port_of(std::string_view digits, const std::string& where);
[[nodiscard]] bool is_socket_directory(std::string_view host);
// A host that has a comma or an unprintable byte cannot be said in any dialect, nor a value with a NUL byte.
void refuse_inexpressible(const conninfo& one);

// Puts a setting under one of libpq's names where it belongs. Hosts and ports are collected by the caller.
[[nodiscard]] bool is_libpq_parameter(std::string_view name);
[[nodiscard]] bool is_drivers_own(std::string_view name);
void store_parameter(parsed& into, const std::string& name, std::string value, const std::string& where);

enum class plus_means { plus, space };
[[nodiscard]] std::string percent_encoded(std::string_view text);
[[nodiscard]] std::string percent_decoded(std::string_view text, std::string_view whole,
                                          plus_means plus = plus_means::plus);

// The text up to the first of `stops`, cut from `rest`.
[[nodiscard]] std::string_view take_until(std::string_view& rest, std::string_view stops);

// "user:password@", or "" where there is neither. Nothing stands behind an empty password's colon, which most readers
// take for no password: the caller says that one as a parameter.
[[nodiscard]] std::string userinfo_text(const conninfo& one);
[[nodiscard]] std::string bracketed(std::string_view host);  // "[::1]" for an IPv6 address, anything else as it is
[[nodiscard]] bool is_ipv6(std::string_view host);
[[nodiscard]] bool has_empty_password(const conninfo& one);

// "?a=1&b=2" with every byte that could be misread encoded.
class url_query {
 public:
  void add(std::string_view name, std::string_view value);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct setting_name {
  std::string_view libpq;
  std::string_view drivers;
};
// The parameters under a driver's names. Fine-tuning that it lacks goes to left_out; anything else that it lacks
// (certificates, which of several hosts …) is inexpressible, since the string would mean another connection without it.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> in_drivers_names(const conninfo& one,
                                                                                const std::vector<setting_name>& names,
                                                                                std::string_view driver,
                                                                                std::vector<std::string>& left_out);
[[nodiscard]] std::vector<setting_name> under_the_same_name(const std::vector<std::string_view>& names);

struct printed {
  std::string text;
  std::vector<std::string> left_out;
};

[[nodiscard]] parsed parse_uri(std::string_view text);
[[nodiscard]] parsed parse_keyword(std::string_view text);
// Whether a value outside quotes holds a semicolon, which is how the .NET form looks to libpq.
[[nodiscard]] bool has_bare_semicolon(std::string_view keyword_text);
[[nodiscard]] parsed parse_dotnet(std::string_view text);
[[nodiscard]] bool is_dotnet_name(std::string_view name);
// A host as libpq's URI has it in its address: an IPv6 one in brackets, its zone's percent sign encoded.
[[nodiscard]] std::string uri_host_text(std::string_view host);
// A value as these two dialects write it.
[[nodiscard]] std::string keyword_quoted(std::string_view value);
[[nodiscard]] std::string dotnet_quoted(std::string_view value);
[[nodiscard]] parsed parse_jdbc(std::string_view text);
[[nodiscard]] parsed parse_sqlalchemy(std::string_view text);

[[nodiscard]] printed print_uri(const conninfo& one);
[[nodiscard]] printed print_keyword(const conninfo& one);
[[nodiscard]] printed print_dotnet(const conninfo& one);
[[nodiscard]] printed print_jdbc(const conninfo& one);
[[nodiscard]] printed print_sqlalchemy(const conninfo& one);
[[nodiscard]] printed print_asyncpg(const conninfo& one);
[[nodiscard]] printed print_go(const conninfo& one);
[[nodiscard]] printed print_node(const conninfo& one);

}  // namespace innkeeper::conninfo_dialects
