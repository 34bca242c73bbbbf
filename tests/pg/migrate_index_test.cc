// Indexes that are built without blocking: who keeps a build waiting, builds that their runner did not live to see the
// end of, and what broken ones leave.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <mutex>
#include <thread>

#include "tests/pg/migrate_fixture.h"
#include "tests/support/majors.h"

namespace innkeeper::exec {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string build = "-- innkeeper: no-transaction\nCREATE INDEX CONCURRENTLY a_n ON a (n);\n";

class migrate_index : public migrate {
 protected:
  migrate_index() {
    ask("CREATE TABLE a (n int, m int); INSERT INTO a SELECT n % 7, n FROM generate_series(1, 1000) n");
  }

  // A run in a thread of its own, with what it says.
  class running {
   public:
    running(const migration_target& target, const migrate_options& options)
        : thread_{[this, target, options] {
            report_ = migrate_up(target, options, [this](const event& one) {
              const std::lock_guard lock{guard_};
              told_.push_back(one.text);
            });
          }} {}
    [[nodiscard]] migrate_report wait() {
      thread_.join();
      return report_;
    }
    [[nodiscard]] bool has_told(const std::string& words) {
      return test::eventually([&] {
        for (const auto& one : told()) {
          if (one.find(words) != std::string::npos) return true;
        }
        return false;
      });
    }
    [[nodiscard]] std::vector<std::string> told() {
      const std::lock_guard lock{guard_};
      return told_;
    }

   private:
    std::mutex guard_;
    std::vector<std::string> told_;
    migrate_report report_;
    std::thread thread_;
  };

  // A transaction that sees the table as it is now: a build without blocking waits for its end.
  [[nodiscard]] pg::connection old_transaction() const {
    auto session = as_service();
    session.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM a");
    return session;
  }

  [[nodiscard]] bool somebody_builds() const {
    return test::eventually([&] {
      return !ask("SELECT FROM pg_stat_progress_create_index WHERE datname = "
                  "current_database() AND phase LIKE 'waiting%'")
                  .empty();
    });
  }

  // How often the server was told to build an index of this database.
  [[nodiscard]] int builds() const {
    int count = 0;
    const auto log = server().log();
    const auto words = fmt::format("{}@{} LOG:  statement: CREATE INDEX CONCURRENTLY", role_, database_);
    for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1)) ++count;
    return count;
  }

  [[nodiscard]] bool is_valid(const std::string& index) const {
    return ask(fmt::format("SELECT indisvalid FROM pg_index WHERE indexrelid = '{}'::regclass", index)).text(0, 0) ==
           "t";
  }
};

TEST_F(migrate_index, waits_for_an_old_transaction_without_any_timeout_and_says_whose_it_is) {
  auto holder = old_transaction();
  files({{"migrations/V1__i.sql", build}});
  options_.lock_timeout = std::chrono::milliseconds{30};
  options_.statement_timeout = std::chrono::milliseconds{30};
  running run{target_, options_};
  EXPECT_TRUE(run.has_told(fmt::format("waiting for a lock held by pid {} of \"{}\"", holder.backend_pid(), role_)));
  EXPECT_TRUE(run.has_told("SELECT count(*) FROM a"));
  holder.query("COMMIT");
  const auto report = run.wait();
  EXPECT_EQ(failure_of(report), "");
  ASSERT_EQ(report.ran.size(), 1);
  EXPECT_EQ(report.ran.front().attempts, 1);
  EXPECT_TRUE(is_valid("a_n"));
}

TEST_F(migrate_index, whose_runner_was_killed_is_awaited_by_the_next_one_and_not_built_twice) {
  auto holder = old_transaction();
  files({{"migrations/V1__i.sql", build}, {"migrations/V2__b.sql", "CREATE TABLE b (n int)"}});
  const pid_t runner = ::fork();
  if (runner == 0) {
    (void)migrate_up(target_, options_, [](const event&) {});
    ::_exit(0);
  }
  EXPECT_TRUE(somebody_builds());
  ::kill(runner, SIGKILL);
  ::waitpid(runner, nullptr, 0);
  running next{target_, options_};
  EXPECT_TRUE(next.has_told("another runner is at it: \"innkeeper migrate cafe\""));
  EXPECT_TRUE(next.has_told("waiting for"));
  holder.query("COMMIT");
  EXPECT_EQ(failure_of(next.wait()), "");
  EXPECT_EQ(builds(), 1);
  EXPECT_TRUE(is_valid("a_n"));
  EXPECT_THAT(history(), testing::ElementsAre("applied 1 1/1", "applied 2 1/1"));
}

