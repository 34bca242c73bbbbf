// Many runners at once, and a person who knows nothing of our lock: nobody fails on a race, and the end is right.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <thread>

#include "pg/connection.h"
#include "tests/support/child_program.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view manifest = R"(estate: {0}
servers:
  shared:
    url: ${{INNKEEPER_SERVER_URL}}
    admin: {{user: postgres, password: [env: ADMIN_PASSWORD]}}
defaults: {{secrets: {{directory: secrets}}}}
services:
  {0}_a: {{extensions: [citext], readers: [{0}_b]}}
  {0}_b: {{access: readwrite}}
  {0}_c: {{connections: 9}}
)";

// What a person types while others deploy: at roles and databases of the estates, and at its own. Whatever is refused
// is tried again later, as people do.
const std::vector<std::string> persons_statements{"CREATE ROLE person_{n} LOGIN",
                                                  "GRANT CONNECT ON DATABASE shop_a TO person_{n}",
                                                  "ALTER ROLE shop_a_user CONNECTION LIMIT 5",
                                                  "GRANT shop_b_ro TO person_{n}",
                                                  "GRANT TEMPORARY ON DATABASE school_b TO PUBLIC",
                                                  "ALTER ROLE school_c_user CREATEDB",
                                                  "ALTER DATABASE shop_c CONNECTION LIMIT 3",
                                                  "ALTER ROLE shop_b_user IN DATABASE shop_b RESET ALL",
                                                  "REVOKE school_a_access FROM school_a_user",
                                                  "REVOKE ALL ON DATABASE shop_a FROM person_{n}",
                                                  "ALTER ROLE person_{n} CONNECTION LIMIT 2",
                                                  "REVOKE shop_b_ro FROM person_{n}",
                                                  "DROP ROLE person_{n}"};

class person {
 public:
  explicit person(const cluster& server)
      : session_{pg::connection::open(server.admin(), {.application_name = "a person"})}, hands_{[this] { work(); }} {}
  person(const person&) = delete;
  person& operator=(const person&) = delete;
  ~person() { is_over_ = true; }

  [[nodiscard]] int statements_done() const { return done_; }

 private:
  void work() {
    for (int round = 0; !is_over_; ++round) {
      for (std::string statement : persons_statements) {
        for (auto at = statement.find("{n}"); at != std::string::npos; at = statement.find("{n}")) {
          statement.replace(at, 3, std::to_string(round));
        }
        try {
          session_.query(statement);
          ++done_;
        } catch (const pg::error&) {
          continue;
        }
      }
    }
    session_.query("RESET ALL");
  }

  pg::connection session_;
  std::atomic<bool> is_over_ = false;
  std::atomic<int> done_ = 0;
  std::jthread hands_;
};

class racing : public testing::Test {
 protected:
  racing() : server_{{.settings = {{"max_connections", "300"}}, .password = "admin password", .tcp = true}} {
    for (const auto* estate : {"shop", "school"}) {
      fs::create_directory(folder_.path() / estate);
      std::ofstream{folder_.path() / estate / "innkeeper.yaml"} << fmt::format(fmt::runtime(manifest), estate);
    }
  }

  std::unique_ptr<child_program> start(const std::vector<std::string>& words, const std::string& estate,
                                       std::map<std::string, std::string> environment = {}) {
    environment["INNKEEPER_SERVER_URL"] = fmt::format("postgresql://postgres@127.0.0.1:{}/postgres", server_.port());
    environment["ADMIN_PASSWORD"] = environment["POSTGRES_ADMIN_PASSWORD"] = "admin password";
    environment["HOME"] = folder_.path();
    std::vector<std::string> all{INNKEEPER_BINARY};
    all.insert(all.end(), words.begin(), words.end());
    return std::make_unique<child_program>(all, environment, folder_.path() / estate,
                                           folder_.path() / fmt::format("output.{}", ++started_));
  }

  cluster server_;
  scratch_folder folder_;
  int started_ = 0;
};

TEST_F(racing, sixteen_runners_and_a_person_at_one_server_fail_on_no_race) {
  std::vector<std::unique_ptr<child_program>> runners;
  int typed = 0;
  {
    const person typing{server_};
    for (const std::string estate : {"shop", "school"}) {
      runners.push_back(start({"apply"}, estate));
      runners.push_back(start({"apply"}, estate));
      for (const std::string service : {"_a", "_b", "_c"}) {
        runners.push_back(start({"apply", "--service", estate + service}, estate));
      }
      runners.push_back(start({"apply", "--service", estate + "_a", estate + "_c"}, estate));
      fs::create_directory(folder_.path() / (estate + "-scripts"));
      for (const std::string name : {"one", "two"}) {
        runners.push_back(
            start({"service", "create"}, estate + "-scripts", {{"APP_NAME", estate + "-" + name + "-backend"}}));
      }
    }
    ASSERT_EQ(runners.size(), 16U);
    for (auto& one : runners) {
      const auto ended = one->wait(300);
      EXPECT_EQ(ended.status, 0) << ended.output;
    }
    typed = typing.statements_done();
  }
  EXPECT_GT(typed, 50) << "nobody was in the way";
  fmt::print("racing: 16 runners, {} statements of a person meanwhile\n", typed);
  for (const std::string estate : {"shop", "school"}) {
    const auto mended = start({"apply"}, estate)->wait();
    EXPECT_EQ(mended.status, 0) << mended.output;
    const auto left = start({"plan", "--check"}, estate)->wait();
    EXPECT_EQ(left.status, 0) << left.output;
    for (const std::string name : {"one", "two"}) {
      auto session = pg::connection::open(server_.admin(), {});
      const auto owner = session.query_with(
          "SELECT FROM pg_catalog.pg_database AS d JOIN pg_catalog.pg_roles AS r ON r.rolname = d.datname || '_user' "
          "WHERE d.datname = $1 AND r.rolcanlogin",
          {estate + "_" + name});
      EXPECT_EQ(owner.size(), 1U) << estate << "_" << name;
    }
  }
}

}  // namespace
}  // namespace innkeeper::test
