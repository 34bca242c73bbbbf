#include <fmt/format.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/opened_estate.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "embedded/help_pages.h"
#include "exec/embedded_server.h"
#include "exec/service_places.h"

namespace innkeeper::cli {
namespace {

namespace fs = std::filesystem;

struct removal {
  fs::path path;
  std::string what;
  std::uintmax_t bytes = 0;
};

std::uintmax_t size_of(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(fs::symlink_status(path, ignored))) return fs::file_size(path, ignored);
  std::uintmax_t bytes = 0;
  auto inside = fs::recursive_directory_iterator{path, fs::directory_options::skip_permission_denied, ignored};
  for (; !ignored && inside != fs::recursive_directory_iterator{}; inside.increment(ignored)) {
    std::error_code gone;
    if (!inside->is_regular_file(gone)) continue;
    const auto size = inside->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

// Where the passwords of this server's log-ins are kept.
fs::path secrets_of(const estate& all, const server_declaration& server) {
  const exec::secret_store store{all.secrets_directory};
  return store.password_file(server.name, role_name{"any"}).parent_path().parent_path();
}

std::vector<const server_declaration*> embedded_servers(const opened_estate& opened) {
  std::vector<const server_declaration*> found;
  for (const auto* server : opened.servers) {
    if (!server->url) found.push_back(server);
  }
  return found;
}

// The estate's own folder for what Innkeeper keeps.
fs::path private_folder(const estate& all) {
  return all.directory / ".innkeeper";
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto inside = path.lexically_relative(folder);
  return !inside.empty() && *inside.begin() != "..";
}

// Env files and directories of secrets, but for what goes with the estate's own folder.
template <class Add>
void add_places(const estate& all, const server_declaration& server, Add add) {
  for (const auto& service : all.services) {
    if (service.server != server.name || !is_managed(service)) continue;
    for (const auto& sink : service.secrets) {
      const bool is_ours = sink.kind != place_kind::kubernetes && sink.managed_by != secret_manager::external;
      if (is_ours && !is_below(sink.place, private_folder(all))) {
        add(sink.place, fmt::format("the keys of {} in it; what is not ours stays", service.name));
      }
    }
  }
}

std::vector<removal> removals_of(const opened_estate& opened) {
  std::vector<removal> all;
  const auto add = [&](const fs::path& path, std::string what) {
    std::error_code ignored;
    if (!path.empty() && fs::exists(fs::symlink_status(path, ignored))) {
      all.push_back({path, std::move(what), size_of(path)});
    }
  };
  for (const auto* server : embedded_servers(opened)) {
    const auto found = exec::inspect_embedded(opened.all, *server);
    add(found.paths.data, fmt::format("data of server {}", server->name));
    add(secrets_of(opened.all, *server), fmt::format("passwords of server {}", server->name));
    add_places(opened.all, *server, add);
  }
  add(private_folder(opened.all), "what Innkeeper keeps of the estate");
  return all;
}

std::string removals_to_text(const std::vector<removal>& all) {
  text_table table{{}};
  for (const auto& one : all) {
    table.add({"-", human_bytes(static_cast<long long>(one.bytes)), one.path.string(), one.what});
  }
  return table.text("  ").substr(1);
}

// Throws refused where nobody may be asked, or the answer is no.
void confirm(const arguments& given, const opened_estate& opened, const std::vector<removal>& removals, console& out) {
  out.warn(fmt::format("to be removed, with all data in it:\n{}", removals_to_text(removals)));
  if (given.has("--yes")) return;
  if (!out.settings().can_ask || out.settings().json) {
    throw refused{exit_code::usage, "removing data needs a confirmation, and there is no terminal to ask at",
                  "Give --yes if all this may go.", "nothing was removed"};
  }
  const std::string answer = out.ask(fmt::format("Type {} or yes to remove it: ", opened.all.name));
  if (answer != "yes" && answer != opened.all.name) {
    throw refused{exit_code::failed, "not confirmed", {}, "nothing was removed"};
  }
}

void purge(const opened_estate& opened, console& out) {
  const auto tell = progress_on(out);
  const auto servers = embedded_servers(opened);
  for (const auto* server : servers) {
    exec::purge_embedded(opened.all, *server, tell);
    exec::clear_places(opened.all, server->name, tell);
    fs::remove_all(secrets_of(opened.all, *server));
  }
  std::error_code not_empty;
  fs::remove(opened.all.secrets_directory, not_empty);
  // Another server's passwords may be in there, which still open it.
  if (servers.size() == opened.all.servers.size()) fs::remove_all(private_folder(opened.all));
}

// Which ones ran until now.
std::vector<std::string> stop(const opened_estate& opened, console& out) {
  const auto tell = progress_on(out);
  std::vector<std::string> stopped;
  for (const auto* server : embedded_servers(opened)) {
    if (exec::inspect_embedded(opened.all, *server).running) stopped.push_back(server->name);
    exec::stop_embedded(opened.all, *server, tell);
  }
  return stopped;
}

json document_of(const estate& all, const std::vector<std::string>& stopped, const std::vector<removal>& removed) {
  json paths = json::array();
  for (const auto& one : removed) paths.push_back({{"path", one.path.string()}, {"bytes", one.bytes}});
  return {{"estate", all.name}, {"stopped", stopped}, {"removed", paths}};
}

std::string last_word(const arguments& given, const estate& all, const std::vector<std::string>& stopped,
                      const std::vector<removal>& removed) {
  if (given.has("--purge")) {
    return removed.empty() ? "Nothing to remove.\n"
                           : fmt::format("Removed. {} starts afresh with the next up.\n", all.name);
  }
  return stopped.empty() ? "Nothing was running.\n"
                         : fmt::format("Stopped. The data stays; innkeeper up starts {} again.\n", all.name);
}

exit_code run(const arguments& given, console& out) {
  if (given.has("--service")) {
    throw refused{exit_code::usage, "down takes no --service", "A server goes down with all its services."};
  }
  const auto opened = open_estate(given, out);
  for (const auto* server : opened.servers) {
    if (server->url) out.tell(fmt::format("server {} is not ours to stop", server->name));
  }
  std::vector<removal> removed;
  if (given.has("--purge")) {
    removed = removals_of(opened);
    if (!removed.empty()) confirm(given, opened, removed, out);
  }
  const auto stopped = stop(opened, out);
  if (given.has("--purge")) purge(opened, out);
  out.print(last_word(given, opened.all, stopped, removed));
  out.print_json(document_of(opened.all, stopped, removed));
  return exit_code::ok;
}

}  // namespace

command down_command() {
  return {.name = "down",
          .summary = "stop the estate's own servers; with --purge remove their data, too",
          .page = help_pages::down_md,
          .word = {.placeholder = "ESTATE"},
          .options = {{"--purge", "", option_kind::flag, "", "remove data, passwords and .innkeeper; asks"},
                      {"--yes", "", option_kind::flag, "", "don't ask"}},
          .run = run};
}

}  // namespace innkeeper::cli
