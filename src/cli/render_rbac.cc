#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/opened_estate.h"
#include "core/workload_namespace.h"
#include "embedded/help_pages.h"
#include "k8s/rbac.h"

namespace innkeeper::cli {
namespace {

struct render_request {
  std::vector<std::string> namespaces;  // empty: all
  exec::kubernetes_name account;
  std::vector<k8s::workload_right> workloads;
};

bool is_object_name(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 253 && is_letter(text.front()) && is_letter(text.back()) &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || c == '-' || c == '.'; });
}

k8s::workload_right parse_workload(const std::string& text) {
  const auto slash = text.find('/');
  const auto second = text.find('/', slash + 1);
  if (slash != std::string::npos && second != std::string::npos) {
    const auto kind = text.substr(slash + 1, second - slash - 1);
    if (is_object_name(text.substr(0, slash)) && !k8s::plural_of(kind).empty() &&
        is_object_name(text.substr(second + 1)))
      return {text.substr(0, slash), text.substr(slash + 1)};
  }
  throw refused{exit_code::usage, fmt::format("\"{}\" is no workload that can be restarted", text),
                "Say NAMESPACE/deployment/NAME; statefulset and daemonset are kinds, too."};
}

// Of the manifest's `restart:`; one whose namespace nothing says can't be restarted by us.
void add_declared_restarts(const estate& all, std::vector<k8s::workload_right>& into) {
  for (const auto& service : all.services) {
    for (const auto& one : service.rotation.restart) {
      const auto space = namespace_of(one, service);
      if (!space.empty()) into.push_back({space, one.kind + "/" + one.name});
    }
  }
}

// Where Innkeeper runs: beside the admin's Secret, where the manifest names one.
std::string usual_namespace(const estate& all) {
  const auto source = std::ranges::find(all.kubernetes_uses, false, &kubernetes_use::is_written);
  if (source != all.kubernetes_uses.end()) return source->name_space;
  return all.kubernetes_uses.empty() ? all.name : all.kubernetes_uses.front().name_space;
}

exec::kubernetes_name parse_account(const std::string& text, const estate& all) {
  if (text.empty()) return {usual_namespace(all), "innkeeper"};
  const auto account = exec::parse_kubernetes_name(text);
  if (text.find('/') != std::string::npos && is_object_name(account.name_space) && is_object_name(account.name))
    return account;
  throw refused{exit_code::usage, fmt::format("\"{}\" is no service account", text), "Say NAMESPACE/NAME."};
}

k8s::needed_rights rights_of(const estate& all, const render_request& request) {
  const auto is_meant = [&](const std::string& name) {
    return request.namespaces.empty() || std::ranges::find(request.namespaces, name) != request.namespaces.end();
  };
  k8s::needed_rights needed;
  for (const auto& one : all.kubernetes_uses) {
    if (is_meant(one.name_space)) needed.secrets.push_back({{one.name_space, one.name}, one.is_written});
  }
  for (const auto& one : request.workloads) {
    if (is_meant(one.name_space)) needed.workloads.push_back(one);
  }
  return needed;
}

void refuse_unnamed(const estate& all, const render_request& request) {
  std::set<std::string> known;
  for (const auto& one : all.kubernetes_uses) known.insert(one.name_space);
  for (const auto& one : request.workloads) known.insert(one.name_space);
  if (known.empty())
    throw refused{exit_code::invalid, fmt::format("estate \"{}\" names nothing in Kubernetes", all.name),
                  "Name a Secret in the manifest: secrets: [{kubernetes: NAMESPACE/SECRET}], or kubernetes: as a "
                  "password's source."};
  for (const auto& name : request.namespaces) {
    if (known.contains(name)) continue;
    throw refused{exit_code::usage, fmt::format("estate \"{}\" names nothing in namespace \"{}\"", all.name, name),
                  fmt::format("Say one or more of: {}", fmt::join(known, ", "))};
  }
}

exit_code run(const arguments& given, console& out) {
  const auto opened = open_estate(given, out);
  render_request request{.namespaces = given.values("--namespace"),
                         .account = parse_account(given.value("--service-account"), opened.all)};
  for (const auto& text : given.values("--restart")) request.workloads.push_back(parse_workload(text));
  add_declared_restarts(opened.all, request.workloads);
  refuse_unnamed(opened.all, request);
  const auto objects = k8s::rbac_objects(rights_of(opened.all, request), {.service_account = request.account});
  if (out.settings().json) {
    out.print_json({{"estate", opened.all.name}, {"objects", objects}});
  } else {
    out.print_raw(k8s::to_yaml(objects));
  }
  return exit_code::ok;
}

}  // namespace

command render_rbac_command() {
  return {.name = "render rbac",
          .summary = "the Kubernetes rights that this manifest needs, as objects to apply",
          .page = help_pages::render_rbac_md,
          .word = {.placeholder = "ESTATE"},
          .options = {{"--namespace", "", option_kind::values, "NAME", "only what is in these namespaces"},
                      {"--service-account", "", option_kind::value, "NAMESPACE/NAME",
                       "who gets the rights; innkeeper beside the admin's Secret unless given"},
                      {"--restart", "", option_kind::values, "NAMESPACE/KIND/NAME", "may restart this workload, too"}},
          .run = run};
}

}  // namespace innkeeper::cli
