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
  exec::rotation_book::ages ages;
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

// Of two log-ins that take turns both are listed, unless the second one was never made.
std::vector<row> rows_of(const opened_estate& opened, const server_declaration& server,
                         const std::optional<server_memory>& memory) {
  const exec::secret_store store{opened.all.secrets_directory};
  const log_in_pairs pairs = memory ? memory->pairs : log_in_pairs{};
  std::vector<row> rows;
  for (const auto& role : derive_desired(opened.all, server).roles) {
    const auto services = services_of(opened.all, role);
    const auto is_meant = [&](const std::string& name) { return opened.is_meant(name); };
    if (!role.can_login || std::ranges::none_of(services, is_meant)) continue;
    const auto pair = pairs.find(role.name);
    const bool is_turn = pair != pairs.end() && pair->second.has_twin;
    const auto used = pair != pairs.end() ? pair->second.used() : store.in_use(server.name, role.name);
    std::vector<role_name> log_ins{used};
    if (is_turn && is_under_way(pair->second.state)) log_ins.push_back(pair->second.other());
    for (const auto& log_in : log_ins) {
      const auto entry = store.read(server.name, log_in);
      row one{.server = server.name,
              .log_in = log_in.value,
              .services = services,
              .state = entry.state,
              .problem = entry.problem,
              .file = store.password_file(server.name, log_in).string()};
      one.rotation = log_in == used ? "in use" : "not in use";
      if (pair != pairs.end() && is_under_way(pair->second.state)) one.rotation = rotation_words(pair->second);
      if (pair != pairs.end() && log_in != used) one.rotation += is_flipped(pair->second.state) ? ", former" : ", new";
      if (memory) {
        const auto seen = memory->ages.since.find(log_in);
        const auto since = log_in == used && pair != pairs.end() && pair->second.used_since ? pair->second.used_since
                           : seen != memory->ages.since.end() ? std::optional{seen->second}
                                                              : std::nullopt;
        one.since = minute_of(since);
      }
      rows.push_back(std::move(one));
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
