#include "k8s/workload.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace innkeeper::k8s {
namespace {

constexpr std::string_view restarted_at = "kubectl.kubernetes.io/restartedAt";

}  // namespace

void restart_workload(api_client& api, std::string_view name_space, std::string_view kind, std::string_view name,
                      std::chrono::system_clock::time_point now) {
  const auto plural = plural_of(kind);
  if (plural.empty())
    throw exec::error{exit_code::invalid,
                      fmt::format("a {} can't be restarted", kind),
                      {},
                      "Name a deployment, statefulset or daemonset, as in deployment/cafe."};
  const auto workload = fmt::format("{}/{}", kind, name);
  const request_purpose why{.doing = fmt::format("restart {} in namespace {}", workload, name_space),
                            .name_space = std::string{name_space},
                            .needed = {.workloads = {{std::string{name_space}, workload}}},
                            .credentials = api.settings().from};
  const auto time = fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
  nlohmann::json patch;
  patch["spec"]["template"]["metadata"]["annotations"][std::string{restarted_at}] = time;
  const auto answer = api.ask(
      {.method = "PATCH",
       .path = fmt::format("/apis/apps/v1/namespaces/{}/{}/{}?fieldManager=innkeeper", name_space, plural, name),
       .content_type = "application/strategic-merge-patch+json",
       .body = secret{patch.dump()}},
      why);
  if (!answer.is_good()) throw explain({answer.status, answer.body}, why);
}

}  // namespace innkeeper::k8s
