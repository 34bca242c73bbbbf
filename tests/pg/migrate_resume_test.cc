// What a run that failed or was cut off left, and how the next one goes on.
#include <gmock/gmock.h>

#include "tests/pg/migrate_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class migrate_resume : public migrate {
 protected:
  // As if the runner had died behind `done` statements of the last script.
  void cut_off(int done) const {
    ask(
        fmt::format("UPDATE innkeeper.history SET state = 'running', finished_at = NULL, statements_done = {0}, "
                    "checksum_done = CASE {0} WHEN 0 THEN NULL ELSE checksum_done END "
                    "WHERE id = (SELECT max(id) FROM innkeeper.history)",
                    done));
  }
};

TEST_F(migrate_resume, an_index_of_another_hand_is_not_taken_for_the_one_that_failed) {
  ask("CREATE TABLE a (n int, m int); CREATE INDEX a_n ON a (n)");
  files({{"migrations/V1__i.sql", "-- innkeeper: no-transaction\nCREATE INDEX CONCURRENTLY a_n ON a (n);\n"}});
  EXPECT_THAT(failure_of(up()), HasSubstr("relation \"a_n\" already exists"));
  EXPECT_THAT(failure_of(up()), HasSubstr("relation \"a_n\" already exists"));
}

TEST_F(migrate_resume, an_index_of_another_hand_is_not_taken_for_the_one_that_was_cut_off) {
  ask("CREATE TABLE a (n int, m int); CREATE INDEX a_n ON a (m)");
  files({{"migrations/V1__i.sql", "-- innkeeper: no-transaction\nCREATE INDEX CONCURRENTLY a_n ON a (n);\n"}});
  EXPECT_NE(failure_of(up()), "");
  cut_off(0);
  EXPECT_THAT(failure_of(up()), HasSubstr("relation \"a_n\" already exists"));
  cut_off(0);
  ask("DROP INDEX a_n; CREATE INDEX a_n ON a (n)");
  EXPECT_EQ(failure_of(up()), "") << "this may well be the one that was built";
}

TEST_F(migrate_resume, a_file_may_not_become_one_transaction_when_a_part_has_run) {
  const std::string text = "CREATE TABLE a (n int);\nINSERT INTO a VALUES (1/0);\n";
  files({{"migrations/V1__a.sql", "-- innkeeper: no-transaction\n" + text}});
  EXPECT_NE(failure_of(up()), "");
  file("migrations/V1__a.sql", text);
  const auto report = up();
  EXPECT_EQ(report.code, exit_code::history_conflict);
  EXPECT_THAT(problems_of(report),
              ElementsAre(HasSubstr("a part of this file has run already, outside a transaction")));
}

TEST_F(migrate_resume, what_is_cut_off_between_a_failure_and_the_next_statement_goes_on_there) {
  files({{"migrations/V1__a.sql",
          "-- innkeeper: no-transaction\nCREATE TABLE a (n int);\nINSERT INTO a VALUES (1/0);\n"}});
  EXPECT_NE(failure_of(up()), "");
  EXPECT_NE(failure_of(up()), "");
  EXPECT_EQ(
      ask("SELECT count(DISTINCT checksum_done) || ' of ' || count(checksum_done) FROM innkeeper.history").text(0, 0),
      "1 of 2")
      << "the second attempt's row knows from its beginning what the first had done";
}

const std::string with_down =
    "-- innkeeper: up\nCREATE TABLE a (n int);\nINSERT INTO a VALUES (1);\n"
    "-- innkeeper: down\n-- innkeeper: no-transaction\nDELETE FROM a;\nINSERT INTO a VALUES (1/0);\nDROP TABLE a;\n";

