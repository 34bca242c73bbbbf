// The schema files of an estate: which services run, in which order, where it stops, and whose log-in is used.
#include "exec/migrate_estate.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "core/manifest_parser.h"
#include "exec/secret_store.h"
#include "pg/connection.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int service_count = 6;

// Six services, "svc_1" to "svc_6", of an applied estate; each creates a table of its own.
class migrate_estate : public testing::Test {
 protected:
  static test::cluster& server() {
    static test::cluster one{{.password = "the admin's own", .tcp = true}};
    return one;
  }

  migrate_estate() : prefix_{server().fresh_name("e")} {
    ::setenv("INNKEEPER_TEST_ADMIN_PASSWORD", "the admin's own", 1);
    std::string text = fmt::format(
        "estate: {}\nservers:\n  shared:\n    url: postgresql://127.0.0.1:{}/postgres\n"
        "    admin: {{user: postgres, password: [env: INNKEEPER_TEST_ADMIN_PASSWORD]}}\n"
        "defaults: {{secrets: {{directory: secrets}}}}\nservices:\n",
        prefix_, server().port());
    for (int i = 1; i <= service_count; ++i) {
      text += fmt::format("  {}: {{schema_files: {}}}\n", name(i), name(i));
      schema(i, fmt::format("CREATE TABLE made_by_{} (n int);", i));
    }
    const auto no_variables = [](std::string_view) { return std::optional<std::string>{}; };
    const auto no_files = [](std::string_view, const std::filesystem::path&) { return included_sources{}; };
    auto parsed = parse_manifest({"innkeeper.yaml", folder_.path(), text}, no_files, no_variables);
    EXPECT_FALSE(has_errors(parsed.problems));
    all_ = std::move(parsed.value);
    const auto applied =
        apply_server(all_, {.server = &all_.servers.front(), .admin = server().admin()}, {}, [](const event&) {});
    EXPECT_EQ(applied.applied, service_count);
  }

  [[nodiscard]] std::string name(int number) const { return fmt::format("{}_svc_{}", prefix_, number); }

  void schema(int number, const std::string& text) const {
    const auto directory = folder_.path() / name(number) / "migrations";
    std::filesystem::create_directories(directory);
    std::ofstream{directory / "V1__a.sql"} << text;
  }

  estate_run run(const estate_run_options& options) {
    return run_on_estate(all_, options, [&](const migration_target& target) {
      const int now = ++at_once_;
      {
        const std::lock_guard lock{guard_};
        begun_.push_back(target.service);
        most_at_once_ = std::max(most_at_once_, now);
      }
      auto report = migrate_up(target, {}, [](const event&) {});
      --at_once_;
      return report;
    });
  }

  static std::vector<exit_code> codes(const estate_run& run) {
    std::vector<exit_code> all;
    for (const auto& one : run.reports) all.push_back(one.code);
    return all;
  }

  std::string prefix_;
  test::scratch_folder folder_;
  estate all_;
  std::mutex guard_;
  std::vector<std::string> begun_;
  std::atomic<int> at_once_ = 0;
  int most_at_once_ = 0;
};

TEST_F(migrate_estate, runs_all_services_some_at_a_time_and_a_failure_stays_its_own) {
  schema(3, "SELECT 1/0");
  const auto result = run({.jobs = 2});
  EXPECT_THAT(codes(result), ElementsAre(exit_code::ok, exit_code::ok, exit_code::failed, exit_code::ok, exit_code::ok,
                                         exit_code::ok));
  EXPECT_EQ(result.code(), exit_code::failed);
  EXPECT_THAT(result.skipped, IsEmpty());
  EXPECT_LE(most_at_once_, 2);
  ASSERT_EQ(result.reports.at(2).failures.size(), 1);
  EXPECT_THAT(result.reports.at(2).failures.front().text, HasSubstr("V1__a.sql:1:1: division by zero [22012]"));
}

TEST_F(migrate_estate, tries_the_canary_alone_and_leaves_the_others_where_it_fails) {
  schema(4, "SELECT 1/0");
  const auto failed = run({.canary = name(4)});
  EXPECT_THAT(begun_, ElementsAre(name(4)));
  EXPECT_THAT(failed.skipped, ElementsAre(name(1), name(2), name(3), name(5), name(6)));
  EXPECT_EQ(failed.code(), exit_code::failed);
  begun_.clear();
  const auto done = run({.services = {name(1), name(2), name(3)}, .canary = name(2)});
  EXPECT_EQ(done.code(), exit_code::ok);
  ASSERT_EQ(begun_.size(), 3);
  EXPECT_EQ(begun_.front(), name(2));
  EXPECT_EQ(done.reports.front().service, name(1)) << "in the manifest's order";
}

TEST_F(migrate_estate, begins_no_further_one_after_too_many_failures) {
  for (const int number : {2, 3}) schema(number, "SELECT 1/0");
  const auto result = run({.jobs = 1, .most_failures = 2});
  EXPECT_EQ(result.reports.size(), 3);
  EXPECT_THAT(result.skipped, ElementsAre(name(4), name(5), name(6)));
}

TEST_F(migrate_estate, does_not_migrate_without_the_services_own_password) {
  const secret_store store{all_.secrets_directory};
  std::filesystem::remove_all(store.password_file("shared", {name(1) + "_user"}).parent_path());
  std::filesystem::permissions(store.password_file("shared", {name(2) + "_user"}), std::filesystem::perms::all);
  const auto log_before = server().log().size();
  const auto result = run({});
  EXPECT_THAT(codes(result), ElementsAre(exit_code::invalid, exit_code::invalid, exit_code::ok, exit_code::ok,
                                         exit_code::ok, exit_code::ok));
  for (const int number : {1, 2}) {
    const auto& report = result.reports.at(static_cast<std::size_t>(number - 1));
    ASSERT_EQ(report.failures.size(), 1);
    EXPECT_THAT(report.failures.front().text,
                HasSubstr(fmt::format("not migrated: the password of \"{}_user\" can't be read", name(number))));
  }
  const auto log = server().log().substr(log_before);
  EXPECT_THAT(log, Not(HasSubstr("made_by_1")));
  EXPECT_THAT(log, Not(HasSubstr("made_by_2")));
  EXPECT_THAT(log, HasSubstr(fmt::format("{0}_user@{0} LOG:  statement: BEGIN;\n\tCREATE TABLE made_by_3", name(3))));
  EXPECT_THAT(log, Not(HasSubstr("] postgres@"))) << "the admin has no part in it";
}

}  // namespace
}  // namespace innkeeper::exec
