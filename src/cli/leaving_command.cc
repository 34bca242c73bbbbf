#include "cli/leaving_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/apply_options.h"
#include "cli/plan_view.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "core/mark.h"
#include "exec/dump.h"

namespace innkeeper::cli {
namespace {

struct server_view {
  exec::server_access access;
  exec::leaving_view view;
};

struct leaver {
  std::string name;
  const server_view* on = nullptr;
  const service_footprint* one = nullptr;
  leaving_plan plan;
};

std::vector<server_view> look_at_servers(const opened_estate& opened) {
  std::vector<server_view> all;
  for (const auto* server : opened.servers) {
    auto access = exec::find_access(opened.all, *server);
    auto view = exec::look_at_leaving(opened.all, access);
    all.push_back({std::move(access), std::move(view)});
  }
  return all;
}

// Another estate's database of that name, to tell whose it is.
diagnostic unknown_service(const std::string& name, const opened_estate& opened,
                           const std::vector<server_view>& servers) {
  for (const auto& server : servers) {
    for (const auto& database : server.view.observed.databases) {
      const auto theirs = marked_estate(database.comment);
      if (database.name.value != name || !theirs || theirs->empty() || *theirs == opened.all.name) continue;
      return {.message = fmt::format("database \"{}\" belongs to estate \"{}\"", name, *theirs),
              .detail = fmt::format("estate \"{}\" has no service \"{}\"", opened.all.name, name),
              .hint = "Ask there."};
    }
  }
  std::vector<std::string_view> candidates;
  for (const auto& server : servers) {
    for (const auto& one : server.view.every) candidates.push_back(one.service);
  }
  const auto meant = nearest(name, candidates);
  return {.message = fmt::format("estate \"{}\" has no service \"{}\", and no server of it bears marks of one",
                                 opened.all.name, name),
          .hint = meant.empty() ? "Run innkeeper status to see what is there."
                                : fmt::format("Did you mean \"{}\"?", meant)};
}

// Where a prune was cut off when only files were left to remove.
bool has_dump(const std::string& name, const opened_estate& opened) {
  return !exec::find_dumps(exec::dumps_directory(opened.all), name).empty();
}

std::vector<leaver> find_leavers(exec::leaving_kind kind, const std::vector<std::string>& names,
                                 const opened_estate& opened, const std::vector<server_view>& servers) {
  std::vector<leaver> found;
  diagnostics unknown;
  for (const auto& name : std::set<std::string>{names.begin(), names.end()}) {
    std::vector<leaver> here;
    for (const auto& server : servers) {
      if (const auto* one = server.view.find(name)) here.push_back({name, &server, one, {}});
    }
    if (here.empty() && kind == exec::leaving_kind::prune && has_dump(name, opened)) {
      here.push_back({name, &servers.front(), nullptr, {}});
    }
    if (here.empty()) unknown.push_back(unknown_service(name, opened, servers));
    if (here.size() > 1) {
      unknown.push_back({.message = fmt::format("service \"{}\" is on {} servers of the estate", name, here.size()),
                         .hint = "Declare the one that stays, and retire the other from an estate of its own."});
    }
    found.insert(found.end(), here.begin(), here.end());
  }
  if (!unknown.empty()) throw refused{exit_code::usage, unknown};
  diagnostics problems;
  for (auto& leaver : found) {
    if (leaver.one == nullptr) continue;
    leaver.plan = exec::preview_leaving(kind, leaver.on->view, *leaver.one, leaver.on->access);
    problems.insert(problems.end(), leaver.plan.problems.begin(), leaver.plan.problems.end());
  }
  if (has_errors(problems)) throw refused{exit_code::invalid, problems};
  return found;
}

std::string preview_to_text(exec::leaving_kind kind, const std::vector<leaver>& all, const opened_estate& opened,
                            bool colored) {
  std::vector<plan> plans;
  for (const auto& one : all) {
    plans.push_back(
        {.server = one.on->access.server->name, .steps = one.plan.steps, .attentions = one.plan.attentions});
  }
  std::string text = plan_to_text({.all = opened.all, .plans = plans}, colored);
  if (kind != exec::leaving_kind::prune) return text;
  for (const auto& one : all) {
    if (one.one == nullptr || !needs_dump(*one.one, one.on->view.observed)) continue;
    text += fmt::format("{}: dumped first, and the dump tried, in {}\n", one.one->service,
                        exec::dumps_directory(opened.all).string());
  }
  return text;
}

void confirm(exec::leaving_kind kind, const std::vector<leaver>& all, const opened_estate& opened,
             const arguments& given, console& out) {
  const bool is_prune = kind == exec::leaving_kind::prune;
  out.warn(fmt::format("{}\n{}", is_prune ? "to be dropped, with all data:" : "to be closed; the data stays:",
                       preview_to_text(kind, all, opened, out.settings().colored_progress)));
  if (given.has("--yes")) return;
  const std::string_view untouched = "nothing was changed";
  if (!out.settings().can_ask || out.settings().json) {
    throw refused{exit_code::usage, "this needs a confirmation, and there is no terminal to ask at",
                  "Give --yes if this is what you want.", std::string{untouched}};
  }
  if (out.ask("Type yes to do it: ") != "yes")
    throw refused{exit_code::failed, "not confirmed", {}, std::string{untouched}};
}

std::string outcome_of(exec::leaving_kind kind, const exec::leaving_report& one) {
  switch (kind) {
    case exec::leaving_kind::retire:
      return one.steps == 0 ? "was retired already" : fmt::format("retired, database {} kept", one.database);
    case exec::leaving_kind::revive:
      return one.steps == 0 ? "was in service already" : "in service again";
    case exec::leaving_kind::prune:
      break;
  }
  if (one.steps == 0) return "nothing was left of it";
  return one.dump.empty() ? "dropped" : fmt::format("dropped; its dump is {}", one.dump.string());
}

}  // namespace

exit_code leaving_result::code() const {
  exit_code worst = exit_code::ok;
  for (const auto& one : failures) worst = worst_of(worst, one.code);
  for (const auto& one : reports) {
    if (has_errors(one.problems)) worst = worst_of(worst, exit_code::invalid);
  }
  return worst;
}

leaving_result let_leave(exec::leaving_kind kind, const std::vector<std::string>& names, const opened_estate& opened,
                         const arguments& given, console& out) {
  exec::leaving_options options;
  if (given.has("--advisory-wait")) {
    options.lock_timeout = parse_duration("--advisory-wait", given.value("--advisory-wait"));
  }
  const auto servers = look_at_servers(opened);
  const auto leavers = find_leavers(kind, names, opened, servers);
  const bool has_steps = std::ranges::any_of(leavers, [](const leaver& one) { return !one.plan.steps.empty(); });
  if (has_steps && kind != exec::leaving_kind::revive) confirm(kind, leavers, opened, given, out);
  const auto tell = progress_on(out);
  leaving_result result;
  for (const auto& one : leavers) {
    try {
      result.reports.push_back(exec::leave(kind, one.name, opened.all, one.on->access, options, tell));
      out.show(result.reports.back().problems);
    } catch (const std::exception& thrown) {
      result.failures.push_back(report_of(thrown));
      for (auto& problem : result.failures.back().problems) {
        problem.message = fmt::format("service {}: {}", one.name, problem.message);
      }
      out.show(result.failures.back().problems);
    }
  }
  return result;
}

json leaving_to_json(const leaving_result& result) {
  json list = json::array();
  for (const auto& one : result.reports) {
    json attentions = json::array();
    for (const auto& attention : one.attentions) attentions.push_back(attention_to_json(attention));
    list.push_back({{"service", one.service},
                    {"server", one.server},
                    {"database", one.database.value},
                    {"steps", one.steps},
                    {"dump", one.dump.empty() ? json(nullptr) : json(one.dump.string())},
                    {"attention", attentions}});
  }
  return list;
}

std::string leaving_to_text(exec::leaving_kind kind, const leaving_result& result, bool colored) {
  std::string text;
  for (const auto& one : result.reports) {
    if (has_errors(one.problems)) continue;
    text += fmt::format("{}: {}.\n", one.service, outcome_of(kind, one));
    for (const auto& attention : one.attentions) text += attention_to_text(attention, colored);
  }
  return text;
}

std::vector<option> leaving_option_rows() {
  return {{"--yes", "", option_kind::flag, "", "don't ask"},
          {"--advisory-wait", "", option_kind::value, "TIME",
           "how long to wait for another runner: 90s, 5m; 5m unless given"}};
}

std::vector<std::string> split_names(const std::string& words) {
  std::vector<std::string> names;
  std::size_t begin = 0;
  while (begin < words.size()) {
    const auto end = std::min(words.find_first_of(" ,", begin), words.size());
    if (end > begin) names.push_back(words.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

}  // namespace innkeeper::cli
