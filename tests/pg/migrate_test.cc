// A service's schema files on a real server: what runs, in which order, how it is remembered, what stops it.
#include "exec/migrate.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "pg/advisory_lock.h"

#include "tests/pg/migrate_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string menu_table = "CREATE TABLE IF NOT EXISTS menu (id bigint PRIMARY KEY, name text NOT NULL);\n";

TEST_F(migrate, runs_phases_then_versions_then_seeds_then_verifies_and_then_has_nothing_to_do) {
  files({{"verify/menu.sql", "SELECT 'the menu is empty' AS problem WHERE NOT EXISTS (SELECT FROM menu)"},
         {"seed/menu.sql", "INSERT INTO menu VALUES (1, 'tea', 2) ON CONFLICT DO NOTHING"},
         {"migrations/V2__price.sql",
          "-- innkeeper: up\nALTER TABLE menu ADD COLUMN price int;\n-- innkeeper: down\nALTER TABLE menu DROP COLUMN "
          "price;\n"},
         {"migrations/V10__check.sql", "ALTER TABLE menu ADD CHECK (price > 0)"},
         {"tables/menu.sql", menu_table},
         {"types/kind.sql",
          "DO $$ BEGIN CREATE TYPE kind AS ENUM ('hot', 'cold'); EXCEPTION WHEN duplicate_object OR "
          "unique_violation THEN NULL; END $$"}});
  const auto first = up();
  EXPECT_EQ(failure_of(first), "");
  EXPECT_THAT(files_of(first.ran), ElementsAre("types/kind.sql", "tables/menu.sql", "migrations/V2__price.sql",
                                               "migrations/V10__check.sql", "seed/menu.sql", "verify/menu.sql"));
  EXPECT_EQ(first.state, schema_state::up_to_date);
  EXPECT_EQ(first.version, "10");
  EXPECT_EQ(ask("SELECT price FROM menu").text(0, 0), "2");
  const auto second = up();
  EXPECT_EQ(failure_of(second), "");
  EXPECT_THAT(second.ran, IsEmpty());
  EXPECT_EQ(second.state, schema_state::up_to_date);
  EXPECT_EQ(second.code, exit_code::ok);
  EXPECT_THAT(problems_of(second), IsEmpty());
}

TEST_F(migrate, leaves_nothing_of_a_file_that_fails_and_says_where_it_failed) {
  files({{"migrations/V1__a.sql", "CREATE TABLE a (n int);\n\nINSERT INTO a\n  VALUES ('é', 1);\n"},
         {"migrations/V2__b.sql", "CREATE TABLE b (n int)"}});
  const auto report = up();
  EXPECT_EQ(failure_of(report),
            "cafe/schema/migrations/V1__a.sql:4:16: INSERT has more expressions than target columns [42601]");
  EXPECT_EQ(report.code, exit_code::failed);
  EXPECT_EQ(report.state, schema_state::failed);
  EXPECT_THAT(history(), ElementsAre("failed 1 0/2"));
  EXPECT_TRUE(ask("SELECT to_regclass('a')").is_null(0, 0));
  EXPECT_EQ(status().state, schema_state::failed);
  file("migrations/V1__a.sql", "CREATE TABLE a (n int);\nINSERT INTO a VALUES (1/0)");
  EXPECT_EQ(failure_of(up()), "cafe/schema/migrations/V1__a.sql:2:1: division by zero [22012]");
  file("migrations/V1__a.sql", "CREATE TABLE a (n int);");
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_THAT(history(), ElementsAre("applied 1 1/1", "applied 2 1/1"));
}

TEST_F(migrate, counts_a_commit_that_fails_as_a_failure) {
  files({{"migrations/V1__a.sql",
          "CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\n"
          "INSERT INTO a VALUES (1, 2);"}});
  EXPECT_THAT(failure_of(up()), HasSubstr("violates foreign key constraint"));
  EXPECT_THAT(history(), ElementsAre("failed 1 0/2"));
}

TEST_F(migrate, refuses_transactions_of_a_files_own_inside_ours) {
  files({{"migrations/V1__a.sql", "CREATE TABLE a (n int);\nCOMMIT;\nCREATE TABLE b (n int);"}});
  EXPECT_EQ(up().code, exit_code::invalid) << "the linter says it first";
  options_.allowed_rules = {"all"};
  EXPECT_THAT(failure_of(up()), HasSubstr("V1__a.sql:2:1: the file has transactions of its own"));
  EXPECT_TRUE(ask("SELECT to_regclass('a')").is_null(0, 0));
}

