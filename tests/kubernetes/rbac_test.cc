#include "k8s/rbac.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace innkeeper::k8s {
namespace {

using testing::HasSubstr;

TEST(rbac, grants_the_least_for_each_namespace_in_the_same_order_always) {
  needed_rights needed{.secrets = {{{"infra", "postgresql"}, false},
                                   {{"cafe", "env"}, true},
                                   {{"cafe", "env"}, false},
                                   {{"cafe", "admin"}, false},
                                   {{"cafe", "a"}, true}},
                       .workloads = {{"cafe", "deployment/cafe"}, {"erp", "statefulset/erp"}}};
  const auto text = to_yaml(rbac_objects(needed, {.service_account = {"infra", "innkeeper"}}));
  EXPECT_THAT(text, testing::StartsWith(
                        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: innkeeper\n  namespace: infra\n"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "rules:\n"
          "  - apiGroups: [\"\"]\n    resources: [secrets]\n    resourceNames: [admin]\n    verbs: [get]\n"
          "  - apiGroups: [\"\"]\n    resources: [secrets]\n    resourceNames: [\"a\", env]\n    verbs: [get, create, "
          "patch]\n"
          "  - apiGroups: [apps]\n    resources: [deployments]\n    resourceNames: [cafe]\n    verbs: [patch]\n---\n"));
  std::ranges::reverse(needed.secrets);
  std::ranges::reverse(needed.workloads);
  EXPECT_EQ(to_yaml(rbac_objects(needed, {.service_account = {"infra", "innkeeper"}})), text);
  EXPECT_EQ(rbac_objects(needed, {.user = "ann"}).size(), 6U) << "a user is no object of the cluster";
}

TEST(rbac, knows_a_service_account_by_its_user_name) {
  EXPECT_EQ(subject_named("system:serviceaccount:infra:innkeeper").service_account,
            (exec::kubernetes_name{"infra", "innkeeper"}));
  EXPECT_EQ(subject_named("ann@example.org").user, "ann@example.org");
  EXPECT_EQ(subject_named("system:serviceaccount:odd").user, "system:serviceaccount:odd");
}

TEST(rbac, quotes_what_yaml_would_take_for_something_else) {
  needed_rights needed;
  for (const auto* name : {"true", "null", "123", "1e3", "a.b-c", "0x1f"})
    needed.secrets.push_back({{"no", name}, true});
  const auto text = to_yaml(rbac_objects(needed, {.user = "evil\": [x]\nkind: ClusterRoleBinding"}));
  EXPECT_THAT(text, HasSubstr("resourceNames: [\"0x1f\", \"123\", \"1e3\", a.b-c, \"null\", \"true\"]"));
  EXPECT_THAT(text, HasSubstr("namespace: \"no\"\n"));
  EXPECT_THAT(text, HasSubstr(R"(name: "evil\": [x]\nkind: ClusterRoleBinding")"));
}

}  // namespace
}  // namespace innkeeper::k8s
