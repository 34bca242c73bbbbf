#include "cli/service_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/broker.h"
#include "core/env_file.h"
#include "core/manifest_parser.h"
#include "core/naming.h"

namespace innkeeper::cli {
namespace {

using json = nlohmann::ordered_json;

class settings {
 public:
  settings(const arguments& given, const environment_lookup& values) : given_{given}, values_{values} {}

  // The option, else the first variable that holds something.
  [[nodiscard]] std::string get(std::string_view option_name, std::initializer_list<std::string_view> variables) const {
    if (!option_name.empty() && given_.has(option_name)) return given_.value(option_name);
    for (const auto variable : variables) {
      if (const auto value = values_(variable); value && !value->empty()) return *value;
    }
    return {};
  }

 private:
  const arguments& given_;
  const environment_lookup& values_;
};

void refuse(service_request& request, std::string message, std::string hint = {}, std::string detail = {}) {
  request.problems.push_back({.message = std::move(message), .detail = std::move(detail), .hint = std::move(hint)});
}

void read_types(service_request& request, const settings& from) {
  const std::string setup = from.get("", {"SETUP_DATABASES"});
  std::string lower = setup;
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  static constexpr std::array yes{"", "true", "yes", "on", "1"};
  if (std::ranges::find(yes, lower) == yes.end()) {
    request.is_wanted = false;
    request.reason = fmt::format("SETUP_DATABASES is {}", setup);
    return;
  }
  std::string types = from.get("--db-types", {"DB_TYPES"});
  if (types.empty()) types = "postgres";
  bool has_postgres = false;
  for (std::size_t begin = 0; begin <= types.size();) {
    const auto end = std::min(types.find_first_of(", ", begin), types.size());
    const std::string one = types.substr(begin, end - begin);
    begin = end + 1;
    if (one == "postgres" || one == "postgresql") {
      has_postgres = true;
    } else if (one == "redis") {
      request.has_redis = true;
    } else if (one == "rabbitmq") {
      request.notes.push_back("rabbitmq is not managed by this version");
    } else if (!one.empty()) {
      refuse(request, fmt::format("DB_TYPES names \"{}\", which is none", one), "Use postgres, redis or rabbitmq.");
    }
  }
  if (!has_postgres && request.problems.empty()) {
    request.is_wanted = false;
    request.reason = fmt::format("DB_TYPES is {}", types);
  }
}

void read_address(service_request& request, const settings& from) {
  request.admin_user = from.get("--admin-user", {"POSTGRES_ADMIN_USER"});
  const std::string host = from.get("--host", {});
  const std::string url = host.empty() ? from.get("", {"INNKEEPER_SERVER_URL"}) : "";
  if (!url.empty()) {
    const auto parsed = parse_conninfo(url);
    if (parsed.value) {
      request.url = *parsed.value;
    } else {
      refuse(request, "INNKEEPER_SERVER_URL holds no connection string", {}, parsed.problem);
    }
    return;
  }
  endpoint where{.host = from.get("--host", {"POSTGRES_HOST", "DATABASE_HOST", "PGHOST"})};
  if (where.host.empty()) return;
  const std::string port = from.get("--port", {"POSTGRES_PORT", "DATABASE_PORT", "PGPORT"});
  const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), where.port);
  if (!port.empty() &&
      (problem != std::errc{} || end != port.data() + port.size() || where.port < 1 || where.port > 65535)) {
    refuse(request, fmt::format("port \"{}\" is none", port), "Give a number from 1 to 65535.");
    return;
  }
  request.url = conninfo{.endpoints = {where}};
}

// Where Redis is. Its password is shared, and no part of an address.
void read_redis(service_request& request, const settings& from) {
  if (!request.has_redis) return;
  std::string address = from.get("", {"REDIS_URL"});
  if (address.empty()) {
    const std::string host = from.get("", {"REDIS_HOST"});
    const std::string port = from.get("", {"REDIS_PORT"});
    address = from.get("", {"REDIS_ADDR"});
    if (address.empty() && !host.empty()) address = host + (port.empty() ? "" : ":" + port);
    if (address.empty()) return;
    address.insert(0, "redis://");
  }
  const auto parsed = parse_broker_url(address);
  if (parsed && parsed->kind == broker_kind::redis) {
    request.value.redis = broker_declaration{.address = *parsed};
  } else {
    refuse(request, "REDIS_URL, REDIS_ADDR or REDIS_HOST holds no address of Redis", "Give HOST:PORT.");
  }
}