TEST_F(migrate, goes_on_at_the_statement_where_a_file_outside_a_transaction_failed) {
  files({{"migrations/V1__a.sql",
          "-- innkeeper: no-transaction\nCREATE TABLE a (n int);\nINSERT INTO a VALUES (1);\n"
          "INSERT INTO a VALUES (1/0);\nCREATE INDEX CONCURRENTLY a_n ON a (n);\n"}});
  EXPECT_THAT(failure_of(up()), HasSubstr("V1__a.sql:4:1: division by zero"));
  EXPECT_THAT(history(), ElementsAre("failed 1 2/4"));
  file("migrations/V1__a.sql",
       "-- innkeeper: no-transaction\nCREATE TABLE a (n int);\nINSERT INTO a VALUES (1);\n"
       "INSERT INTO a VALUES (2);\nCREATE INDEX CONCURRENTLY a_n ON a (n);\n");
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_THAT(history(), ElementsAre("applied 1 4/4"));
  EXPECT_EQ(ask("SELECT count(*) FROM a").text(0, 0), "2");
}

TEST_F(migrate, refuses_to_go_on_where_what_had_run_was_changed) {
  files({{"migrations/V1__a.sql",
          "-- innkeeper: no-transaction\nCREATE TABLE a (n int);\nINSERT INTO a VALUES (1/0);\n"}});
  EXPECT_NE(failure_of(up()), "");
  file("migrations/V1__a.sql", "-- innkeeper: no-transaction\nCREATE TABLE a (m int);\nINSERT INTO a VALUES (1);\n");
  const auto report = up();
  EXPECT_THAT(problems_of(report), Contains(HasSubstr("a part of this file that has run already was changed")));
  EXPECT_EQ(report.code, exit_code::history_conflict);
}

TEST_F(migrate, tells_a_real_change_of_what_ran_from_a_cosmetic_one) {
  files({{"migrations/V1__a.sql", "CREATE TABLE a (n int);"}});
  EXPECT_EQ(failure_of(up()), "");
  file("migrations/V1__a.sql", "-- all a's\nCREATE TABLE a (n  int);");
  const auto cosmetic = up();
  EXPECT_EQ(cosmetic.code, exit_code::ok);
  EXPECT_THAT(problems_of(cosmetic), ElementsAre(HasSubstr("only comments or white space changed")));
  file("migrations/V1__a.sql", "CREATE TABLE a (m int);");
  const auto real = up();
  EXPECT_EQ(real.code, exit_code::history_conflict);
  EXPECT_EQ(real.state, schema_state::conflict);
  EXPECT_THAT(problems_of(real), ElementsAre(HasSubstr("version 1 (a) was changed after it had run")));
}

TEST_F(migrate, refuses_an_older_version_behind_a_newer_one_unless_allowed) {
  files({{"migrations/V2__b.sql", "CREATE TABLE b (n int)"}});
  EXPECT_EQ(failure_of(up()), "");
  file("migrations/V1__a.sql", "CREATE TABLE a (n int)");
  const auto refused = up();
  EXPECT_EQ(refused.code, exit_code::history_conflict);
  EXPECT_THAT(problems_of(refused), ElementsAre(HasSubstr("version 1 (a) is older than what ran already")));
  options_.out_of_order = true;
  EXPECT_THAT(files_of(up().ran), ElementsAre("migrations/V1__a.sql"));
}

TEST_F(migrate, runs_a_changed_phase_again_and_says_where_that_cannot_take_effect) {
  files({{"tables/menu.sql", menu_table},
         {"seed/menu.sql", "INSERT INTO menu VALUES (1, 'tea') ON CONFLICT DO NOTHING"}});
  EXPECT_EQ(failure_of(up()), "");
  file("seed/menu.sql", "INSERT INTO menu VALUES (2, 'cake') ON CONFLICT DO NOTHING");
  EXPECT_THAT(files_of(up().ran), ElementsAre("seed/menu.sql"));
  file("tables/menu.sql", "CREATE TABLE IF NOT EXISTS menu (id bigint PRIMARY KEY, name varchar(20), price int);");
  const auto report = up();
  EXPECT_EQ(report.code, exit_code::history_conflict);
  EXPECT_THAT(failure_of(report), HasSubstr("table \"menu\" has no column price"));
  EXPECT_THAT(failure_of(report), HasSubstr("column name of table \"menu\" is text"));
  file("tables/menu.sql", menu_table + "ALTER TABLE menu ADD COLUMN IF NOT EXISTS price int;");
  EXPECT_EQ(failure_of(up()), "");
}

