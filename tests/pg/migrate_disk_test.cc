// Schema files on a disk that runs full, for real: what is left, what is said, and that the next run goes on once there
// is room.
#include <gmock/gmock.h>

#include <random>

#include "tests/pg/migrate_fixture.h"
#include "tests/support/small_disk.h"

namespace innkeeper::exec {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class migrate_disk : public migrate {
 protected:
  migrate_disk() {
    options_.allowed_rules = {"all"};
    admin("postgres", fmt::format("CREATE TABLESPACE {} LOCATION '{}'", space_, disk_.path().string()));
    admin("postgres", fmt::format("ALTER DATABASE {} SET TABLESPACE {}", database_, space_));
  }

  ~migrate_disk() override {
    admin("postgres", fmt::format("DROP DATABASE {} WITH (FORCE)", database_));
    admin("postgres", fmt::format("DROP TABLESPACE {}", space_));
  }

  // Until nothing more fits, not even a page of the history.
  void fill_up() {
    admin(database_, "CREATE TABLE public.ballast (t text)");
    for (const int rows : {4000, 400, 40, 1, 1, 1}) {
      try {
        for (;;)
          admin(database_,
                fmt::format("INSERT INTO public.ballast SELECT repeat('x', 1800) FROM generate_series(1, {})", rows));
      } catch (const pg::error& full) {
        ASSERT_EQ(full.sqlstate(), "53100");
      }
    }
  }

  void keep_free(int megabytes) {
    admin(database_, fmt::format("CREATE TABLE public.ballast AS SELECT repeat('x', 1800) FROM generate_series(1, {})",
                                 megabytes * 550));
  }
  void make_room() { admin(database_, "DROP TABLE public.ballast"); }

  [[nodiscard]] std::string rows(const std::string& table) const {
    return ask("SELECT count(*) FROM " + table).text(0, 0);
  }

  test::small_disk disk_{40};
  std::string space_ = server().fresh_name("small");
};

const std::string much = "SELECT repeat('x', 1800) FROM generate_series(1, 40000)";

// The history keeps a file's text, which needs pages of its own, however well it is compressed.
std::string long_comment() {
  std::minstd_rand any{1};
  std::string text = "-- ";
  for (int i = 0; i < 200'000; ++i) text += static_cast<char>('a' + any() % 26);
  return text;
}

TEST_F(migrate_disk, that_runs_full_in_a_transaction_is_left_as_it_was) {
  files({{"migrations/V1__a.sql", "CREATE TABLE a (t text);\nINSERT INTO a VALUES ('first');"},
         {"migrations/V2__b.sql", "CREATE TABLE b (t text);\nINSERT INTO b " + much + ";"},
         {"migrations/V3__c.sql", "CREATE TABLE c (t text);"}});
  const auto report = up();
  EXPECT_THAT(failure_of(report), HasSubstr("cafe/schema/migrations/V2__b.sql:2:1: could not extend file"));
  // "No space left on device", or "wrote only 4096 of 8192 bytes" where half a page still fits.
  EXPECT_THAT(failure_of(report), HasSubstr(" [53100]\n  hint: Check free disk space."));
  EXPECT_EQ(report.code, exit_code::failed);
  EXPECT_EQ(report.state, schema_state::failed);
  EXPECT_THAT(history(), ElementsAre("applied 1 2/2", "failed 2 0/2"));
  EXPECT_TRUE(ask("SELECT to_regclass('b')").is_null(0, 0));
  file("migrations/V2__b.sql", "CREATE TABLE b (t text);\nINSERT INTO b VALUES ('less');");
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_EQ(rows("a") + rows("b") + rows("c"), "110");
}

TEST_F(migrate_disk, that_is_full_already_takes_not_even_the_note_and_the_next_run_goes_on) {
  files({{"migrations/V1__a.sql", "CREATE TABLE a (t text);\nINSERT INTO a VALUES ('first');"}});
  EXPECT_EQ(failure_of(up()), "");
  fill_up();
  file("migrations/V2__b.sql", "INSERT INTO a " + much + ";\n" + long_comment());
  file("migrations/V3__c.sql",
       "-- innkeeper: no-transaction\nINSERT INTO a VALUES ('third');\nCREATE TABLE c (t text);");
  for (int i = 0; i < 2; ++i) {
    const auto report = up();
    EXPECT_THAT(failure_of(report), HasSubstr("cafe/schema/migrations/V2__b.sql:1:1: could not extend file"));
    EXPECT_EQ(report.code, exit_code::failed);
  }
  EXPECT_THAT(told_, Contains(HasSubstr("V2__b.sql: the failure could not be noted: could not extend file")));
  EXPECT_THAT(history(), ElementsAre("applied 1 2/2"));
  EXPECT_EQ(rows("a"), "1");
  make_room();
  file("migrations/V2__b.sql", "INSERT INTO a VALUES ('second');");
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_EQ(rows("a") + rows("c"), "30");
  EXPECT_EQ(status().state, schema_state::up_to_date);
}

TEST_F(migrate_disk, that_runs_full_between_statements_goes_on_where_it_was) {
  keep_free(2);
  files(
      {{"migrations/V1__a.sql", "CREATE TABLE a (t text);\nINSERT INTO a VALUES ('first');"},
       {"migrations/V2__b.sql", "-- innkeeper: no-transaction\nINSERT INTO a VALUES ('once');\nINSERT INTO a " + much +
                                    " WHERE (SELECT count(*) FROM pg_tables WHERE tablename = 'room') = 0;\n"
                                    "CREATE TABLE c (t text);"}});
  const auto report = up();
  EXPECT_THAT(failure_of(report), HasSubstr("cafe/schema/migrations/V2__b.sql:3:1: could not extend file"));
  EXPECT_EQ(rows("a"), "2");
  make_room();
  // What was written and rolled back still takes the room: nobody has vacuumed.
  ask("VACUUM a");
  ask("CREATE TABLE room ()");
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_EQ(rows("a") + rows("c"), "20");
}

TEST_F(migrate_disk, that_has_no_room_for_an_index_leaves_none_that_is_broken_for_long) {
  admin("postgres", fmt::format("ALTER ROLE {} SET maintenance_work_mem = '128MB'", role_));  // it sorts in memory
  keep_free(18);
  ask("CREATE TABLE a AS SELECT n, repeat('x', 400) || n AS t FROM generate_series(1, 20000) n");
  files({{"migrations/V1__i.sql", "-- innkeeper: no-transaction\nCREATE INDEX CONCURRENTLY a_t ON a (t);"}});
  EXPECT_THAT(failure_of(up()), HasSubstr(" [53100]"));
  EXPECT_EQ(status().broken.size(), 1);
  make_room();
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_EQ(status().broken.size(), 0);
  EXPECT_THAT(told_, Contains(HasSubstr("was left INVALID by a build that failed; building it anew")));
}

}  // namespace
}  // namespace innkeeper::exec
