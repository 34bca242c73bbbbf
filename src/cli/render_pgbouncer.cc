#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/opened_estate.h"
#include "embedded/help_pages.h"
#include "exec/pooler_files.h"

namespace innkeeper::cli {
namespace {

struct chosen_pooler {
  const server_declaration* server = nullptr;
  const endpoint_declaration* way = nullptr;
};

std::vector<chosen_pooler> poolers_of(const estate& all) {
  std::vector<chosen_pooler> found;
  for (const auto& server : all.servers) {
    for (const auto& one : server.endpoints) {
      if (one.pooler && one.pooler->is_ours) found.push_back({&server, &one});
    }
  }
  return found;
}

chosen_pooler choose_pooler(const arguments& given, const estate& all) {
  auto found = poolers_of(all);
  if (found.empty()) {
    throw refused{exit_code::usage, "the manifest declares no PgBouncer",
                  "Say so in a server: endpoints: {pooled: {host: …, port: …, pooler: {kind: pgbouncer}}}."};
  }
  std::vector<std::string_view> names;
  for (const auto& one : found) names.push_back(one.way->name);
  if (given.has("--endpoint")) {
    const auto name = given.value("--endpoint");
    std::erase_if(found, [&](const chosen_pooler& one) { return one.way->name != name; });
    if (found.empty()) {
      const auto meant = nearest(name, names);
      throw refused{exit_code::usage, fmt::format("no PgBouncer is declared as endpoint \"{}\"", name),
                    meant.empty() ? fmt::format("Declared: {}.", fmt::join(names, ", "))
                                  : fmt::format("Did you mean \"{}\"?", meant)};
    }
  }
  if (found.size() == 1) return found.front();
  throw refused{exit_code::usage, "the manifest declares several poolers",
                fmt::format("Name one with --endpoint: {}.", fmt::join(names, ", "))};
}

exit_code run(const arguments& given, console& out) {
  const auto opened = open_estate(given, out);
  const auto [server, way] = choose_pooler(given, opened.all);
  auto placed = *way;
  const auto folder = given.value("--output");
  if (!folder.empty()) placed.pooler->directory = std::filesystem::absolute(folder).lexically_normal();
  const auto files = exec::render_pooler(opened.all, exec::find_access(opened.all, *server), placed);
  for (const auto& note : files.notes) out.warn(fmt::format("innkeeper: note: {}", note));
  if (folder.empty()) {
    out.print(files.configuration);
    out.print_json({{"endpoint", way->name}, {"server", server->name}, {"pgbouncer_ini", files.configuration}});
    return exit_code::ok;
  }
  const bool has_changed = exec::write_pooler_files(files, placed.pooler->directory);
  const auto& in = placed.pooler->directory;
  out.print(fmt::format("{} {} and {}\n", has_changed ? "wrote" : "unchanged:", (in / "pgbouncer.ini").string(),
                        (in / "userlist.txt").string()));
  out.print_json({{"endpoint", way->name},
                  {"server", server->name},
                  {"changed", has_changed},
                  {"files", {(in / "pgbouncer.ini").string(), (in / "userlist.txt").string()}}});
  return exit_code::ok;
}

}  // namespace

command render_pgbouncer_command() {
  return {.name = "render pgbouncer",
          .summary = "PgBouncer's files: databases, pool sizes, and how it knows the log-ins",
          .page = help_pages::render_pgbouncer_md,
          .word = {.placeholder = "ESTATE"},
          .options = {{"--endpoint", "", option_kind::value, "NAME", "which, where several are declared"},
                      {"--output", "-o", option_kind::value, "DIR", "write pgbouncer.ini and userlist.txt there"}},
          .run = run};
}

}  // namespace innkeeper::cli
