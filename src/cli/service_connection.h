#pragma once
// The connection that a command acts on: a service's log-in, or a server's admin.
#include "cli/opened_estate.h"
#include "core/conninfo.h"

namespace innkeeper::cli {

[[nodiscard]] std::vector<option> connection_option_rows();  // --admin, --server

struct chosen_connection {
  conninfo value;
  std::string name;  // "cafe", or "admin of shared"
  bool is_admin = false;
};

// As the application connects, by `via:`, or straight to the server.
enum class route { of_application, direct };

// SERVICE, or --admin with an optional --server. Throws refused (64), or 65 where no password or certificate is there.
[[nodiscard]] chosen_connection choose_connection(const arguments& given, const opened_estate& opened, route by);

// What an environment variable holds, in any dialect. Throws refused (65) without showing it.
[[nodiscard]] conninfo conninfo_of_variable(const std::string& variable);

// The positional is a service here, not an estate.
[[nodiscard]] opened_estate open_estate_for_service(const arguments& given, console& out);

}  // namespace innkeeper::cli
