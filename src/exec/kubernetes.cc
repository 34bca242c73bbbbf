#include "exec/kubernetes.h"

#include <fmt/format.h>

namespace innkeeper::exec {
namespace {

std::unique_ptr<kubernetes_cluster>& installed_cluster() {
  static std::unique_ptr<kubernetes_cluster> cluster;
  return cluster;
}

}  // namespace

kubernetes_name parse_kubernetes_name(std::string_view text) {
  const auto slash = text.find('/');
  return {std::string{text.substr(0, slash)}, std::string{text.substr(slash + 1)}};
}

std::string to_string(const kubernetes_name& one) {
  return fmt::format("{}/{}", one.name_space, one.name);
}

void use_kubernetes(std::unique_ptr<kubernetes_cluster> cluster) {
  installed_cluster() = std::move(cluster);
}

kubernetes_cluster* kubernetes() {
  return installed_cluster().get();
}

}  // namespace innkeeper::exec