TEST_F(migrate_index, whose_runner_and_backend_were_killed_is_built_anew) {
  auto holder = old_transaction();
  files({{"migrations/V1__i.sql", build}});
  const pid_t runner = ::fork();
  if (runner == 0) {
    (void)migrate_up(target_, options_, [](const event&) {});
    ::_exit(0);
  }
  EXPECT_TRUE(somebody_builds());
  ::kill(runner, SIGKILL);
  ::waitpid(runner, nullptr, 0);
  ask("SELECT pg_terminate_backend(pid) FROM pg_stat_progress_create_index WHERE datname = current_database()");
  holder.query("COMMIT");
  running next{target_, options_};
  EXPECT_EQ(failure_of(next.wait()), "");
  EXPECT_THAT(next.told(), Contains(HasSubstr("was left INVALID by a build that failed; building it anew")));
  EXPECT_TRUE(is_valid("a_n"));
}

TEST_F(migrate_index, that_somebody_builds_by_hand_is_awaited_and_taken) {
  auto holder = old_transaction();
  auto hand = as_service();
  std::thread by_hand{[&] { hand.query("CREATE INDEX CONCURRENTLY a_n ON a (n)"); }};
  EXPECT_TRUE(somebody_builds());
  files({{"migrations/V1__i.sql", build}});
  running run{target_, options_};
  EXPECT_TRUE(run.has_told(fmt::format("index \"a_n\" is being built by pid {}; waiting", hand.backend_pid())));
  holder.query("COMMIT");
  by_hand.join();
  EXPECT_EQ(failure_of(run.wait()), "");
  EXPECT_EQ(builds(), 1);
}

TEST_F(migrate_index, that_is_broken_is_mended_by_repair_with_what_reindex_left) {
  ask("CREATE UNIQUE INDEX my_ccnew_index ON a (m)");
  files({{"tables/b.sql", "CREATE TABLE IF NOT EXISTS b (n int)"}});
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_THROW(ask("CREATE UNIQUE INDEX CONCURRENTLY a_n ON a (n)"), pg::error);
  EXPECT_THROW(ask("REINDEX INDEX CONCURRENTLY a_n"), pg::error);
  admin(database_, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.my_ccnew_index'::regclass");
  EXPECT_EQ(status().broken.size(), 3);
  ask("DELETE FROM a WHERE m > 7");
  const auto report = migrate_repair(target_, options_, tell_);
  EXPECT_EQ(failure_of(report), "");
  EXPECT_THAT(problems_of(report),
              testing::UnorderedElementsAre(
                  HasSubstr("index public.a_n of public.a was INVALID: rebuilt"),
                  HasSubstr("index public.a_n_ccnew of public.a was INVALID: removed what a failed REINDEX left"),
                  HasSubstr("index public.my_ccnew_index of public.a was INVALID: rebuilt")));
  EXPECT_THAT(status().broken, IsEmpty());
}

TEST_F(migrate_index, is_reindexed_without_what_a_failed_reindex_left) {
  EXPECT_THROW(ask("CREATE UNIQUE INDEX CONCURRENTLY a_n ON a (n)"), pg::error);
  files({{"migrations/V1__r.sql", "-- innkeeper: no-transaction\nREINDEX INDEX CONCURRENTLY a_n;\n"}});
  EXPECT_THAT(failure_of(up()), HasSubstr("could not create unique index"));
  EXPECT_EQ(status().broken.size(), 2);
  ask("DELETE FROM a WHERE m > 7");
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_THAT(status().broken, IsEmpty());
}

TEST_F(migrate_index, on_a_table_that_is_written_all_the_time_is_built) {
  const int rows = test::is_long_run() ? 1000000 : 50000;
  ask(fmt::format("INSERT INTO a SELECT n % 7, n FROM generate_series(1, {}) n; ANALYZE a", rows));
  files({{"migrations/V1__i.sql", build}, {"migrations/V2__c.sql", "ALTER TABLE a ADD COLUMN o int"}});
  std::atomic<bool> is_over = false;
  std::thread writer{[&] {
    auto session = as_service();
    while (!is_over) session.query("BEGIN; UPDATE a SET n = n + 1 WHERE m = 1; SELECT pg_sleep(0.02); COMMIT");
  }};
  running run{target_, options_};
  const auto report = run.wait();
  is_over = true;
  writer.join();
  EXPECT_EQ(failure_of(report), "");
  EXPECT_TRUE(is_valid("a_n"));
}

}  // namespace
}  // namespace innkeeper::exec