// As a YAML scalar in which nothing is expanded.
std::string literal(std::string text) {
  for (auto at = text.find("${"); at != std::string::npos; at = text.find("${", at + 3)) text.insert(at, "$");
  return text;
}

// The manifest's own parser checks the names, and gives what is not said its defaults.
json manifest_for(const service_request& request, const settings& from, const std::string& name) {
  const std::string database = from.get("--service-db-name", {"SERVICE_DB_NAME"});
  const std::string user = from.get("--service-db-user", {"SERVICE_DB_USER"});
  const std::string app = from.get("--app-name", {"APP_NAME"});
  json service = json::object();
  if (!app.empty()) service["app"] = literal(app);
  if (!database.empty()) service["database"] = literal(database);
  if (!user.empty()) service["user"] = literal(user);
  const std::string admin = request.admin_user.empty() ? "admin_user" : request.admin_user;
  const json passwords = json::array({{{"env", "POSTGRES_ADMIN_PASSWORD"}}, {{"env", "POSTGRES_PASSWORD"}}});
  return {{"estate", "service"},
          {"servers", {{"shared", {{"admin", {{"user", literal(admin)}, {"password", passwords}}}}}}},
          {"services", {{name, service}}}};
}

void read_service(service_request& request, const settings& from, const environment_lookup& values) {
  std::string app = from.get("--app-name", {"APP_NAME"});
  if (app.empty()) app = from.get("--service-db-name", {"SERVICE_DB_NAME"});
  if (app.empty()) app = from.get("--namespace", {"NAMESPACE"});
  if (app.empty()) {
    refuse(request, "no service is named", "Set APP_NAME, SERVICE_DB_NAME or NAMESPACE, or give --app-name.");
    return;
  }
  const std::string name = infer_service_name(app);
  const auto text = manifest_for(request, from, name).dump(-1, ' ', false, json::error_handler_t::replace);
  auto parsed = parse_manifest({.file = "service create", .directory = "/", .text = text}, {}, values);
  for (auto& one : parsed.problems) {
    // The text is ours; its places would mean nothing to anybody.
    one.where = {};
    one.source_line.clear();
    request.problems.push_back(std::move(one));
  }
  request.value = std::move(parsed.value);
  request.value.name.clear();
}

}  // namespace

std::vector<secret_key> keys_for(const service_request& request) {
  const std::string name = to_env_name(request.value.services.front().name);
  std::vector<secret_key> keys;
  const auto add = [&](const char* suffix, std::string_view part) {
    keys.push_back({.name = name + suffix, .content = *parse_secret_template(part).value});
  };
  add("_POSTGRES_URL", "uri");
  if (request.has_redis && request.value.redis) add("_REDIS_ADDR", "redis.address");
  return keys;
}

std::vector<option> service_option_rows() {
  return {{"--app-name", "", option_kind::value, "NAME", "as APP_NAME"},
          {"--namespace", "", option_kind::value, "NAME", "as NAMESPACE"},
          {"--service-db-name", "", option_kind::value, "NAME", "as SERVICE_DB_NAME"},
          {"--service-db-user", "", option_kind::value, "NAME", "as SERVICE_DB_USER"},
          {"--db-types", "", option_kind::value, "LIST", "as DB_TYPES"},
          {"--admin-user", "", option_kind::value, "NAME", "as POSTGRES_ADMIN_USER"},
          {"--host", "", option_kind::value, "HOST", "as POSTGRES_HOST"},
          {"--port", "", option_kind::value, "PORT", "as POSTGRES_PORT"},
          {"--secrets", "", option_kind::value, "DIRECTORY", "where passwords are kept"},
          {"--env-file", "", option_kind::value, "FILE", "put the connection string there; - is standard output"}};
}

service_request read_service_request(const arguments& given, const environment_lookup& values) {
  const settings from{given, values};
  service_request request;
  read_types(request, from);
  if (!request.is_wanted) return request;
  read_address(request, from);
  read_service(request, from, values);
  read_redis(request, from);
  return request;
}

}  // namespace innkeeper::cli
