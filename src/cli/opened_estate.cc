#include "cli/opened_estate.h"

#include <fmt/format.h>

#include <algorithm>

#include "exec/manifest_loader.h"

namespace innkeeper::cli {
namespace {

std::optional<std::filesystem::path> asked_for(const arguments& given) {
  const std::string manifest = given.value("--manifest");
  if (!manifest.empty() && !given.positional().empty()) {
    throw refused{exit_code::usage, "two estates are named",
                  fmt::format("Leave out --manifest {} or {}.", manifest, given.positional())};
  }
  if (!manifest.empty()) return manifest;
  if (!given.positional().empty()) return given.positional();
  return std::nullopt;
}

template <class Item>
const Item& named(const std::vector<Item>& all, const std::string& name, std::string_view noun) {
  const auto found = std::ranges::find(all, name, &Item::name);
  if (found != all.end()) return *found;
  std::vector<std::string_view> candidates;
  for (const auto& one : all) candidates.push_back(one.name);
  const auto meant = nearest(name, candidates);
  throw refused{exit_code::usage, fmt::format("the manifest declares no {} \"{}\"", noun, name),
                meant.empty() ? std::string{} : fmt::format("Did you mean \"{}\"?", meant),
                fmt::format("declared: {}", fmt::join(candidates, ", "))};
}

}  // namespace

const service_declaration& named_service(const estate& all, const std::string& name) {
  return named(all.services, name, "service");
}

const server_declaration& named_server(const estate& all, const std::string& name) {
  return named(all.servers, name, "server");
}

opened_estate open_estate(const arguments& given, console& out) {
  auto opened = find_estate(given);
  if (!opened.note.empty()) out.tell(opened.note);
  out.show(opened.warnings);
  return opened;
}

opened_estate find_estate(const arguments& given) {
  auto loaded = exec::load_manifest(asked_for(given));
  if (has_errors(loaded.problems)) throw refused{exit_code::invalid, std::move(loaded.problems)};
  opened_estate opened;
  if (loaded.origin == exec::manifest_origin::last_brought_up) {
    opened.note = fmt::format("estate: {}, the one brought up last", loaded.file.string());
  }
  opened.warnings = std::move(loaded.problems);
  opened.all = std::move(loaded.value);
  opened.file = std::move(loaded.file);
  std::set<std::string> needed;
  for (const auto& name : given.values("--service")) {
    const auto& service = named_service(opened.all, name);
    opened.services.insert(service.name);
    needed.insert(service.server);
  }
  for (const auto& server : opened.all.servers) {
    if (needed.empty() || needed.contains(server.name)) opened.servers.push_back(&server);
  }
  return opened;
}

std::vector<failure_report> for_each_server(const opened_estate& opened,
                                            const std::function<void(const server_declaration& server)>& work) {
  std::vector<failure_report> failures;
  for (const auto* server : opened.servers) {
    try {
      work(*server);
    } catch (const std::exception& thrown) {
      failures.push_back(report_of(thrown));
      if (opened.servers.size() > 1) {
        for (auto& one : failures.back().problems)
          one.message = fmt::format("server {}: {}", server->name, one.message);
      }
    }
  }
  return failures;
}

}  // namespace innkeeper::cli