TEST_F(migrate, goes_back_by_the_down_scripts_that_files_or_history_have) {
  const std::string both = "-- innkeeper: up\nCREATE TABLE {0} (n int);\n-- innkeeper: down\nDROP TABLE {0};\n";
  files({{"migrations/V1__a.sql", fmt::format(fmt::runtime(both), "a")},
         {"migrations/V2__b.sql", fmt::format(fmt::runtime(both), "b")},
         {"migrations/V3__c.sql", fmt::format(fmt::runtime(both), "c")}});
  EXPECT_EQ(failure_of(up()), "");
  const auto one = down({.steps = 1});
  EXPECT_EQ(failure_of(one), "");
  EXPECT_TRUE(ask("SELECT to_regclass('c')").is_null(0, 0));
  EXPECT_THAT(history(), ElementsAre("applied 1 1/1", "applied 2 1/1", "reverted 3 1/1"));
  no_file("migrations/V3__c.sql");
  no_file("migrations/V2__b.sql");
  EXPECT_EQ(failure_of(down({.to = migration::version{"1"}})), "");
  EXPECT_TRUE(ask("SELECT to_regclass('b')").is_null(0, 0));
  EXPECT_FALSE(ask("SELECT to_regclass('a')").is_null(0, 0));
  EXPECT_EQ(failure_of(down({.to = migration::version{"0"}})), "");
  EXPECT_TRUE(ask("SELECT to_regclass('a')").is_null(0, 0));
  EXPECT_THAT(files_of(up().ran), ElementsAre("migrations/V1__a.sql"));
}

TEST_F(migrate, refuses_to_go_back_where_there_is_no_way) {
  files({{"migrations/V1__a.sql", "CREATE TABLE a (n int);"}});
  EXPECT_EQ(failure_of(up()), "");
  const auto report = down({.steps = 1});
  EXPECT_EQ(report.code, exit_code::history_conflict);
  EXPECT_THAT(problems_of(report), ElementsAre(HasSubstr("version 1 (a) has no way back")));
}

TEST_F(migrate, takes_the_data_of_copy) {
  files({{"migrations/V1__a.sql",
          "CREATE TABLE a (n int, t text);\nCOPY a FROM stdin;\n1\tone\n2\t\\N\n\\.\nUPDATE a SET n = n + 1;\n"}});
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_EQ(ask("SELECT sum(n) || ':' || count(t) FROM a").text(0, 0), "5:1");
  file("migrations/V2__b.sql", "CREATE TABLE b (n int);\nCOPY b FROM stdin;\nx\n\\.\n");
  EXPECT_THAT(failure_of(up()), HasSubstr("V2__b.sql:2:1: invalid input syntax for type integer: \"x\""));
  EXPECT_TRUE(ask("SELECT to_regclass('b')").is_null(0, 0));
}

TEST_F(migrate, does_not_let_a_files_settings_reach_the_next_one) {
  files({{"migrations/V1__a.sql",
          "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.a (n int); SET work_mem = "
          "'64kB';"},
         {"migrations/V2__b.sql", "CREATE TABLE b AS SELECT current_setting('work_mem') AS m;"}});
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_NE(ask("SELECT m FROM b").text(0, 0), "64kB");
}

TEST_F(migrate, remembers_every_file_also_where_one_drops_what_the_session_had_prepared) {
  std::vector<migration::source_file> all;
  for (int i = 1; i <= 9; ++i) {
    all.push_back({fmt::format("migrations/V{}__t.sql", i), fmt::format("CREATE TABLE public.t{} (id bigint);", i)});
  }
  all[3].text += "\nDEALLOCATE ALL;";
  all[6].text = "-- innkeeper: no-transaction\nDEALLOCATE ALL;\nCREATE TABLE public.t7 (id bigint);";
  files(all);
  const auto report = up();
  EXPECT_EQ(report.code, exit_code::ok) << failure_of(report);
  EXPECT_EQ(history(), (std::vector<std::string>{"applied 1 1/1", "applied 2 1/1", "applied 3 1/1", "applied 4 2/2",
                                                 "applied 5 1/1", "applied 6 1/1", "applied 7 2/2", "applied 8 1/1",
                                                 "applied 9 1/1"}));
  EXPECT_EQ(ask("SELECT count(*) FROM innkeeper.history WHERE duration_ms IS NULL OR up_sql IS NULL OR host = '' OR "
                "tx_id IS NULL AND version <> '7'")
                .text(0, 0),
            "0");
}

