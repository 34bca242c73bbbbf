#include "k8s/cluster.h"

#include <fmt/format.h>

#include <mutex>

#include "exec/error.h"
#include "k8s/kubernetes_place.h"
#include "k8s/secret_object.h"
#include "k8s/workload.h"

namespace innkeeper::k8s {
namespace {

class cluster_around_us : public exec::kubernetes_cluster {
 public:
  explicit cluster_around_us(cluster_options options) : options_{std::move(options)} {}

  [[nodiscard]] std::string why_not() override { return find_client() == nullptr ? why_not_ : std::string{}; }

  [[nodiscard]] exec::kubernetes_value read_key(const exec::kubernetes_name& secret_name,
                                                const std::string& key) override {
    auto* client = find_client();
    if (client == nullptr) return {std::nullopt, why_not_};
    const request_purpose why{.doing = fmt::format("read Kubernetes Secret {}", to_string(secret_name)),
                              .name_space = secret_name.name_space,
                              .needed = {.secrets = {{secret_name, false}}},
                              .credentials = client->settings().from};
    const auto answer = client->ask(
        {.path = fmt::format("/api/v1/namespaces/{}/secrets/{}", secret_name.name_space, secret_name.name)}, why);
    if (answer.status == 404) return {std::nullopt, "there is no such Secret"};
    if (!answer.is_good()) throw explain({answer.status, answer.body}, why);
    return value_of(parse_secret(answer.body), secret_name, key);
  }

  [[nodiscard]] std::unique_ptr<exec::secret_place> open_place(const exec::kubernetes_name& secret_name,
                                                               const exec::kubernetes_place_options& options) override {
    return kubernetes_place(client(), {.secret_name = secret_name, .options = options});
  }

  void restart_workload(std::string_view name_space, std::string_view workload) override {
    const auto named = exec::parse_kubernetes_name(workload);
    k8s::restart_workload(client(), name_space, named.name_space, named.name, std::chrono::system_clock::now());
  }

 private:
  static exec::kubernetes_value value_of(const secret_object& there, const exec::kubernetes_name& secret_name,
                                         const std::string& key) {
    const auto found = there.data.find(key);
    if (found == there.data.end()) {
      std::vector<std::string> keys;
      for (const auto& [name, value] : there.data) keys.push_back(name);
      return {std::nullopt, fmt::format("that Secret has no such key; it has {}",
                                        keys.empty() ? "none" : fmt::format("{}", fmt::join(keys, ", ")))};
    }
    std::string text = found->second.expose();
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    const auto* what = text.empty() ? "it is empty"
                       : text.find_first_of(std::string_view{"\0\n", 2}) != std::string::npos
                           ? "it holds more than one line"
                           : nullptr;
    if (what != nullptr)
      throw exec::error{exit_code::invalid,
                        fmt::format("Kubernetes Secret {} has no password under \"{}\"", to_string(secret_name), key),
                        what, "Write the password there, or take this source out of the manifest."};
    return {secret{std::move(text)}, {}};
  }

  // Null where there is no Kubernetes; why_not_ says so.
  api_client* find_client() {
    const std::lock_guard lock{guard_};
    if (!client_ && why_not_.empty()) {
      auto found = find_cluster(options_.environment, options_.service_account);
      why_not_ = std::move(found.why_not);
      if (found.settings) client_ = std::make_unique<api_client>(std::move(*found.settings), options_.api);
    }
    return client_.get();
  }

  api_client& client() {
    if (auto* found = find_client()) return *found;
    throw exec::error{exit_code::invalid, "there is no Kubernetes cluster to ask", why_not_,
                      "Name a kubeconfig in KUBE_CONFIG or KUBECONFIG, or run this in a pod with a service account."};
  }

  const cluster_options options_;
  std::mutex guard_;
  std::unique_ptr<api_client> client_;
  std::string why_not_;
};

}  // namespace

std::unique_ptr<exec::kubernetes_cluster> make_cluster(cluster_options options) {
  return std::make_unique<cluster_around_us>(std::move(options));
}

}  // namespace innkeeper::k8s
