#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/looks_view.h"
#include "cli/service_request.h"
#include "core/env_file.h"
#include "core/naming.h"
#include "core/scram.h"
#include "embedded/help_pages.h"
#include "exec/error.h"
#include "exec/manifest_loader.h"
#include "exec/private_file.h"
#include "exec/random.h"
#include "exec/secret_store.h"

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

std::string read_if_there(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

std::string key_of(const service_declaration& service) {
  return to_env_name(service.name) + "_POSTGRES_URL";
}

// A password that only the env file still holds is taken over, so that it is never reset.
void take_over_password(const estate& all, const fs::path& file) {
  const auto& service = all.services.front();
  exec::secret_store store{all.secrets_directory};
  const auto in_use = store.in_use(service.server, service.user.value);
  if (store.read(service.server, in_use).state != exec::stored_state::absent) return;
  const auto url = read_env_key(read_if_there(file), key_of(service));
  if (!url) return;
  const auto parsed = parse_conninfo(url->expose());
  if (!parsed.value || !parsed.value->password) return;
  const role_name& log_in = parsed.value->user;
  const bool is_twin = log_in == twin_of(service.user.value);
  if (log_in != service.user.value && !is_twin) return;
  const secret& password = *parsed.value->password;
  store.write(service.server, log_in,
              {.password = password, .verifier = scram_verifier(password, exec::random_salt())});
  if (is_twin) store.use(service.server, service.user.value, log_in);
}

void write_env_file(const estate& all, const std::string& file, console& out) {
  const auto& service = all.services.front();
  const auto access = exec::find_access(all, all.servers.front());
  const auto printed = print_conninfo(exec::service_conninfo(all, service, access), dialect::uri);
  if (!printed.text) throw exec::error{exit_code::failed, "the connection can't be said as a URI", printed.problem};
  if (file == "-") {
    out.print(patch_env_file({}, key_of(service), *printed.text).expose());
    return;
  }
  const fs::path path = fs::absolute(file);
  const std::string before = read_if_there(path);
  const secret after = patch_env_file(before, key_of(service), *printed.text);
  if (before == after.expose()) return;
  exec::write_private_file(path, after.expose());
  out.tell(fmt::format("wrote {} to {}", key_of(service), path.string()));
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
  const std::string env_file = given.value("--env-file");
  if (!env_file.empty() && env_file != "-") take_over_password(request.value, env_file);
  opened_estate opened;
  opened.all = std::move(request.value);
  opened.servers = {&opened.all.servers.front()};
  // Build scripts run it each time: where nothing changed, one session tells.
  const auto result = apply_estate(opened, {.how = parse_depth(given, depth::quick)}, out);
  const exit_code code = code_of(result);
  if (!env_file.empty() && code == exit_code::ok) write_env_file(opened.all, env_file, out);
  if (env_file != "-" && !result.reports.empty()) out.print(apply_to_text(result, out.settings().colored_results));
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
