// One service's schema is broken: its application starts degraded, everybody who asks is told, the others notice
// nothing, and a retry mends it. On the estates that declare it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <innkeeper/schema.h>

#include "tests/cli/program.h"
#include "tests/support/majors.h"

namespace innkeeper::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// flow-backend-isolated borrows the other one's files.
constexpr const char* broken_file = "flow-backend/user/schema/tables/user_pets.sql";

std::vector<std::string> estates() {
  if (is_long_run()) return {"flow-backend", "flow-backend-isolated"};
  return {"flow-backend"};
}

class degraded_start : public testing::TestWithParam<std::string> {
 protected:
  degraded_start() {
    place_.copy_example(GetParam());
    // In the isolated one, what is not applied yet is not closed yet either, and up would say so.
    const auto up =
        GetParam() == "flow-backend" ? run({"up", "-q", "--service", "user", "inventory"}) : run({"up", "-q"});
    if (up.status != 0) ADD_FAILURE() << up.out << up.err;
  }

  finished run(std::vector<std::string> words, const std::map<std::string, std::string>& variables = {}) {
    words.insert(words.begin() + 1, {"--manifest", GetParam() + "/innkeeper.yaml"});
    return place_.innkeeper(words, variables);
  }

  finished start(const std::string& service, const std::map<std::string, std::string>& variables = {}) {
    return run({"init", "--service", service, "--metrics-file", service + ".prom", "--", "echo", service + " serves"},
               variables);
  }

  // "1", "0"
  std::string ready(const std::string& service) {
    return place_.shell("sed -n 's/^innkeeper_schema_ready{.*} //p' " + service + ".prom").out.substr(0, 1);
  }

  // As the service's own health check asks.
  schema_report health(const std::string& service) {
    auto url = run({"secret", "show", service, "--as", "uri"}).out;
    url.pop_back();
    return schema_status(
        {.url = url, .service = service, .files = place_.root() / "flow-backend" / service / "schema"});
  }

  workplace place_;
};

std::string lines_of_a_start(const std::string& title) {
  return "🚀 Starting " + title +
         " Service...\n"
         "🔧 Initializing database...\n"
         "✅ Database initialization completed\n"
         "🎉 " +
         title + " Service startup completed successfully!\n";
}

TEST_P(degraded_start, is_told_everywhere_leaves_others_alone_and_is_mended_by_a_retry) {
  EXPECT_EQ(start("user").err, lines_of_a_start("User"));
  EXPECT_EQ(ready("user"), "1");
  EXPECT_EQ(health("user").state, schema_state::ready) << health("user").error;

  place_.write(broken_file, "CREATE TABLE IF NOT EXISTS user_pets (id uuid PRIMARY KEY, kind nonsense);\n");
  const auto broken = start("user");
  EXPECT_EQ(broken.status, 0);
  EXPECT_EQ(broken.out, "user serves\n");
  EXPECT_EQ(broken.err,
            "🚀 Starting User Service...\n"
            "🔧 Initializing database...\n"
            "⚠️ Database initialization failed: " +
                std::string{broken_file} + ":1:65: type \"nonsense\" does not exist [42704]; starting degraded\n");
  EXPECT_EQ(ready("user"), "0");
  const auto report = health("user");
  EXPECT_EQ(report.state, schema_state::degraded);
  EXPECT_THAT(report.pending, testing::Contains("tables/user_pets.sql"));
  const auto status = run({"migrate", "status", "--check", "--service", "user"});
  EXPECT_EQ(status.status, 2);
  EXPECT_THAT(status.out, HasSubstr("failed"));

  EXPECT_EQ(start("inventory").err, lines_of_a_start("Inventory"));
  EXPECT_EQ(ready("inventory"), "1");
  EXPECT_EQ(health("inventory").state, schema_state::ready);
  EXPECT_EQ(run({"migrate", "status", "--check", "--service", "inventory"}).status, 0);

  const auto again = start("user", {{"LOG_FORMAT", "json"}});
  EXPECT_EQ(again.out, "user serves\n");
  EXPECT_THAT(again.err,
              HasSubstr(R"("level":"WARNING","service":"user","phase":"database","message":"⚠️ Database)"));
  EXPECT_EQ(run({"init", "--service", "user"}).status, 1) << "without an application the exit code says it";

  place_.write(broken_file, "CREATE TABLE IF NOT EXISTS user_pets (id uuid PRIMARY KEY, kind text);\n");
  EXPECT_EQ(run({"migrate", "up", "--service", "user"}).status, 0);
  EXPECT_EQ(health("user").state, schema_state::ready) << "also of the application that goes on running";
  const auto mended = start("user");
  EXPECT_EQ(mended.err, lines_of_a_start("User"));
  EXPECT_EQ(ready("user"), "1");
}

INSTANTIATE_TEST_SUITE_P(of, degraded_start, testing::ValuesIn(estates()), [](const auto& one) {
  return std::string{one.param == "flow-backend" ? "flow_backend" : "flow_backend_isolated"};
});

}  // namespace
}  // namespace innkeeper::test
