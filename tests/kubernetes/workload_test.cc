#include "k8s/workload.h"

#include <gmock/gmock.h>

#include "tests/kubernetes/lab.h"

namespace innkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class workload : public kubernetes_lab {
 protected:
  workload() {
    given_rights({.workloads = {{"cafe", "deployment/cafe-backend"}, {"cafe", "deployment/gone"}}});
    given({{"apiVersion", "apps/v1"},
           {"kind", "Deployment"},
           {"metadata", {{"name", "cafe-backend"}, {"namespace", "cafe"}}},
           {"spec",
            {{"selector", {{"matchLabels", {{"app", "cafe"}}}}},
             {"template",
              {{"metadata", {{"labels", {{"app", "cafe"}}}, {"annotations", {{"theirs", "stays"}}}}},
               {"spec", {{"containers", json::array({json{{"name", "app"}, {"image", "cafe:1"}}})}}}}}}}});
  }

  void restart(std::string_view kind, std::string_view name, int seconds = 0) {
    k8s::restart_workload(innkeeper(), "cafe", kind, name,
                          std::chrono::sys_days{std::chrono::January / 2 / 2026} + std::chrono::seconds{seconds});
  }
};

TEST_F(workload, that_is_restarted_gets_a_new_template_as_from_kubectl) {
  const auto before = ask("GET", "/apis/apps/v1/namespaces/cafe/deployments/cafe-backend");
  restart("deployment", "cafe-backend");
  const auto after = ask("GET", "/apis/apps/v1/namespaces/cafe/deployments/cafe-backend");
  EXPECT_EQ(after.at("spec").at("template").at("metadata").at("annotations"),
            (json{{"kubectl.kubernetes.io/restartedAt", "2026-01-02T00:00:00Z"}, {"theirs", "stays"}}));
  EXPECT_EQ(after.at("metadata").at("generation"), before.at("metadata").at("generation").get<int>() + 1);
  restart("deployment", "cafe-backend", 61);
  const auto again = ask("GET", "/apis/apps/v1/namespaces/cafe/deployments/cafe-backend");
  EXPECT_EQ(again.at("spec").at("template").at("metadata").at("annotations").at("kubectl.kubernetes.io/restartedAt"),
            "2026-01-02T00:01:01Z");
}

TEST_F(workload, that_is_missing_or_forbidden_or_no_workload_is_refused_in_words) {
  const auto refusal_of = [&](std::string_view kind, std::string_view name) {
    try {
      restart(kind, name);
    } catch (const exec::error& failed) {
      return whole_text(failed);
    }
    return std::string{"nothing was refused"};
  };
  EXPECT_THAT(refusal_of("deployment", "gone"),
              HasSubstr("could not restart deployment/gone in namespace cafe: it isn't there"));
  const auto forbidden = refusal_of("statefulset", "other");
  EXPECT_THAT(forbidden, HasSubstr("could not restart statefulset/other in namespace cafe: a right is missing"));
  EXPECT_THAT(
      forbidden,
      HasSubstr("apiGroups: [apps]\n    resources: [statefulsets]\n    resourceNames: [other]\n    verbs: [patch]\n"));
  EXPECT_EQ(refusal_of("job", "x"),
            "a job can't be restarted\n  hint: Name a deployment, statefulset or daemonset, as in deployment/cafe.");
}

}  // namespace
}  // namespace innkeeper::test
