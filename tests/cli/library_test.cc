// include/innkeeper/schema.h, as a service uses it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <innkeeper/schema.h>

#include <atomic>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "tests/cli/starting_service.h"

namespace innkeeper::test {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class library : public starting_service {
 protected:
  library() { write_schema(); }

  [[nodiscard]] schema_options options() {
    return {.url = url(),
            .service = "orders",
            .files = place_.root() / "schema",
            .max_retries = 2,
            .initial_delay = milliseconds{10},
            .log = [this](const log_line& line) { told_.push_back(line); }};
  }

  std::vector<std::string> messages() const {
    std::vector<std::string> all;
    for (const auto& one : told_) all.push_back(one.message);
    return all;
  }

  std::vector<log_line> told_;
};

TEST_F(library, initialises_at_the_first_start_and_does_nothing_at_the_second) {
  const auto first = initialise_schema(options());
  EXPECT_EQ(first.state, schema_state::ready) << first.error;
  EXPECT_THAT(first.applied, ElementsAre("tables/accounts.sql", "seed/accounts.sql"));
  EXPECT_EQ(first.code, 0);
  EXPECT_EQ(first.attempts, 1);
  EXPECT_GT(first.duration, milliseconds{0});
  EXPECT_THAT(messages(), ElementsAre("🔧 Initializing database...", "✅ Database initialization completed"));
  const auto second = initialise_schema(options());
  EXPECT_EQ(second.state, schema_state::ready);
  EXPECT_THAT(second.applied, IsEmpty());
}

TEST_F(library, is_degraded_with_a_broken_file_and_ready_once_it_is_mended) {
  place_.write("schema/tables/accounts.sql", "CREATE TABLE IF NOT EXISTS accounts (id nonsense);\n");
  const auto broken = initialise_schema(options());
  EXPECT_EQ(broken.state, schema_state::degraded);
  EXPECT_EQ(broken.code, 1);
  EXPECT_THAT(broken.error, HasSubstr("type \"nonsense\" does not exist"));
  EXPECT_THAT(broken.pending, ElementsAre("tables/accounts.sql", "seed/accounts.sql"));
  EXPECT_EQ(schema_status(options()).state, schema_state::degraded);
  write_schema();
  EXPECT_EQ(initialise_schema(options()).state, schema_state::ready);
  EXPECT_EQ(schema_status(options()).state, schema_state::ready);
}

TEST_F(library, status_changes_nothing_and_says_what_is_pending) {
  const auto before = schema_status(options());
  EXPECT_EQ(before.state, schema_state::degraded);
  EXPECT_EQ(before.code, 2);
  EXPECT_EQ(before.error, "2 files are to run, beginning with tables/accounts.sql");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'innkeeper%'"), "0");
  EXPECT_THAT(messages(), IsEmpty());
}

TEST_F(library, is_degraded_without_a_server_and_counts_its_attempts) {
  auto asked = options();
  asked.url = fmt::format("postgresql://a:hidden-password@127.0.0.1:{}/c", free_port());
  const auto report = initialise_schema(asked);
  EXPECT_EQ(report.state, schema_state::degraded);
  EXPECT_EQ(report.code, 69);
  EXPECT_EQ(report.attempts, 3);
  EXPECT_THAT(report.error, HasSubstr("does not answer after 3 attempts"));
  EXPECT_EQ(report.error.find("hidden-password"), std::string::npos);
  const auto status = schema_status(asked);
  EXPECT_EQ(status.code, 69);
  EXPECT_EQ(status.attempts, 1);
}

TEST_F(library, is_degraded_without_its_files_and_without_its_broker) {
  auto asked = options();
  asked.files = place_.root() / "nowhere";
  EXPECT_EQ(initialise_schema(asked).code, 65);
  asked = options();
  asked.redis_url = fmt::format("redis://127.0.0.1:{}", free_port());
  const auto report = initialise_schema(asked);
  EXPECT_EQ(report.state, schema_state::degraded);
  EXPECT_EQ(report.code, 69);
  EXPECT_THAT(report.applied, ElementsAre("tables/accounts.sql", "seed/accounts.sql"));
}

TEST_F(library, refuses_options_that_cannot_be_meant) {
  const auto refused = [&](const auto& change) {
    auto asked = options();
    change(asked);
    EXPECT_THROW((void)initialise_schema(asked), std::invalid_argument);
  };
  refused([](auto& one) { one.url = ""; });
  refused([](auto& one) { one.url = "mysql://a"; });
  refused([](auto& one) { one.service = ""; });
  refused([](auto& one) { one.service = "a b"; });
  refused([](auto& one) { one.files = ""; });
  refused([](auto& one) { one.format = "nonsense"; });
  refused([](auto& one) { one.max_retries = -1; });
  refused([](auto& one) { one.timeout = milliseconds{0}; });
  refused([](auto& one) { one.redis_url = "amqp://a"; });
  EXPECT_THROW((void)schema_status({}), std::invalid_argument);
}

TEST_F(library, runs_in_many_threads_at_once) {
  std::vector<std::jthread> replicas;
  std::atomic<int> ready = 0;
  std::atomic<std::size_t> applied = 0;
  auto asked = options();
  asked.log = {};
  for (int i = 0; i < 6; ++i) {
    replicas.emplace_back([&] {
      const auto report = initialise_schema(asked);
      if (report.state == schema_state::ready) ++ready;
      applied += report.applied.size();
    });
  }
  replicas.clear();
  EXPECT_EQ(ready, 6);
  EXPECT_EQ(applied, 2U);
}

TEST_F(library, tells_levels_phases_and_durations) {
  auto asked = options();
  asked.least_level = log_level::debug;
  asked.announces_start = true;
  (void)initialise_schema(asked);
  std::vector<std::string> phases;
  for (const auto& one : told_) {
    phases.push_back(one.phase);
    EXPECT_EQ(one.service, "orders");
    EXPECT_EQ(nlohmann::json::parse(to_json(one))["level"], to_string(one.level));
  }
  EXPECT_THAT(phases,
              ElementsAre("start", "database", "wait", "tables", "tables", "seed", "seed", "database", "start"));
  EXPECT_EQ(to_text(told_.back()), "🎉 Orders Service startup completed successfully!");
}

TEST(library_options, come_from_the_environment) {
  setenv("DATABASE_URL", "postgresql://a@b/c", 1);
  setenv("DB_INIT_MAX_RETRIES", "4", 1);
  setenv("DB_INIT_TIMEOUT", "2.5", 1);
  setenv("LOG_LEVEL", "warning", 1);
  const auto found = schema_options_of_environment();
  EXPECT_EQ(found.url, "postgresql://a@b/c");
  EXPECT_EQ(found.max_retries, 4);
  EXPECT_EQ(found.timeout, milliseconds{2500});
  EXPECT_EQ(found.least_level, log_level::warning);
  setenv("DB_INIT_TIMEOUT", "soon", 1);
  EXPECT_THROW((void)schema_options_of_environment(), std::invalid_argument);
  for (const char* name : {"DATABASE_URL", "DB_INIT_MAX_RETRIES", "DB_INIT_TIMEOUT", "LOG_LEVEL"}) unsetenv(name);
}

// The program of docs/library.md: it sees include/ only.
TEST_F(library, the_documented_service_starts_degraded_and_is_mended_without_a_new_start) {
  place_.write("schema/tables/accounts.sql", "CREATE TABLE IF NOT EXISTS accounts (id nonsense);\n");
  place_.write("schema/migrations/V1__notes.sql", "ALTER TABLE accounts ADD note text;\n");
  place_.write("mended.sql", "CREATE TABLE IF NOT EXISTS accounts (id int PRIMARY KEY);\n");
  const auto ran = place_.shell(
      fmt::format("export DATABASE_URL='{}' SCHEMA_FILES=schema\n"
                  "mkfifo requests; exec 9<>requests\n"
                  "library_example <requests >said 2>told & pid=$!\n"
                  "said() {{ for i in $(seq 500); do [ $(wc -l <said) -ge $1 ] && return; sleep 0.02; done; }}\n"
                  "said 1; echo health >&9; said 2; cp mended.sql schema/tables/accounts.sql; echo retry >&9; said 3\n"
                  "echo health >&9; said 4; kill $pid; cat said; cat told >&2",
                  url()));
  EXPECT_EQ(ran.out,
            "degraded: schema/tables/accounts.sql:1:41: type \"nonsense\" does not exist [42704]\n"
            "degraded: 3 files are to run, beginning with tables/accounts.sql\n"
            "ready: version 1, 3 files ran\n"
            "ready: version 1, 0 files ran\n");
  EXPECT_THAT(
      ran.err,
      HasSubstr("⚠️ Database initialization failed: schema/tables/accounts.sql:1:41: type \"nonsense\" does not "
                "exist [42704]; starting degraded\n"));
  EXPECT_THAT(ran.err, testing::EndsWith("🚀 Starting Orders Service...\n"
                                         "🔧 Initializing database...\n"
                                         "✅ Database initialization completed\n"
                                         "🎉 Orders Service startup completed successfully!\n"));
}

}  // namespace
}  // namespace innkeeper::test
