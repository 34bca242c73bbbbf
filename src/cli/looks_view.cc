#include "cli/looks_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/failure.h"
#include "cli/text.h"

namespace innkeeper::cli {
namespace {

constexpr std::size_t most_names = 5;

bool is_quick(const std::vector<look_summary>& servers) {
  return std::ranges::any_of(servers, [](const look_summary& one) { return one.how == depth::quick; });
}

std::string human_age(std::int64_t seconds) {
  if (seconds < 90) return fmt::format("{} s", seconds);
  if (seconds < 90 * 60) return fmt::format("{} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} days", seconds / 86400);
}

std::string some_of(const std::vector<database_name>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > most_names) text += fmt::format(" and {} more", names.size() - most_names);
  return text;
}

std::vector<std::string> not_checked_on(const std::vector<look_summary>& servers) {
  std::vector<std::string> all;
  for (const auto& one : servers) {
    for (auto& line : not_checked(one)) {
      if (std::ranges::find(all, line) == all.end()) all.push_back(std::move(line));
    }
  }
  return all;
}

// Nothing where every database was looked into or made: that is as good as deep.
std::string one_server(const look_summary& one) {
  if (one.as_noted == 0 && one.obstacle.empty()) return {};
  std::string text = fmt::format("Quick: {} judged from the server's shared catalogs and not entered",
                                 counted(one.as_noted, "database"));
  if (one.as_noted > 0) text += fmt::format("; the last look inside was {} ago", human_age(one.oldest_look));
  text += ".\n";
  if (!one.obstacle.empty()) text += fmt::format("  No look is noted: {}\n", one.obstacle);
  if (!one.entered.empty()) text += fmt::format("  Looked into, since no noted look fits: {}.\n", some_of(one.entered));
  return text;
}

}  // namespace

std::vector<option> depth_option_rows() {
  return {
      {"--quick", "", option_kind::flag, "", "judge from shared catalogs; enter a database only where they changed"},
      {"--deep", "", option_kind::flag, "", "look into every database"}};
}

depth parse_depth(const arguments& given, depth otherwise) {
  if (given.has("--quick") && given.has("--deep")) {
    throw refused{exit_code::usage, "--quick and --deep exclude each other"};
  }
  if (given.has("--quick")) return depth::quick;
  return given.has("--deep") ? depth::deep : otherwise;
}

std::string looks_to_text(const std::vector<look_summary>& servers) {
  std::string text;
  for (const auto& one : servers) {
    if (one.how == depth::quick) text += one_server(one);
  }
  std::string lines;
  for (const auto& line : not_checked_on(servers)) lines += fmt::format("{}{}", lines.empty() ? "" : "; ", line);
  if (!lines.empty()) text += fmt::format("  Not checked: {}. --deep checks these, too.\n", lines);
  return text;
}

void add_looks(json& document, const std::vector<look_summary>& servers) {
  document["depth"] = is_quick(servers) ? "quick" : "deep";
  document["not_checked"] = not_checked_on(servers);
  if (!is_quick(servers)) return;
  json looks = json::array();
  for (const auto& one : servers) {
    json entered = json::array();
    for (const auto& name : one.entered) entered.push_back(name.value);
    looks.push_back({{"as_noted", one.as_noted},
                     {"oldest_look_seconds", one.oldest_look},
                     {"entered", std::move(entered)},
                     {"obstacle", one.obstacle}});
  }
  document["looks"] = std::move(looks);
}

}  // namespace innkeeper::cli