TEST_F(migrate, verify_files_stop_with_what_they_find) {
  files({{"tables/menu.sql", menu_table},
         {"verify/menu.sql", "SELECT id, 'has no name' AS problem FROM menu WHERE name = ''"}});
  EXPECT_EQ(failure_of(up()), "");
  ask("INSERT INTO menu VALUES (7, ''), (8, '')");
  EXPECT_EQ(up().code, exit_code::ok);
  const auto report = migrate_verify(target_, options_, tell_);
  EXPECT_EQ(failure_of(report),
            "cafe/schema/verify/menu.sql:1:1: verification found 2 problems\n  detail: 7 | has no name\n  detail: 8 | "
            "has no name");
  EXPECT_EQ(report.code, exit_code::failed);
}

TEST_F(migrate, takes_a_database_that_was_there_before) {
  ask("CREATE TABLE a (n int); CREATE TABLE b (n int)");
  files({{"migrations/V1__a.sql", "CREATE TABLE a (n int)"},
         {"migrations/V2__b.sql", "CREATE TABLE b (n int)"},
         {"migrations/V3__c.sql", "CREATE TABLE c (n int)"}});
  const auto report = migrate_baseline(target_, {"2"}, false, options_, tell_);
  EXPECT_EQ(failure_of(report), "");
  EXPECT_THAT(files_of(report.pending), ElementsAre("migrations/V3__c.sql"));
  EXPECT_THAT(files_of(up().ran), ElementsAre("migrations/V3__c.sql"));
  EXPECT_EQ(migrate_baseline(target_, {"2"}, false, options_, tell_).code, exit_code::history_conflict);
}

TEST_F(migrate, repairs_what_it_is_told_to_repair) {
  files({{"migrations/V1__a.sql", "CREATE TABLE a (n int)"},
         {"migrations/V2__b.sql", "CREATE TABLE b (n int)"},
         {"migrations/V3__c.sql", "CREATE TABLE c (n int)"}});
  EXPECT_EQ(failure_of(up()), "");
  file("migrations/V1__a.sql", "CREATE TABLE a (n integer)");
  no_file("migrations/V2__b.sql");
  EXPECT_EQ(up().code, exit_code::history_conflict);
  const auto report = migrate_repair(target_, options_, tell_);
  EXPECT_EQ(failure_of(report), "");
  EXPECT_THAT(problems_of(report), ElementsAre(HasSubstr("version 1 counts as it is written now"),
                                               HasSubstr("forgot version 2: its file is gone")));
  EXPECT_EQ(up().code, exit_code::ok);
}

TEST_F(migrate, rebuilds_an_index_that_a_failed_build_left_invalid) {
  ask("CREATE TABLE a (n int); INSERT INTO a VALUES (1), (1)");
  files({{"migrations/V1__i.sql", "-- innkeeper: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY a_n ON a (n);\n"}});
  EXPECT_THAT(failure_of(up()), HasSubstr("could not create unique index"));
  EXPECT_EQ(status().broken.size(), 1);
  ask("DELETE FROM a");
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_EQ(status().broken.size(), 0);
  EXPECT_THAT(told_, Contains(HasSubstr("was left INVALID by a build that failed; building it anew")));
  EXPECT_EQ(ask("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass").text(0, 0), "t");
}

TEST_F(migrate, gives_way_to_who_holds_a_lock_and_says_who_it_is) {
  ask("CREATE TABLE a (n int)");
  auto holder = as_service();
  holder.query("BEGIN; SELECT * FROM a");
  files({{"migrations/V1__a.sql", "ALTER TABLE a ADD COLUMN m int"}});
  options_.lock_timeout = std::chrono::milliseconds{900};
  options_.time.sleep = [&](std::chrono::milliseconds) { holder.query("COMMIT"); };
  const auto report = up();
  EXPECT_EQ(failure_of(report), "");
  ASSERT_EQ(report.ran.size(), 1);
  EXPECT_EQ(report.ran.front().attempts, 2);
  EXPECT_GE(report.ran.front().lock_wait.count(), 900);
  EXPECT_THAT(told_, Contains(HasSubstr(fmt::format("waiting for a lock held by pid {} of", holder.backend_pid()))));
  EXPECT_THAT(told_, Contains(HasSubstr("SELECT * FROM a")));
}

