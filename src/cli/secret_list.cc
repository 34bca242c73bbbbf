#include <fmt/format.h>

#include <iterator>
#include <optional>

#include "cli/commands.h"
#include "cli/opened_estate.h"
#include "cli/rotation_view.h"
#include "cli/text.h"
#include "core/desired.h"
#include "embedded/help_pages.h"
#include "exec/rotation_book.h"
#include "exec/secret_store.h"

namespace innkeeper::cli {
namespace {

struct row {
  std::string server;
  std::string log_in;
  std::vector<std::string> services;
  exec::stored_state state = exec::stored_state::absent;
  std::string problem;
  std::string file;
  std::string since;     // "" not known
  std::string rotation;  // "in use", "draining since …"
};

std::string_view word_for(exec::stored_state state) {
  switch (state) {
    case exec::stored_state::absent:
      return "absent";
    case exec::stored_state::present:
      return "present";
    case exec::stored_state::unreadable:
      return "unreadable";
  }
  return "";
}

std::vector<std::string> services_of(const estate& all, const desired_role& role) {
  std::vector<std::string> names;
  for (const auto& one : all.services) {
    if (one.user.value == role.name || one.name == role.from.service) names.push_back(one.name);
  }
  return names;
}

struct server_memory {
  log_in_pairs pairs;
  pg::password_times ages;
};

// What the server knows of its log-ins; nothing where it can't be asked, and a line that says why.
std::optional<server_memory> remember(const opened_estate& opened, const server_declaration& server, console& out) {
  try {
    const auto access = exec::find_access(opened.all, server);
    exec::rotation_book book{access, opened.all.name};
    server_memory memory{.pairs = {}, .ages = book.read_ages()};
    for (auto& one : book.read()) memory.pairs.emplace(one.log_in, std::move(one));
    return memory;
  } catch (const std::exception& failed) {
    out.tell(fmt::format("since when passwords are in use is not known: {}", failed.what()));
    return std::nullopt;
  }
}

std::string rotation_of(const role_name& log_in, const log_in_pair* pair) {
  if (pair == nullptr || !is_under_way(pair->state)) return "in use";
  if (log_in != pair->used()) {
    return fmt::format("{}, {}", is_flipped(pair->state) ? "former" : "new", rotation_words(*pair));
  }
  return pair->has_twin ? "in use" : "in use, " + rotation_words(*pair);
}

std::string since_of(const role_name& log_in, const log_in_pair* pair, const std::optional<server_memory>& memory) {
  if (!memory) return {};
  if (pair != nullptr && log_in == pair->used() && pair->used_since) return minute_of(pair->used_since);
  const auto seen = memory->ages.since.find(log_in);
  return seen == memory->ages.since.end() ? "" : minute_of(seen->second);
}

// Of two log-ins that take turns, those that may be open.
std::vector<row> rows_of(const opened_estate& opened, const server_declaration& server,
                         const std::optional<server_memory>& memory) {
  const exec::secret_store store{opened.all.secrets_directory};
  std::vector<row> rows;
  for (const auto& role : derive_desired(opened.all, server).roles) {
    const auto services = services_of(opened.all, role);
    const auto is_meant = [&](const std::string& name) { return opened.is_meant(name); };
    if (!role.can_login || std::ranges::none_of(services, is_meant)) continue;
    const log_in_pair* pair = nullptr;
    if (memory) {
      if (const auto found = memory->pairs.find(role.name); found != memory->pairs.end()) pair = &found->second;
    }
    std::vector<role_name> log_ins{pair != nullptr ? pair->used() : store.in_use(server.name, role.name)};
    if (pair != nullptr && pair->has_twin && is_under_way(pair->state)) log_ins.push_back(pair->other());
    for (const auto& log_in : log_ins) {
      const auto entry = store.read(server.name, log_in);
      rows.push_back({.server = server.name,
                      .log_in = log_in.value,
                      .services = services,
                      .state = entry.state,
                      .problem = entry.problem,
                      .file = store.password_file(server.name, log_in).string(),
                      .since = since_of(log_in, pair, memory),
                      .rotation = rotation_of(log_in, pair)});
    }
  }
  return rows;
}

std::vector<row> collect(const opened_estate& opened, console& out) {
  std::vector<row> rows;
  for (const auto* server : opened.servers) {
    auto here = rows_of(opened, *server, remember(opened, *server, out));
    rows.insert(rows.end(), std::make_move_iterator(here.begin()), std::make_move_iterator(here.end()));
  }
  return rows;
}

exit_code run(const arguments& given, console& out) {
  const auto opened = open_estate(given, out);
  const auto rows = collect(opened, out);
  text_table table{{"log-in", "server", "services", "password", "since", "rotation", "file"}};
  json secrets = json::array();
  for (const auto& one : rows) {
    table.add({one.log_in, one.server, fmt::format("{}", fmt::join(one.services, ", ")),
               std::string{word_for(one.state)}, one.since, one.rotation, one.file});
    secrets.push_back({{"log_in", one.log_in},
                       {"server", one.server},
                       {"services", one.services},
                       {"password", word_for(one.state)},
                       {"problem", one.problem},
                       {"since", one.since.empty() ? json(nullptr) : json(one.since)},
                       {"rotation", one.rotation},
                       {"file", one.file}});
    if (!one.problem.empty()) out.warn(fmt::format("innkeeper: warning: {}: {}", one.log_in, one.problem));
  }
  out.print(table.text());
  out.print_json({{"estate", opened.all.name}, {"secrets", secrets}});
  return exit_code::ok;
}

}  // namespace

command secret_list_command() {
  return {.name = "secret list",
          .summary = "which log-ins have a password here; no password is shown",
          .page = help_pages::secret_list_md,
          .run = run};
}

}  // namespace innkeeper::cli
