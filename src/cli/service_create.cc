#include <fmt/format.h>

#include <filesystem>

#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/looks_view.h"
#include "cli/service_request.h"
#include "core/env_file.h"
#include "embedded/help_pages.h"
#include "exec/error.h"
#include "exec/manifest_loader.h"
#include "exec/service_places.h"

namespace innkeeper::cli {
namespace {

namespace fs = std::filesystem;

// The server, its admin and its secrets directory are those of an estate that is found as every command finds it.
void borrow_server(service_request& request, const arguments& given, console& out) {
  arguments estate_only;
  if (given.has("--manifest")) estate_only.add("--manifest", given.values("--manifest"));
  auto opened = open_estate(estate_only, out);
  const std::string service_server = request.value.services.front().server;
  server_declaration borrowed = opened.all.servers.front();
  if (!request.admin_user.empty() && request.admin_user != borrowed.admin.user.value.value) {
    borrowed.admin = request.value.servers.front().admin;
  }
  out.tell(fmt::format("server: {} of estate {}", borrowed.name, opened.all.name));
  request.value.services.front().server = borrowed.name;
  request.value.servers = {std::move(borrowed)};
  request.value.secrets_directory = opened.all.secrets_directory;
  if (!request.value.redis) request.value.redis = opened.all.redis;
  request.value.directory = opened.all.directory;
}

void find_server(service_request& request, const arguments& given, console& out) {
  if (request.url) {
    request.value.servers.front().url = request.url;
    request.value.secrets_directory = fs::current_path() / ".innkeeper" / "secrets";
  } else {
    borrow_server(request, given, out);
  }
  if (given.has("--secrets")) request.value.secrets_directory = fs::absolute(given.value("--secrets"));
}

// An address that the estate declares stands in for one that the environment doesn't.
void require_redis(service_request& request) {
  if (!request.has_redis || request.value.redis) return;
  throw refused{exit_code::usage, "DB_TYPES asks for redis, and nothing says where it is",
                "Set REDIS_ADDR, REDIS_URL or REDIS_HOST, declare redis: in the estate, or leave it out of DB_TYPES."};
}

// From there the plan does what it does for an estate's services: existing passwords are read back, never reset.
void choose_place(service_request& request, const std::string& env_file) {
  if (env_file.empty()) return;
  require_redis(request);
  request.value.services.front().secrets.push_back({.kind = place_kind::file,
                                                    .place = fs::absolute(env_file).lexically_normal().string(),
                                                    .shown = env_file,
                                                    .keys = keys_for(request)});
}

void print_env_lines(const estate& all, const std::vector<secret_key>& keys, console& out) {
  const auto& service = all.services.front();
  const auto store = exec::store_of(all);
  const auto target = exec::service_conninfo(store, service, exec::find_access(all, all.servers.front()));
  const auto content = content_of({.keys = keys}, exec::facts_for(all, store, service, target, keys));
  for (const auto& one : content.problems)
    throw exec::error{exit_code::failed, fmt::format("{} can't be written", one.key), one.text};
  for (const auto& [key, value] : content.values) out.print(key + "=" + env_quoted(value).expose() + "\n");
}

exit_code run(const arguments& given, console& out) {
  auto request = read_service_request(given, exec::process_environment());
  for (const auto& note : request.notes) out.warn("! " + note);
  if (has_errors(request.problems)) throw refused{exit_code::usage, request.problems};
  if (!request.is_wanted) {
    out.print(fmt::format("Nothing to do: {}.\n", request.reason));
    out.print_json({{"applied", 0}, {"failed", 0}, {"unchanged", 0}, {"steps", 0}, {"reason", request.reason}});
    return exit_code::ok;
  }
  find_server(request, given, out);
  const bool is_printed = given.value("--env-file") == "-";
  if (is_printed) require_redis(request);
  if (!is_printed) choose_place(request, given.value("--env-file"));
  const auto keys = keys_for(request);
  opened_estate opened;
  opened.all = std::move(request.value);
  opened.servers = {&opened.all.servers.front()};
  // Build scripts run it each time: where nothing changed, one session tells.
  const auto result = apply_estate(opened, {.how = parse_depth(given, depth::quick)}, out);
  const exit_code code = code_of(result);
  if (is_printed && code == exit_code::ok) print_env_lines(opened.all, keys, out);
  if (!is_printed && !result.reports.empty()) out.print(apply_to_text(result, out.settings().colored_results));
  json document = apply_to_json(result);
  const auto& service = opened.all.services.front();
  document["service"] = {
      {"name", service.name}, {"database", service.database.value.value}, {"user", service.user.value.value}};
  out.print_json(document);
  return code;
}

}  // namespace

command service_create_command() {
  auto rows = service_option_rows();
  for (const auto& row : depth_option_rows()) rows.push_back(row);
  return {.name = "service create",
          .summary = "one service from the environment alone, for build scripts",
          .page = help_pages::service_create_md,
          .options = std::move(rows),
          .counters = {"applied", "failed", "unchanged", "steps"},
          .run = run};
}

}  // namespace innkeeper::cli