TEST_F(migrate_resume, a_version_that_was_taken_back_in_part_is_not_up_to_date) {
  options_.allowed_rules = {"all"};
  files({{"migrations/V1__a.sql", with_down}});
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_THAT(failure_of(down({})), HasSubstr("division by zero"));
  const auto report = up();
  EXPECT_EQ(report.code, exit_code::history_conflict);
  EXPECT_THAT(problems_of(report), Contains(HasSubstr("version 1 (a) was taken back in part")));
  auto mended = with_down;
  mended.replace(mended.find("1/0"), 3, "1");
  file("migrations/V1__a.sql", mended);
  EXPECT_EQ(failure_of(down({})), "");
  EXPECT_THAT(history(), ElementsAre("reverted 1 3/3"));
}

TEST_F(migrate_resume, a_down_script_that_was_changed_where_it_had_run_does_not_go_on) {
  files({{"migrations/V1__a.sql", with_down}});
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_NE(failure_of(down({})), "");
  auto changed = with_down;
  changed.replace(changed.find("DELETE FROM a"), 13, "TRUNCATE a");
  file("migrations/V1__a.sql", changed);
  const auto report = down({});
  EXPECT_EQ(report.code, exit_code::history_conflict);
  EXPECT_THAT(failure_of(report), HasSubstr("a part of the down script of version 1 that has run already was changed"));
}

TEST_F(migrate_resume, verify_files_run_after_a_run_that_did_not_come_to_them) {
  files({{"tables/a.sql", "CREATE TABLE IF NOT EXISTS a (n int)"}, {"verify/a.sql", "SELECT n FROM a WHERE n < 0"}});
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_THAT(up().ran, IsEmpty());
  file("migrations/V1__a.sql", "INSERT INTO a VALUES (-1)");
  EXPECT_THAT(failure_of(up()), HasSubstr("verification found 1 problem"));
  ask("DELETE FROM innkeeper.history WHERE state = 'failed'");  // as if it had been killed before
  EXPECT_THAT(failure_of(up()), HasSubstr("verification found 1 problem"));
  ask("DELETE FROM a");
  EXPECT_THAT(files_of(up().ran), ElementsAre("verify/a.sql"));
  EXPECT_THAT(up().ran, IsEmpty());
}

TEST_F(migrate_resume, what_a_file_set_before_is_set_again) {
  admin(database_, fmt::format("CREATE SCHEMA other AUTHORIZATION {}", role_));
  files({{"migrations/V1__a.sql",
          "-- innkeeper: no-transaction\nSET search_path = other;\nCREATE TABLE a (n int);\nSELECT 1/0;\n"}});
  EXPECT_NE(failure_of(up()), "");
  file("migrations/V1__a.sql",
       "-- innkeeper: no-transaction\nSET search_path = other;\nCREATE TABLE a (n int);\nINSERT INTO a VALUES (1);\n");
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_EQ(ask("SELECT count(*) FROM other.a").text(0, 0), "1");
}

TEST_F(migrate_resume, a_role_that_a_file_takes_on_has_no_part_in_the_history_nor_in_the_next_file) {
  const auto group = server().fresh_name("group");
  admin("postgres", fmt::format("CREATE ROLE {0}; GRANT {0} TO {1}", group, role_));
  admin(database_, fmt::format("GRANT ALL ON SCHEMA public TO {}", group));
  options_.allowed_rules = {"all"};
  files({{"migrations/V1__a.sql", fmt::format("SET ROLE {}; CREATE TABLE a (n int)", group)},
         {"migrations/V2__b.sql",
          fmt::format("-- innkeeper: no-transaction\nSET ROLE {}; CREATE TABLE b (n int); CREATE TABLE c (n int)",
                      group)},
         {"migrations/V3__d.sql", "CREATE TABLE d (n int)"}});
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_THAT(history(), ElementsAre("applied 1 2/2", "applied 2 3/3", "applied 3 1/1"));
  const auto owners =
      ask("SELECT string_agg(tableowner, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'");
  EXPECT_EQ(owners.text(0, 0), fmt::format("{0} {0} {0} {1}", group, role_));
}

}  // namespace
}  // namespace innkeeper::exec
