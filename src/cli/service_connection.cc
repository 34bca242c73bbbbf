#include "cli/service_connection.h"

#include <fmt/format.h>

#include <cstdlib>

#include "exec/server_access.h"

namespace innkeeper::cli {
namespace {

const server_declaration& chosen_server(const arguments& given, const estate& all) {
  if (given.has("--server")) return named_server(all, given.value("--server"));
  if (all.servers.size() == 1) return all.servers.front();
  throw refused{exit_code::usage, "the estate has several servers", "Name one with --server."};
}

chosen_connection admin_of(const arguments& given, const estate& all) {
  const auto& server = chosen_server(given, all);
  return {exec::find_access(all, server).admin, fmt::format("admin of {}", server.name), true};
}

chosen_connection service_of(const arguments& given, const estate& all, route by) {
  const auto& service = named_service(all, given.positional());
  const auto access = exec::find_access(all, server_of(all, service));
  auto target =
      by == route::direct ? exec::direct_conninfo(all, service, access) : exec::service_conninfo(all, service, access);
  if (service.authentication == authentication_kind::certificate) {
    if (!target.parameters.contains("sslcert")) {
      throw refused{exit_code::invalid, fmt::format("no certificate of \"{}\" is stored", service.user.value),
                    "Run \"innkeeper plan\"; it says where one has to be.",
                    fmt::format("looked in {}", all.secrets_directory.string())};
    }
  } else if (!target.password) {
    throw refused{exit_code::invalid, fmt::format("no password of \"{}\" is stored", service.user.value),
                  "Run \"innkeeper apply\"; it makes the log-in and its password.",
                  fmt::format("looked in {}", all.secrets_directory.string())};
  }
  return {std::move(target), service.name, false};
}

}  // namespace

std::vector<option> connection_option_rows() {
  return {{"--admin", "", option_kind::flag, "", "the server's admin instead of a service"},
          {"--server", "", option_kind::value, "NAME", "with --admin: whose, where the estate has several"}};
}

chosen_connection choose_connection(const arguments& given, const opened_estate& opened, route by) {
  const bool names_service = !given.positional().empty();
  if (given.has("--admin") == names_service) {
    throw refused{exit_code::usage, names_service ? "a service and --admin exclude each other" : "which service?",
                  "Name one service, or give --admin."};
  }
  if (given.has("--server") && !given.has("--admin")) {
    throw refused{exit_code::usage, "--server goes with --admin only", "A service is on one server anyway."};
  }
  return given.has("--admin") ? admin_of(given, opened.all) : service_of(given, opened.all, by);
}

conninfo conninfo_of_variable(const std::string& variable) {
  const char* text = std::getenv(variable.c_str());
  if (text == nullptr || *text == '\0') {
    throw refused{exit_code::invalid, fmt::format("environment variable {} is not set", variable)};
  }
  auto parsed = parse_conninfo(text);
  if (parsed.value) return std::move(*parsed.value);
  throw refused{exit_code::invalid,
                fmt::format("environment variable {} holds no connection string", variable),
                {},
                parsed.problem};
}

opened_estate open_estate_for_service(const arguments& given, console& out) {
  arguments estate_only = given;
  estate_only.set_positional("");
  return open_estate(estate_only, out);
}

}  // namespace innkeeper::cli
