#include "k8s/rbac.h"

#include <fmt/format.h>

#include <array>
#include <map>

namespace innkeeper::k8s {
namespace {

constexpr std::string_view rbac_group = "rbac.authorization.k8s.io";
constexpr std::string_view account_prefix = "system:serviceaccount:";

struct names_of_namespace {
  std::set<std::string> read;
  std::set<std::string> written;
  std::map<std::string, std::set<std::string>> restarted;  // by plural kind
};

rbac_object rule(std::string_view group, std::string_view resource, const std::set<std::string>& names,
                 const std::vector<std::string>& verbs) {
  return {{"apiGroups", rbac_object::array({group})},
          {"resources", rbac_object::array({resource})},
          {"resourceNames", names},
          {"verbs", verbs}};
}

rbac_object rules_of(const names_of_namespace& names) {
  rbac_object rules = rbac_object::array();
  if (!names.read.empty()) rules.push_back(rule("", "secrets", names.read, {"get"}));
  if (!names.written.empty()) rules.push_back(rule("", "secrets", names.written, {"get", "create", "patch"}));
  for (const auto& [kind, of_kind] : names.restarted) rules.push_back(rule("apps", kind, of_kind, {"patch"}));
  return rules;
}

rbac_object metadata(const std::string& name, const std::string& name_space) {
  return {{"name", name},
          {"namespace", name_space},
          {"labels", {{"app.kubernetes.io/name", "innkeeper"}, {"app.kubernetes.io/managed-by", "innkeeper"}}}};
}

rbac_object to_json(const subject& who) {
  if (!who.user.empty()) return {{"kind", "User"}, {"name", who.user}, {"apiGroup", rbac_group}};
  return {
      {"kind", "ServiceAccount"}, {"name", who.service_account.name}, {"namespace", who.service_account.name_space}};
}

// What a plain YAML scalar may be without anybody taking it for something else than text.
bool is_plain(std::string_view text) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  static constexpr std::array<std::string_view, 8> words{"true", "false", "null", "yes", "no", "on", "off", "y"};
  if (text.empty() || letters.find(text.front()) == std::string_view::npos) return false;
  const bool is_word = std::ranges::any_of(words, [&](auto word) { return text == word; });
  return !is_word && text.size() > 1 && std::ranges::all_of(text, [](char c) {
    return letters.find(c) != std::string_view::npos || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/';
  });
}

// A JSON string is a YAML one.
std::string scalar(const rbac_object& value) {
  if (value.is_string() && is_plain(value.get_ref<const std::string&>())) return value.get<std::string>();
  return value.dump();
}

bool is_short_list(const rbac_object& value) {
  return value.is_array() && std::ranges::none_of(value, [](const rbac_object& one) { return one.is_structured(); });
}

void write(const rbac_object& value, std::size_t depth, bool is_item, std::string& text) {
  bool is_first = is_item;
  for (const auto& [key, one] : value.items()) {
    text += is_first ? "" : std::string(depth, ' ');
    is_first = false;
    text += key + ":";
    if (is_short_list(one)) {
      std::vector<std::string> words;
      for (const auto& word : one) words.push_back(scalar(word));
      text += fmt::format(" [{}]\n", fmt::join(words, ", "));
    } else if (one.is_array()) {
      text += "\n";
      for (const auto& item : one) {
        text += std::string(depth + 2, ' ') + "- ";
        write(item, depth + 4, true, text);
      }
    } else if (one.is_object()) {
      text += "\n";
      write(one, depth + 2, false, text);
    } else {
      text += " " + scalar(one) + "\n";
    }
  }
}

}  // namespace

subject subject_named(std::string_view user) {
  if (user.starts_with(account_prefix)) {
    const auto rest = user.substr(account_prefix.size());
    const auto colon = rest.find(':');
    if (colon != std::string_view::npos)
      return {.service_account = {std::string{rest.substr(0, colon)}, std::string{rest.substr(colon + 1)}}};
  }
  return {.user = std::string{user}};
}

std::string plural_of(std::string_view workload_kind) {
  static constexpr std::array<std::string_view, 3> kinds{"deployment", "statefulset", "daemonset"};
  const bool is_known = std::ranges::any_of(kinds, [&](auto kind) { return kind == workload_kind; });
  return is_known ? fmt::format("{}s", workload_kind) : std::string{};
}

std::vector<rbac_object> rbac_objects(const needed_rights& needed, const subject& who) {
  std::map<std::string, names_of_namespace> namespaces;
  for (const auto& one : needed.secrets) {
    auto& names = namespaces[one.secret_name.name_space];
    (one.is_written ? names.written : names.read).insert(one.secret_name.name);
  }
  for (auto& [name_space, names] : namespaces) {
    for (const auto& name : names.written) names.read.erase(name);
  }
  for (const auto& one : needed.workloads) {
    const auto name = exec::parse_kubernetes_name(one.workload);
    namespaces[one.name_space].restarted[plural_of(name.name_space)].insert(name.name);
  }
  std::vector<rbac_object> objects;
  if (who.user.empty()) {
    objects.push_back({{"apiVersion", "v1"},
                       {"kind", "ServiceAccount"},
                       {"metadata", metadata(who.service_account.name, who.service_account.name_space)}});
  }
  for (const auto& [name_space, names] : namespaces) {
    objects.push_back({{"apiVersion", fmt::format("{}/v1", rbac_group)},
                       {"kind", "Role"},
                       {"metadata", metadata("innkeeper", name_space)},
                       {"rules", rules_of(names)}});
    objects.push_back({{"apiVersion", fmt::format("{}/v1", rbac_group)},
                       {"kind", "RoleBinding"},
                       {"metadata", metadata("innkeeper", name_space)},
                       {"roleRef", {{"apiGroup", rbac_group}, {"kind", "Role"}, {"name", "innkeeper"}}},
                       {"subjects", rbac_object::array({to_json(who)})}});
  }
  return objects;
}

std::string to_yaml(const std::vector<rbac_object>& objects) {
  std::string text;
  for (const auto& one : objects) {
    text += text.empty() ? "" : "---\n";
    write(one, 0, false, text);
  }
  return text;
}

}  // namespace innkeeper::k8s
