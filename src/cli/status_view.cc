#include "cli/status_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/plan_view.h"
#include "cli/rotation_view.h"
#include "cli/text.h"
#include "core/server_minors.h"

namespace innkeeper::cli {
namespace {

std::string version_text(int version_num) {
  return fmt::format("{}.{}", version_num / 10000, version_num % 10000);
}

std::string state_of(const service_status& one) {
  if (one.is_cut_off) return "a DROP DATABASE was cut off";
  if (!one.retired_since.empty()) return "retired since " + one.retired_since;
  if (!one.exists) return "not there yet";
  if (one.steps > 0) return fmt::format("{} behind", counted(one.steps, "step"));
  if (one.turn && !rotation_words(*one.turn).empty()) return "rotation: " + rotation_words(*one.turn);
  return one.attentions > 0 ? "needs attention" : "in step";
}

std::string connections_of(const service_status& one) {
  return one.connection_limit < 0 ? std::to_string(one.connections)
                                  : fmt::format("{}/{}", one.connections, one.connection_limit);
}

std::string sharing_of(const service_status& one) {
  std::vector<std::string> parts;
  const auto say = [&](std::string_view what, const std::vector<std::string>& with) {
    if (!with.empty()) parts.push_back(fmt::format("{} with {}", what, fmt::join(with, ", ")));
  };
  say("user", one.shares_user_with);
  say("schema", one.shares_schema_with);
  say("database", one.shares_database_with);
  return fmt::format("{}", fmt::join(parts, "; "));
}

bool is_shown(const status_view& view, const service_status& one) {
  return view.services.empty() || view.services.contains(one.name);
}

std::string_view end_of_life_of(const server_status& status) {
  const auto* known = minors_of(status.version_num / 10000);
  return known == nullptr ? std::string_view{} : known->end_of_life;
}

std::string server_line(const shown_server& one, bool colored) {
  std::string text = paint(fmt::format("server {}", one.status.name), color::bold, colored);
  text +=
      fmt::format(": PostgreSQL {}{} at {}, admin {}, {}{} connections\n", version_text(one.status.version_num),
                  one.is_embedded ? ", embedded," : "", address_of(one.endpoints), one.admin, one.status.connections,
                  one.status.max_connections ? fmt::format(" of {}", *one.status.max_connections) : "");
  if (const auto day = end_of_life_of(one.status); !day.empty()) {
    text +=
        fmt::format("  advice: this major gets no more fixes, its last release was on {}; move to a newer one\n", day);
  }
  return text;
}

std::string sharing_lines(const status_view& view, const server_status& status) {
  std::string text;
  for (const auto& one : status.services) {
    const std::string sharing = sharing_of(one);
    if (is_shown(view, one) && !sharing.empty()) text += fmt::format("  {} shares its {}\n", one.name, sharing);
  }
  return text.empty() ? text : "\nshared, as declared:\n" + text;
}

std::string password_lines(const status_view& view, const server_status& status) {
  std::string text;
  for (const auto& one : status.services) {
    if (!is_shown(view, one)) continue;
    for (const auto& line : one.passwords) text += fmt::format("  {}\n", line);
  }
  return text.empty() ? text : "\npasswords; innkeeper plan says what mends them:\n" + text;
}

std::string undeclared_lines(const server_status& status) {
  std::string text;
  for (const auto& one : status.undeclared) text += fmt::format("  {}\n", one);
  if (!text.empty()) text = "\nours by their mark, and of no service; nothing touches them:\n" + text;
  return leftovers_to_text(status.leftovers) + text;
}

std::string certificate_lines(const server_status& status) {
  std::string text;
  for (const auto& one : status.certificates) {
    text += fmt::format("  {}{}{}\n", ends_soon(one) ? "advice: " : "", to_string(one),
                        ends_soon(one) ? fmt::format("; {}", one.next) : "");
  }
  return text.empty() ? text : "\ncertificates:\n" + text;
}

json certificate_to_json(const certificate_end& one) {
  return {{"of", one.what}, {"ends", one.when}, {"days_left", one.days_left}, {"ends_soon", ends_soon(one)}};
}

json service_to_json(const service_status& one) {
  return {{"name", one.name},
          {"database", one.database.value},
          {"schema", one.schema.value},
          {"session_user", one.user.value},
          {"current_user", one.starts_as.value},
          {"exists", one.exists},
          {"in_step", one.exists && one.steps == 0},
          {"retired_since", one.retired_since.empty() ? json(nullptr) : json(one.retired_since)},
          {"steps", one.steps},
          {"attention", one.attentions},
          {"passwords", one.passwords},
          {"rotation", one.turn && is_under_way(one.turn->state) ? json(to_string(one.turn->state)) : json(nullptr)},
          {"connections", one.connections},
          {"connection_limit", one.connection_limit},
          {"bytes", one.bytes ? json(*one.bytes) : json(nullptr)},
          {"shares_user_with", one.shares_user_with},
          {"shares_schema_with", one.shares_schema_with},
          {"shares_database_with", one.shares_database_with}};
}

}  // namespace

std::string address_of(const std::vector<endpoint>& all) {
  std::vector<std::string> parts;
  for (const auto& where : all) {
    const bool is_ipv6 = where.host.find(':') != std::string::npos;
    const std::string host = is_ipv6 ? fmt::format("[{}]", where.host) : where.host;
    parts.push_back(where.port == 0 ? host : fmt::format("{}:{}", host, where.port));
  }
  return parts.empty() ? "the default address" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string status_to_text(const status_view& view, bool colored) {
  std::string text;
  for (const auto& server : view.servers) {
    text += (text.empty() ? "" : "\n") + server_line(server, colored) + "\n";
    text_table table{{"service", "database", "schema", "session_user", "current_user", "connections", "size", "state"}};
    for (const auto& one : server.status.services) {
      if (!is_shown(view, one)) continue;
      table.add({one.name, one.database.value, one.schema.value, one.user.value, one.starts_as.value,
                 connections_of(one), one.bytes ? human_bytes(*one.bytes) : "", state_of(one)});
    }
    text += table.text("  ") + certificate_lines(server.status) + sharing_lines(view, server.status) +
            password_lines(view, server.status) + undeclared_lines(server.status);
    if (server.status.seats && !server.status.seats->fit()) text += "\n" + seats_text(*server.status.seats) + "\n";
    if (server.status.steps > 0) {
      text += fmt::format("\n{} to run; see innkeeper plan\n", counted(server.status.steps, "step"));
    }
  }
  return text;
}

json status_to_json(const status_view& view) {
  json document{{"estate", view.all.name}, {"servers", json::array()}};
  for (const auto& server : view.servers) {
    const auto& status = server.status;
    json services = json::array();
    for (const auto& one : status.services) {
      if (is_shown(view, one)) services.push_back(service_to_json(one));
    }
    json hosts = json::array();
    for (const auto& where : server.endpoints) hosts.push_back({{"host", where.host}, {"port", where.port}});
    json certificates = json::array();
    for (const auto& one : status.certificates) certificates.push_back(certificate_to_json(one));
    document["servers"].push_back(
        {{"name", status.name},
         {"embedded", server.is_embedded},
         {"version_num", status.version_num},
         {"end_of_life", end_of_life_of(status).empty() ? json(nullptr) : json(end_of_life_of(status))},
         {"hosts", hosts},
         {"admin", server.admin.value},
         {"connections", status.connections},
         {"max_connections", status.max_connections ? json(*status.max_connections) : json(nullptr)},
         {"connections_of_services", status.seats ? json(status.seats->asked_for) : json(nullptr)},
         {"connections_for_services", status.seats ? json(status.seats->for_services()) : json(nullptr)},
         {"steps", status.steps},
         {"attention", status.attentions},
         {"certificates", certificates},
         {"services", services},
         {"leftovers", leftovers_to_json(status.leftovers)},
         {"undeclared", status.undeclared}});
  }
  return document;
}

}  // namespace innkeeper::cli
