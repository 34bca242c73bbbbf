#include "k8s/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace innkeeper::k8s {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const request_purpose purpose{.doing = "write Kubernetes Secret cafe/env",
                              .name_space = "cafe",
                              .needed = {.secrets = {{{"cafe", "env"}, true}}},
                              .credentials = "the pod's service account"};

exec::error explained(int status, const std::string& body = "") {
  return explain({status, nlohmann::json::parse(body, nullptr, false).is_discarded() ? nlohmann::json()
                                                                                     : nlohmann::json::parse(body)},
                 purpose);
}

TEST(refusals, have_the_exit_code_of_their_kind) {
  EXPECT_EQ(explained(401).code(), exit_code::not_permitted);
  EXPECT_EQ(explained(403).code(), exit_code::not_permitted);
  EXPECT_EQ(explained(404).code(), exit_code::failed);
  EXPECT_EQ(explained(409).code(), exit_code::may_retry);
  EXPECT_EQ(explained(410).code(), exit_code::may_retry);
  EXPECT_EQ(explained(422).code(), exit_code::failed);
  EXPECT_EQ(explained(429).code(), exit_code::may_retry);
  EXPECT_EQ(explained(500).code(), exit_code::may_retry);
  EXPECT_EQ(explained(302).code(), exit_code::failed);
}

TEST(refusals, of_a_person_name_that_person) {
  const auto refused = explained(
      403,
      R"({"message": "secrets \"env\" is forbidden: User \"ann@example.org\" cannot patch resource \"secrets\" in API group \"\" in the namespace \"cafe\""})");
  EXPECT_THAT(refused.hint(), HasSubstr("kind: User\n    name: \"ann@example.org\"\n"));
  EXPECT_THAT(refused.hint(),
              StartsWith("Somebody who may grant rights there runs: innkeeper render rbac --namespace cafe |"));
}

TEST(refusals, by_a_policy_are_not_taken_for_missing_rights) {
  const auto quota =
      explained(403, R"({"message": "secrets \"env\" is forbidden: exceeded quota: small, requested: secrets=1"})");
  EXPECT_STREQ(quota.what(), "could not write Kubernetes Secret cafe/env: the cluster's rules forbid it");
  EXPECT_THAT(quota.detail(), HasSubstr("exceeded quota"));
}

TEST(refusals, of_every_shape_are_read) {
  for (const auto* body : {"", "null", "[]", "{}", "7", R"({"details": 1})", R"({"details": {"causes": 2}})",
                           R"({"details": {"causes": [{}]}})"}) {
    for (const int status : {400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503})
      EXPECT_THAT(explained(status, body).what(), StartsWith("could not write")) << status << body;
  }
}

}  // namespace
}  // namespace innkeeper::k8s
