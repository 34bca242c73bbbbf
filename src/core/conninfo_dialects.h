#pragma once
// What the dialects of conninfo.h share: the pieces of a connection string before they are put together, libpq's
// parameter names, and percent-encoding. For src/core/conninfo*.cc only.
#include <optional>
#include <string>
#include <string_view>
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

[[nodiscard]] parsed parse_uri(std::string_view text);
[[nodiscard]] std::string print_uri(const conninfo& one);
[[nodiscard]] parsed parse_keyword(std::string_view text);
[[nodiscard]] std::string print_keyword(const conninfo& one);

}  // namespace innkeeper::conninfo_dialects
