// Retire, revive and prune as a user types them, on a server of the estate's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* both = R"(estate: bistro
servers:
  shared: {}
services:
  cafe: {readers: [till]}
  till: {}
)";
constexpr const char* only_till = R"(estate: bistro
servers:
  shared: {}
services:
  till: {}
)";

class leaving : public testing::Test {
 protected:
  leaving() {
    place_.write("bistro/innkeeper.yaml", both);
    up_ = place_.innkeeper({"up", "bistro", "-q"});
  }
  finished run(std::vector<std::string> words) {
    words.insert(words.end(), {"--manifest", "bistro/innkeeper.yaml"});
    return place_.innkeeper(words);
  }
  finished sql(const std::string& service, const std::string& statement) {
    return place_.innkeeper({"psql", service, "--manifest", "bistro/innkeeper.yaml", "--", "-Atc", statement});
  }

  workplace place_;
  finished up_;
};

TEST_F(leaving, goes_by_name_step_by_step_and_asks_each_time) {
  ASSERT_EQ(up_.status, 0) << up_.err;
  ASSERT_EQ(sql("cafe", "CREATE TABLE orders AS SELECT 7 AS id").status, 0);

  const auto unasked = run({"service", "retire", "cafe"});
  EXPECT_EQ(unasked.status, 64);
  EXPECT_THAT(unasked.err, HasSubstr("role cafe_user: NOLOGIN"));
  EXPECT_THAT(unasked.err, HasSubstr("nothing was changed"));
  EXPECT_EQ(sql("cafe", "SELECT 1").status, 0);
  EXPECT_EQ(run({"service", "retire", "caffe", "--yes"}).status, 64);
  EXPECT_THAT(run({"service", "retire", "caffe", "--yes"}).err, HasSubstr("Did you mean \"cafe\"?"));

  const auto retired = run({"service", "retire", "cafe", "--yes"});
  EXPECT_EQ(retired.status, 0) << retired.err;
  EXPECT_EQ(retired.out, "cafe: retired, database cafe kept.\n");
  EXPECT_NE(sql("cafe", "SELECT 1").status, 0);
  EXPECT_EQ(run({"service", "retire", "cafe"}).out, "cafe: was retired already.\n");
  EXPECT_THAT(run({"plan"}).out, HasSubstr("service \"cafe\" is retired since "));
  EXPECT_EQ(run({"plan", "--check"}).status, 0);
  EXPECT_THAT(run({"status"}).out, HasSubstr("retired since "));
  EXPECT_EQ(run({"apply", "-q"}).status, 0);
  EXPECT_NE(sql("cafe", "SELECT 1").status, 0);
  EXPECT_EQ(run({"verify", "--prove", "-q"}).status, 0);

  const auto revived = run({"service", "revive", "cafe"});
  EXPECT_EQ(revived.status, 0) << revived.err;
  EXPECT_EQ(sql("cafe", "SELECT id FROM orders").out, "7\n");

  // Absence closes nothing.
  place_.write("bistro/innkeeper.yaml", only_till);
  EXPECT_EQ(run({"apply", "-q"}).status, 0);
  const auto listed = run({"status"});
  EXPECT_THAT(listed.out, HasSubstr("ours by their marks, and not declared"));
  EXPECT_THAT(listed.out, HasSubstr("innkeeper service retire cafe"));
  const auto document = nlohmann::json::parse(run({"plan", "--json"}).out);
  EXPECT_EQ(document["servers"][0]["leftovers"][0]["service"], "cafe");

  const auto too_early = run({"apply", "--prune", "--confirm", "cafe", "--yes"});
  EXPECT_EQ(too_early.status, 65);
  EXPECT_THAT(too_early.err, HasSubstr("service \"cafe\" is not retired"));
  EXPECT_EQ(run({"service", "retire", "cafe", "--yes", "-q"}).status, 0);
  EXPECT_EQ(run({"apply", "--prune"}).status, 64);
  EXPECT_EQ(run({"apply", "--confirm", "cafe"}).status, 64);
  EXPECT_EQ(run({"apply", "--prune", "--confirm", "cafe"}).status, 64);

  const auto pruned = run({"apply", "--prune", "--confirm", "cafe", "--yes", "--json"});
  EXPECT_EQ(pruned.status, 0) << pruned.err;
  const auto dump = fs::path{nlohmann::json::parse(pruned.out)["pruned"][0]["dump"].get<std::string>()};
  EXPECT_TRUE(fs::exists(dump / "manifest.json"));
  EXPECT_EQ(dump.parent_path(), fs::weakly_canonical(place_.root() / "bistro" / ".innkeeper" / "dumps"));
  EXPECT_THAT(run({"status"}).out, Not(HasSubstr("cafe")));
  EXPECT_EQ(run({"apply", "--prune", "--confirm", "cafe", "--yes", "-q"}).status, 0);
  EXPECT_EQ(run({"verify", "--prove", "-q"}).status, 0);
  // Declared again, it is a new one.
  place_.write("bistro/innkeeper.yaml", both);
  EXPECT_EQ(run({"apply", "-q"}).status, 0);
  EXPECT_THAT(sql("cafe", "SELECT to_regclass('orders') IS NULL").out, HasSubstr("t"));
}

TEST_F(leaving, of_what_the_environment_alone_made_is_told_to_the_build_script) {
  ASSERT_EQ(up_.status, 0) << up_.err;
  const std::map<std::string, std::string> asked{{"APP_NAME", "billing-backend"}};
  const std::vector<std::string> create{"service", "create", "--manifest", "bistro/innkeeper.yaml"};
  ASSERT_EQ(place_.innkeeper(create, asked).status, 0);
  ASSERT_EQ(run({"service", "retire", "billing", "--yes", "-q"}).status, 0);
  const auto again = place_.innkeeper(create, asked);
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("service \"billing\" is retired since "));
  EXPECT_EQ(run({"service", "revive", "billing", "-q"}).status, 0);
  EXPECT_EQ(place_.innkeeper(create, asked).status, 0);
}

}  // namespace
}  // namespace innkeeper::test
