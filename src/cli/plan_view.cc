#include "cli/plan_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/text.h"
#include "core/step_sql.h"

namespace innkeeper::cli {
namespace {

struct counts {
  int create = 0;
  int change = 0;
  int drop = 0;
  int attention = 0;

  [[nodiscard]] int changes() const { return create + change + drop; }
};

counts count(const std::vector<plan>& plans) {
  counts total;
  for (const auto& one : plans) {
    for (const auto& step : one.steps) {
      switch (kind_of(step)) {
        case change_kind::create:
          ++total.create;
          break;
        case change_kind::change:
          ++total.change;
          break;
        case change_kind::drop:
          ++total.drop;
          break;
      }
    }
    total.attention += static_cast<int>(std::ranges::count(one.attentions, false, &attention::is_advice));
  }
  return total;
}

std::string_view symbol_of(change_kind kind) {
  switch (kind) {
    case change_kind::create:
      return "+";
    case change_kind::change:
      return "~";
    case change_kind::drop:
      return "-";
  }
  return "?";
}

color color_of(change_kind kind) {
  switch (kind) {
    case change_kind::create:
      return color::green;
    case change_kind::change:
      return color::yellow;
    case change_kind::drop:
      return color::red;
  }
  return color::dim;
}

// Services in the manifest's order, what they share and the server needs ("") first, a stranger's name last.
std::vector<std::string> groups_of(const estate& all, const plan& one) {
  std::set<std::string> used;
  for (const auto& step : one.steps) used.insert(step.from.service);
  for (const auto& attention : one.attentions) used.insert(attention.from.service);
  std::vector<std::string> groups;
  const auto take = [&](const std::string& name) {
    if (used.erase(name) > 0) groups.push_back(name);
  };
  take("");
  for (const auto& service : all.services) take(service.name);
  groups.insert(groups.end(), used.begin(), used.end());
  return groups;
}

std::string group_to_text(const plan& one, const std::string& service, bool colored) {
  std::string text =
      paint(service.empty() ? fmt::format("server {}", one.server) : service, color::bold, colored) + "\n";
  for (const auto& step : one.steps) {
    if (step.from.service != service) continue;
    const auto kind = kind_of(step);
    text += fmt::format("  {} {}\n", paint(symbol_of(kind), color_of(kind), colored), describe(step));
  }
  for (const auto& attention : one.attentions) {
    if (attention.from.service == service) text += attention_to_text(attention, colored);
  }
  return text + "\n";
}

bool is_shown(const plan_view& view, const unmanaged_key& key) {
  if (view.services.empty()) return true;
  return std::ranges::any_of(
      view.services, [&](const std::string& name) { return key.path.starts_with(fmt::format("services.{}.", name)); });
}

std::string unmanaged_to_text(const plan_view& view, bool colored) {
  std::string text;
  for (const auto& key : view.all.unmanaged) {
    if (!is_shown(view, key)) continue;
    text += fmt::format("{} {} is not managed by this version ({})\n", paint("!", color::magenta, colored), key.path,
                        to_string(key.where));
  }
  return text.empty() ? text : text + "\n";
}

std::string summary(const plan_view& view, const counts& total) {
  const std::string attention =
      total.attention == 0 ? "" : fmt::format("{} need{} attention", total.attention, total.attention == 1 ? "s" : "");
  if (total.changes() > 0) {
    return fmt::format("Plan: {} to create, {} to change, {} to drop{}.\n", total.create, total.change, total.drop,
                       attention.empty() ? "" : "; " + attention);
  }
  if (!attention.empty()) return fmt::format("No changes; {}.\n", attention);
  const auto services = view.services.empty() ? view.all.services.size() : view.services.size();
  return fmt::format("No changes. {} {} as declared.\n", counted(static_cast<long>(services), "service"),
                     services == 1 ? "is" : "are");
}

json step_to_json(const step& one) {
  return {{"symbol", symbol_of(kind_of(one))},
          {"kind", name_of(one)},
          {"subject", subject_of(one)},
          {"text", describe(one)},
          {"service", one.from.service},
          {"database", one.database.value},
          {"file", one.from.where.file},
          {"line", one.from.where.line},
          {"sql", shown_sql(one)},
          {"transactional", is_transactional(one)}};
}

}  // namespace

std::string attention_to_text(const attention& one, bool colored) {
  const std::string sign = one.is_advice ? paint("i", color::dim, colored) : paint("!", color::magenta, colored);
  std::string text = fmt::format("  {} {}\n", sign, one.text);
  if (!one.statement.empty()) {
    text += fmt::format("      {}{}\n", one.statement, one.who.empty() ? "" : fmt::format("   -- by {}", one.who));
  }
  return text;
}

json attention_to_json(const attention& one) {
  return {{"text", one.text},
          {"statement", one.statement},
          {"who", one.who},
          {"service", one.from.service},
          {"database", one.database.value},
          {"topic", one.topic},
          {"fails_service", one.fails_service},
          {"advice", one.is_advice},
          {"database", one.database.value},
          {"file", one.from.where.file},
          {"line", one.from.where.line}};
}

std::string leftovers_to_text(const std::vector<leftover_service>& all) {
  text_table table{{"service", "database", "state", "next"}};
  bool has_one = false;
  for (const auto& one : all) {
    if (one.is_declared) continue;
    has_one = true;
    const std::string state = one.is_cut_off               ? "dropping it was cut off"
                              : one.is_open                ? "retired, not closed yet"
                              : !one.retired_since.empty() ? "retired since " + one.retired_since
                                                           : "in service";
    table.add({one.service, one.database.value, state, one.next});
  }
  return has_one ? "\nours by their marks, and not declared; nothing touches them:\n" + table.text("  ") : "";
}

json leftovers_to_json(const std::vector<leftover_service>& all) {
  json list = json::array();
  for (const auto& one : all) {
    list.push_back({{"service", one.service},
                    {"database", one.database.value},
                    {"declared", one.is_declared},
                    {"retired_since", one.retired_since.empty() ? json(nullptr) : json(one.retired_since)},
                    {"closed", !one.retired_since.empty() && !one.is_open},
                    {"cut_off", one.is_cut_off},
                    {"next", one.next}});
  }
  return list;
}

json preflight_to_json(const std::string& server, const std::vector<missing_right>& rights) {
  json list = json::array();
  for (const auto& one : rights) {
    list.push_back({{"server", server},
                    {"statement", one.statement},
                    {"database", one.database.value},
                    {"who", one.who},
                    {"why", one.why},
                    {"needed_for", one.needed_for == missing_right::need::apply ? "apply" : "proof"}});
  }
  return list;
}

std::string preflight_to_text(const std::string& server, const std::vector<missing_right>& rights) {
  if (rights.empty()) return {};
  const auto for_apply = std::ranges::count(rights, missing_right::need::apply, &missing_right::needed_for);
  const auto for_proof = static_cast<std::ptrdiff_t>(rights.size()) - for_apply;
  const std::string all_for = for_proof == 0   ? "for apply"
                              : for_apply == 0 ? "for the proof"
                                               : fmt::format("{} for apply, {} for the proof", for_apply, for_proof);
  return fmt::format("The admin of server {} lacks rights ({}): `innkeeper plan --preflight` prints {} to ask for.\n",
                     server, all_for, counted(static_cast<long>(rights.size()), "statement"));
}

std::string plan_to_text(const plan_view& view, bool colored) {
  std::string text;
  for (const auto& one : view.plans) {
    for (const auto& service : groups_of(view.all, one)) text += group_to_text(one, service, colored);
  }
  std::string lacking;
  for (const auto& one : view.plans) lacking += preflight_to_text(one.server, one.preflight);
  if (!lacking.empty()) lacking += "\n";
  std::string leftovers;
  for (const auto& one : view.plans) leftovers += leftovers_to_text(one.leftovers);
  return text + unmanaged_to_text(view, colored) + lacking + summary(view, count(view.plans)) + leftovers;
}

json plan_to_json(const plan_view& view) {
  const counts total = count(view.plans);
  json document{{"estate", view.all.name}, {"servers", json::array()}, {"preflight", json::array()}};
  for (const auto& one : view.plans) {
    json server{{"name", one.server}, {"steps", json::array()}, {"attention", json::array()}};
    for (const auto& step : one.steps) server["steps"].push_back(step_to_json(step));
    for (const auto& attention : one.attentions) server["attention"].push_back(attention_to_json(attention));
    server["leftovers"] = leftovers_to_json(one.leftovers);
    document["servers"].push_back(std::move(server));
    for (auto& right : preflight_to_json(one.server, one.preflight)) document["preflight"].push_back(std::move(right));
  }
  document["unmanaged"] = json::array();
  for (const auto& key : view.all.unmanaged) {
    if (!is_shown(view, key)) continue;
    document["unmanaged"].push_back({{"path", key.path}, {"file", key.where.file}, {"line", key.where.line}});
  }
  document["changes"] = total.changes();
  document["attention"] = total.attention;
  return document;
}

}  // namespace innkeeper::cli
