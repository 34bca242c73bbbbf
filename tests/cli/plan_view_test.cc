// Whole plans as people and programs see them: tests/golden/plan-views/<case>/innkeeper.yaml against a server as initdb
// leaves it, or one that lacks nothing.
#include "cli/plan_view.h"

#include <gtest/gtest.h>

#include "core/manifest_parser.h"
#include "core/step_sql.h"
#include "tests/cli/golden.h"
#include "tests/core/estates.h"

namespace innkeeper::cli {
namespace {

estate parse_case(const std::string& name) {
  const auto folder = std::filesystem::path{INNKEEPER_SOURCE_DIR} / "tests" / "golden" / "plan-views" / name;
  const auto parsed = parse_manifest(
      {.file = "innkeeper.yaml", .directory = "/estate", .text = test::read_text(folder / "innkeeper.yaml")}, {},
      [](std::string_view) { return std::nullopt; });
  for (const auto& one : parsed.problems) ADD_FAILURE() << to_string(one);
  return parsed.value;
}

class plan_views : public testing::TestWithParam<std::string> {};

TEST_P(plan_views, are_the_same_bytes_every_time) {
  const estate all = parse_case(GetParam());
  auto server = test::fresh_server(15, GetParam() != "plain-admin");
  server.parameters_of_server = {
      {.name = "log_statement", .value = "none", .type = "enum", .context = "superuser"},
      {.name = "max_connections", .value = "100", .type = "integer", .context = "postmaster"}};
  const std::vector<plan> plans{test::plan_for(all, server)};
  const plan_view view{.all = all, .plans = plans};
  const std::string folder = "plan-views/" + GetParam() + "/";
  test::expect_golden(folder + "plan.txt", plan_to_text(view, false));
  test::expect_golden(folder + "plan.json", plan_to_json(view).dump(2) + "\n");
  test::expect_golden(folder + "plan.sql", to_script(plans.front()));
}

INSTANTIATE_TEST_SUITE_P(golden, plan_views, testing::Values("one-service", "plain-admin", "unmanaged"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(plan_view, an_empty_plan_says_so_and_counts_the_services) {
  const estate all = test::estate_of({test::service("cafe"), test::service("erp")});
  const std::vector<plan> plans{{.server = "shared"}};
  EXPECT_EQ(plan_to_text({.all = all, .plans = plans}, false), "No changes. 2 services are as declared.\n");
  EXPECT_EQ(plan_to_text({.all = all, .plans = plans, .services = {"erp"}}, false),
            "No changes. 1 service is as declared.\n");
}

TEST(plan_view, a_plan_that_only_needs_attention_does_not_claim_that_all_is_as_declared) {
  const estate all = test::estate_of({test::service("cafe")});
  const std::vector<plan> plans{{.server = "shared",
                                 .attentions = {{.text = "extension \"postgis\" is missing",
                                                 .statement = "CREATE EXTENSION postgis;",
                                                 .who = "a superuser",
                                                 .from = {"cafe", {}}}}}};
  EXPECT_EQ(plan_to_text({.all = all, .plans = plans}, false),
            "cafe\n"
            "  ! extension \"postgis\" is missing\n"
            "      CREATE EXTENSION postgis;   -- by a superuser\n"
            "\n"
            "No changes; 1 needs attention.\n");
}

TEST(plan_view, colors_are_only_where_they_are_asked_for) {
  const estate all = test::estate_of({test::service("cafe")});
  const std::vector<plan> plans{test::plan_for(all, test::fresh_server(15, true))};
  EXPECT_EQ(plan_to_text({.all = all, .plans = plans}, false).find('\x1b'), std::string::npos);
  EXPECT_NE(plan_to_text({.all = all, .plans = plans}, true).find("\x1b[32m+\x1b[0m"), std::string::npos);
}

}  // namespace
}  // namespace innkeeper::cli
