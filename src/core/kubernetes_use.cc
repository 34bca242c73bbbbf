#include "core/kubernetes_use.h"

#include <algorithm>

#include "core/yaml_tree.h"

namespace innkeeper {
namespace {

// Of a place or of a service, for all of its places.
bool is_external(const yaml::node& one) {
  const auto* manager = yaml::find(one, "managed_by");
  return manager != nullptr && manager->text == "external";
}

// `kubernetes: NAMESPACE/SECRET/KEY` of a password, or `kubernetes: NAMESPACE/SECRET` of a place.
void take_use(const yaml::node& named, bool is_kept_by_others, const std::string& file,
              std::vector<kubernetes_use>& into) {
  const auto slash = named.text.find('/');
  if (!named.usable || slash == std::string::npos) return;
  const auto end = named.text.find('/', slash + 1);
  into.push_back({named.text.substr(0, slash),
                  named.text.substr(slash + 1, end == std::string::npos ? end : end - slash - 1),
                  end == std::string::npos && !is_kept_by_others,
                  {file, named.where.line, named.where.column}});
}

void collect(const yaml::node& from, bool is_kept_by_others, const std::string& file,
             std::vector<kubernetes_use>& into) {
  is_kept_by_others = is_kept_by_others || is_external(from);
  for (const auto& one : from.items) collect(one, is_kept_by_others, file, into);
  for (const auto& one : from.entries) {
    if (one.key == "environments") continue;
    if (one.key == "kubernetes" && one.value.kind == yaml::node_kind::scalar) {
      take_use(one.value, is_kept_by_others, file, into);
    } else {
      collect(one.value, is_kept_by_others, file, into);
    }
  }
}

}  // namespace

void collect_kubernetes_uses(const yaml::node& root, const std::string& file, std::vector<kubernetes_use>& into) {
  collect(root, false, file, into);
}

}  // namespace innkeeper
