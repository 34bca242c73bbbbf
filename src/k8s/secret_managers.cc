#include "k8s/secret_managers.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace innkeeper::k8s {
namespace {

struct owner_kind {
  std::string_view group;  // of apiVersion
  std::string_view tool;
};

constexpr std::array owner_kinds{owner_kind{"external-secrets.io", "External Secrets"},
                                 owner_kind{"kubernetes-client.io", "External Secrets"},
                                 owner_kind{"bitnami.com", "Sealed Secrets"},
                                 owner_kind{"secrets.hashicorp.com", "the Vault Secrets Operator"},
                                 owner_kind{"ricoberger.de", "the Vault Secrets Operator"},
                                 owner_kind{"secrets-store.csi.x-k8s.io", "the Secrets Store CSI driver"},
                                 owner_kind{"isindir.github.com", "the SOPS operator"},
                                 owner_kind{"postgresql.cnpg.io", "CloudNativePG"},
                                 owner_kind{"postgres-operator.crunchydata.com", "Crunchy's operator"},
                                 owner_kind{"acid.zalan.do", "Zalando's operator"}};

struct mark {
  std::string_view list;   // "annotations" or "labels"
  std::string_view key;    // its beginning
  std::string_view value;  // empty: any
  std::string_view tool;
};

// Helm, Flux and Argo CD put back what they rendered, at the next upgrade or at once.
constexpr std::array marks{mark{"annotations", "reconcile.external-secrets.io/", "", "External Secrets"},
                           mark{"labels", "reconcile.external-secrets.io/", "", "External Secrets"},
                           mark{"annotations", "sealedsecrets.bitnami.com/", "", "Sealed Secrets"},
                           mark{"labels", "secrets-store.csi.k8s.io/managed", "true", "the Secrets Store CSI driver"},
                           mark{"labels", "app.kubernetes.io/managed-by", "Helm", "Helm"},
                           mark{"labels", "kustomize.toolkit.fluxcd.io/name", "", "Flux"},
                           mark{"labels", "helm.toolkit.fluxcd.io/name", "", "Flux"},
                           mark{"annotations", "argocd.argoproj.io/tracking-id", "", "Argo CD"},
                           mark{"labels", "argocd.argoproj.io/instance", "", "Argo CD"}};

std::string by_owner(const nlohmann::json& metadata) {
  if (!metadata.contains("ownerReferences")) return {};
  for (const auto& one : metadata.at("ownerReferences")) {
    const std::string version = one.value("apiVersion", "");
    const auto group = std::string_view{version}.substr(0, version.find('/'));
    const auto named = fmt::format("{} \"{}\"", one.value("kind", ""), one.value("name", ""));
    const auto* found = std::ranges::find(owner_kinds, group, &owner_kind::group);
    if (found != owner_kinds.end()) return fmt::format("{} ({})", found->tool, named);
    if (one.value("controller", false)) return fmt::format("a controller ({} of {})", named, version);
  }
  return {};
}

std::string by_mark(const nlohmann::json& metadata) {
  for (const auto& one : marks) {
    const auto list = metadata.find(one.list);
    if (list == metadata.end() || !list->is_object()) continue;
    for (const auto& [key, value] : list->items()) {
      if (key.starts_with(one.key) && (one.value.empty() || value == one.value)) return std::string{one.tool};
    }
  }
  return {};
}

}  // namespace

std::string keeper_of(const nlohmann::json& metadata) {
  auto keeper = by_owner(metadata);
  return keeper.empty() ? by_mark(metadata) : keeper;
}

}  // namespace innkeeper::k8s
