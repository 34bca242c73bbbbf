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
#include "exec/service_places.h"

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
  const auto store = exec::store_of(opened.all);
  std::vector<row> rows;
  for (const auto& role : derive_desired(opened.all, server).roles) {
    const auto services = services_of(opened.all, role);
    const auto is_meant = [&](const std::string& name) { return opened.is_meant(name); };
    if (!role.can_login || role.by_certificate || std::ranges::none_of(services, is_meant)) continue;
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
                      .file = entry.from.empty() ? store.password_file(server.name, log_in).string() : entry.from,
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

struct place_row {
  std::string service;
  std::string place;
  std::string state;
  std::string problem;
  json keys = json::array();
  std::string keys_text;
};

std::string_view whose_words(const placed_values& values, const std::string& key, const std::string& owner) {
  const auto found = values.find(key);
  if (found == values.end()) return "absent";
  if (found->second.owner != owner) return found->second.owner.empty() ? "another hand's" : "another service's";
  return found->second.is_altered ? "altered" : "ours";
}

place_row look_at(const opened_estate& opened, const service_declaration& service, const secret_sink& sink) {
  place_row row{.service = service.name, .place = name_of(sink)};
  const auto reached = exec::open_place(opened.all, service, sink);
  if (!reached.place) {
    row.state = reached.problem.empty() ? "out of reach" : "unreadable";
    row.problem = reached.problem + reached.why_not;
    row.keys_text = reached.why_not;
    return row;
  }
  const auto entry = reached.place->read();
  const bool is_external = sink.managed_by == secret_manager::external;
  row.state = std::string{word_for(entry.state)} + (is_external ? ", external" : "");
  row.problem = entry.problem;
  for (const auto& key : sink.keys) {
    const auto words = whose_words(entry.content.keys, key.name, exec::owner_of(opened.all, service));
    if (key.content.is_optional && words == "absent") continue;
    const bool is_plain = words == "ours" || (is_external && words != "absent");
    row.keys_text +=
        fmt::format("{}{}{}", row.keys_text.empty() ? "" : ", ", key.name, is_plain ? "" : fmt::format(" ({})", words));
    row.keys.push_back({{"name", key.name}, {"state", words}});
  }
  return row;
}

std::vector<place_row> collect_places(const opened_estate& opened) {
  std::vector<place_row> rows;
  for (const auto& service : opened.all.services) {
    if (!opened.is_meant(service.name)) continue;
    for (const auto& sink : service.secrets) rows.push_back(look_at(opened, service, sink));
  }
  return rows;
}

json show_places(const std::vector<place_row>& rows, console& out) {
  text_table table{{"service", "place", "state", "keys"}};
  json places = json::array();
  for (const auto& one : rows) {
    table.add({one.service, one.place, one.state, one.keys_text});
    places.push_back({{"service", one.service},
                      {"place", one.place},
                      {"state", one.state},
                      {"problem", one.problem},
                      {"keys", one.keys}});
    const bool is_in_table = one.keys_text == one.problem;
    if (!one.problem.empty() && !is_in_table)
      out.warn(fmt::format("innkeeper: warning: secret {}: {}", one.place, one.problem));
  }
  if (!rows.empty()) out.print("\n" + table.text());
  return places;
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
  const auto places = show_places(collect_places(opened), out);
  out.print_json({{"estate", opened.all.name}, {"secrets", secrets}, {"places", places}});
  return exit_code::ok;
}

}  // namespace

command secret_list_command() {
  return {.name = "secret list",
          .summary = "which log-ins have a password, and where services find theirs; shows none",
          .page = help_pages::secret_list_md,
          .run = run};
}

}  // namespace innkeeper::cli