TEST_F(migrate, gives_up_in_the_end_and_leaves_nothing) {
  ask("CREATE TABLE a (n int)");
  auto holder = as_service();
  holder.query("BEGIN; SELECT * FROM a");
  files({{"migrations/V1__a.sql", "CREATE TABLE b (n int); ALTER TABLE a ADD COLUMN m int"}});
  options_.lock_timeout = std::chrono::milliseconds{50};
  options_.retries = 2;
  const auto report = up();
  EXPECT_THAT(failure_of(report), HasSubstr("canceling statement due to lock timeout [55P03]"));
  EXPECT_EQ(report.code, exit_code::may_retry);
  EXPECT_EQ(slept_.size(), 2);
  EXPECT_TRUE(ask("SELECT to_regclass('b')").is_null(0, 0));
}

TEST_F(migrate, uses_a_new_value_of_an_enum_from_the_next_file_on) {
  files({{"migrations/V1__t.sql", "CREATE TYPE kind AS ENUM ('a'); CREATE TABLE k (v kind);"},
         {"migrations/V2__b.sql", "ALTER TYPE kind ADD VALUE 'b';"},
         {"migrations/V3__u.sql", "INSERT INTO k VALUES ('b');"}});
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_EQ(ask("SELECT count(*) FROM k").text(0, 0), "1");
}

TEST_F(migrate, keeps_a_second_runner_waiting_and_then_lets_it_see_that_all_is_done) {
  files({{"migrations/V1__a.sql", "CREATE TABLE a (n int); SELECT pg_sleep(0.3)"}});
  std::vector<std::thread> runners;
  std::atomic<int> worked = 0;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 16; ++i) {
    runners.emplace_back([&] {
      const auto report = migrate_up(target_, options_, [](const event&) {});
      if (!report.ran.empty()) ++worked;
      if (report.code != exit_code::ok || report.state != schema_state::up_to_date) ++failed;
    });
  }
  for (auto& one : runners) one.join();
  EXPECT_EQ(worked, 1);
  EXPECT_EQ(failed, 0);
}

TEST_F(migrate, lets_who_waited_for_a_failure_report_it_instead_of_repeating_it) {
  files({{"migrations/V1__a.sql", "SELECT pg_sleep(1); INSERT INTO nowhere VALUES (1)"}});
  std::vector<std::thread> runners;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 8; ++i) {
    runners.emplace_back([&] {
      const auto report = migrate_up(target_, options_, [](const event&) {});
      if (failure_of(report).find("relation \"nowhere\" does not exist") != std::string::npos) ++failed;
    });
  }
  for (auto& one : runners) one.join();
  EXPECT_EQ(failed, 8);
  EXPECT_EQ(ask("SELECT count(*) FROM innkeeper.history").text(0, 0), "1");
  EXPECT_NE(failure_of(up()), "") << "a later start tries again";
  EXPECT_EQ(ask("SELECT count(*) FROM innkeeper.history").text(0, 0), "2");
}

TEST_F(migrate, has_nothing_to_do_without_a_lock_and_without_a_transaction_id) {
  files({{"migrations/V1__a.sql", "CREATE TABLE a (n int)"}, {"tables/menu.sql", menu_table}});
  EXPECT_EQ(failure_of(up()), "");
  auto holder = as_service();
  const auto before = ask("SELECT pg_current_xact_id()").text(0, 0);
  holder.query("SELECT pg_advisory_lock(" + std::to_string(pg::lock_key("innkeeper: schema files of cafe")) + ")");
  options_.advisory_wait = std::chrono::milliseconds{0};
  EXPECT_EQ(up().code, exit_code::ok);
  EXPECT_EQ(std::stoll(ask("SELECT pg_current_xact_id()").text(0, 0)), std::stoll(before) + 1);
  file("migrations/V2__b.sql", "CREATE TABLE b (n int)");
  const auto locked = up();
  EXPECT_EQ(locked.code, exit_code::locked);
  EXPECT_THAT(told_, Contains(HasSubstr("another runner is at it")));
}

TEST_F(migrate, leaves_a_newer_programs_versions_alone_and_can_take_them_back) {
  files({{"migrations/V1__a.sql", "CREATE TABLE a (n int)"},
         {"migrations/V2__b.sql",
          "-- innkeeper: requires-app 2.0\n-- innkeeper: up\nCREATE TABLE b (n int);\n-- innkeeper: down\nDROP TABLE "
          "b;"}});
  options_.app_version = "1.9";
  EXPECT_EQ(up().code, exit_code::history_conflict);
  options_.app_version = "2.1";
  EXPECT_EQ(failure_of(up()), "");
  no_file("migrations/V2__b.sql");
  EXPECT_EQ(up().state, schema_state::ahead);
  options_.app_version = "1.9";
  EXPECT_EQ(up().code, exit_code::history_conflict);
}

}  // namespace
}  // namespace innkeeper::exec
