// What is printed for other programs to take.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/golden.h"
#include "tests/cli/program.h"

namespace innkeeper::test {
namespace {

constexpr const char* manifest = R"(estate: cafe-erp
servers:
  shared:
    url: postgresql://db.infra
    admin:
      password: [env: POSTGRES_PASSWORD, kubernetes: infra/postgresql/admin-user-password]
redis: {url: "redis://r", password: [kubernetes: infra/redis/password]}
services:
  cafe:
    secrets: [{kubernetes: cafe/cafe-backend-env, keys: {CAFE_POSTGRES_URL: uri}}, {file: cafe.env}]
  erp:
    secrets: [{kubernetes: erp/erp-env}, {kubernetes: erp/erp-vault, managed_by: external}]
    logins: {erp_reports: {secrets: [{kubernetes: reports/erp}]}}
  vaulted: {managed_by: external, secrets: [{kubernetes: vaulted/env}]}
environments:
  test: {services: {cafe: {secrets: [{kubernetes: test/cafe}]}}}
)";

TEST(render_rbac, names_what_the_manifest_names_and_grants_no_more) {
  workplace place;
  place.write("cafe-erp/innkeeper.yaml", manifest);
  place.write("plain/innkeeper.yaml", "estate: plain\nservices: {cafe: }\n");
  std::string text;
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"render", "rbac", "cafe-erp"},
                                             {"render", "rbac", "cafe-erp", "--namespace", "erp", "--service-account",
                                              "ops/robot", "--restart", "erp/deployment/erp"},
                                             {"render", "rbac", "cafe-erp", "--namespace", "epr"},
                                             {"render", "rbac", "cafe-erp", "--restart", "deployment/erp"},
                                             {"render", "rbac", "cafe-erp", "--service-account", "Robot"},
                                             {"render", "rbac", "plain"}}) {
    text += transcript(place, words);
  }
  expect_golden("cli/render-rbac.txt", text);
}

TEST(render_rbac, says_the_same_in_json) {
  workplace place;
  place.write("cafe-erp/innkeeper.yaml", manifest);
  const auto ran = place.innkeeper({"render", "rbac", "cafe-erp", "--json"});
  const auto document = nlohmann::json::parse(ran.out);
  EXPECT_EQ(document.at("estate"), "cafe-erp");
  std::vector<std::string> objects;
  for (const auto& one : document.at("objects"))
    objects.push_back(one.at("kind").get<std::string>() + " " + one.at("metadata").at("namespace").get<std::string>());
  EXPECT_THAT(objects, testing::ElementsAre("ServiceAccount infra", "Role cafe", "RoleBinding cafe", "Role erp",
                                            "RoleBinding erp", "Role infra", "RoleBinding infra", "Role reports",
                                            "RoleBinding reports", "Role vaulted", "RoleBinding vaulted"));
}

}  // namespace
}  // namespace innkeeper::test
