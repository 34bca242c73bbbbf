// Files of every kind that fail in the middle: what is left, what the history says, and how they run once mended.
#include <gmock/gmock.h>

#include "core/text.h"
#include "tests/pg/migrate_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// `text` fails at "BROKEN", and runs with "mended" in its place; where it fails, `left` is in log's rows.
struct failing_file {
  std::string name;
  std::string file;
  std::string text;
  std::string broken;
  std::string mended;
  std::string place;  // line:column
  std::string sqlstate;
  std::string left;  // of table log, when it failed
  std::string done;  // when it ran
};

void PrintTo(const failing_file& one, std::ostream* out) {
  *out << one.name;
}

const std::vector<failing_file> failing_files{
    {"version", "migrations/V1__a.sql",
     "INSERT INTO log VALUES (1);\nINSERT INTO log VALUES (@);\nINSERT INTO log VALUES (3);", "1/0", "2", "2:1",
     "22012", "", "1 2 3"},
    {"version_with_a_typo", "migrations/V1__a.sql", "INSERT INTO log VALUES (1);\n  @ INTO log VALUES (2);", "INSRET",
     "INSERT", "2:3", "42601", "", "1 2"},
    {"version_whose_check_comes_at_commit", "migrations/V1__a.sql",
     "CREATE TABLE p (id int PRIMARY KEY, up int REFERENCES p DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO p VALUES "
     "(1, "
     "@);\nINSERT INTO log VALUES (1);",
     "2", "1", "", "23503", "", "1"},
    {"statements_one_by_one", "migrations/V1__a.sql",
     "-- innkeeper: no-transaction\nINSERT INTO log VALUES (1);\nINSERT INTO log VALUES (@);\nINSERT INTO log VALUES "
     "(3);",
     "1/0", "2", "3:1", "22012", "1", "1 2 3"},
    {"block_of_its_own", "migrations/V1__a.sql",
     "-- innkeeper: no-transaction\nINSERT INTO log VALUES (1);\nBEGIN;\nINSERT INTO log VALUES (2);\nINSERT INTO log "
     "VALUES (@);\nCOMMIT;",
     "1/0", "3", "5:1", "22012", "1", "1 2 3"},
    {"block_whose_check_comes_at_commit", "migrations/V1__a.sql",
     "-- innkeeper: no-transaction\nCREATE TABLE p (id int PRIMARY KEY, up int REFERENCES p DEFERRABLE INITIALLY "
     "DEFERRED);\nBEGIN;\nINSERT INTO log VALUES (1);\nINSERT INTO p VALUES (1, @);\nCOMMIT;",
     "2", "1", "", "23503", "", "1"},
    {"copy", "migrations/V1__a.sql",
     "INSERT INTO log VALUES (1);\nCOPY log FROM stdin;\n2\n@\n\\.\nINSERT INTO log VALUES (4);", "x", "3", "2:1",
     "22P02", "", "1 2 3 4"},
    {"copy_one_by_one", "migrations/V1__a.sql",
     "-- innkeeper: no-transaction\nINSERT INTO log VALUES (1);\nCOPY log FROM stdin;\n2\n@\n\\.\n", "x", "3", "3:1",
     "22P02", "1", "1 2 3"},
    {"procedure_that_commits", "migrations/V1__a.sql",
     "-- innkeeper: no-transaction\nDO $$ BEGIN INSERT INTO log VALUES (1); COMMIT; INSERT INTO log VALUES (@); END "
     "$$;",
     "1/0", "2", "2:1", "22012", "1", "1 1 2"},
    {"enum_value_used_at_once", "migrations/V1__a.sql",
     "ALTER TYPE kind ADD VALUE 'b';\nINSERT INTO log SELECT 1 WHERE '@'::kind IS NOT NULL;", "b", "a", "2:32", "55P04",
     "", "1"},
    {"repeatable", "migrations/R__a.sql", "INSERT INTO log VALUES (1);\nINSERT INTO log VALUES (@);", "1/0", "2", "2:1",
     "22012", "", "1 2"},
    {"phase", "functions/a.sql", "INSERT INTO log VALUES (1);\nINSERT INTO log VALUES (@);", "1/0", "2", "2:1", "22012",
     "", "1 2"},
    {"seed", "seed/a.sql", "INSERT INTO log VALUES (1);\nINSERT INTO log VALUES (@);", "1/0", "2", "2:1", "22012", "",
     "1 2"},
    {"verify", "verify/a.sql", "SELECT 1 WHERE false;\nSELECT n FROM log WHERE n = @;", "1/0", "2", "2:1", "22012", "",
     ""}};

class migrate_failures : public migrate, public testing::WithParamInterface<failing_file> {
 protected:
  migrate_failures() {
    ask("CREATE TABLE log (n int); CREATE TYPE kind AS ENUM ('a')");
    options_.allowed_rules = {"all"};
  }
  [[nodiscard]] std::string log() const {
    return ask("SELECT coalesce(string_agg(n::text, ' ' ORDER BY n), '') FROM log").text(0, 0);
  }
  [[nodiscard]] static std::string with(const failing_file& one, const std::string& word) {
    return replace_all(one.text, "@", word);
  }
};

TEST_P(migrate_failures, in_the_middle_leave_what_is_noted_and_run_once_mended) {
  const auto& one = GetParam();
  files({{one.file, with(one, one.broken)}});
  const auto report = up();
  EXPECT_EQ(report.code, exit_code::failed);
  EXPECT_EQ(report.state, schema_state::failed);
  const auto place = one.place.empty() ? one.file : one.file + ":" + one.place;
  EXPECT_THAT(failure_of(report), HasSubstr(place + ": "));
  EXPECT_THAT(failure_of(report), HasSubstr("[" + one.sqlstate + "]"));
  EXPECT_EQ(log(), one.left);
  const auto row = ask("SELECT state, error_sqlstate, error_text FROM innkeeper.current");
  ASSERT_EQ(row.size(), 1);
  EXPECT_EQ(row.text(0, 0), "failed");
  EXPECT_EQ(row.text(0, 1), one.sqlstate);
  EXPECT_EQ(row.text(0, 2), failure_of(report));
  files({{one.file, with(one, one.mended)}});
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_EQ(log(), one.done);
  EXPECT_TRUE(up().ran.empty());
}

INSTANTIATE_TEST_SUITE_P(of, migrate_failures, testing::ValuesIn(failing_files),
                         [](const auto& one) { return one.param.name; });

TEST_F(migrate_failures, of_an_enum_say_what_to_do) {
  files({{"migrations/V1__a.sql",
          "ALTER TYPE kind ADD VALUE 'b';\nINSERT INTO log SELECT 1 WHERE 'b'::kind IS NOT NULL;"}});
  EXPECT_THAT(failure_of(up()), HasSubstr("hint: New enum values must be committed before they can be used."));
  file("migrations/V1__a.sql",
       "-- innkeeper: no-transaction\nALTER TYPE kind ADD VALUE 'b';\nINSERT INTO log SELECT 1 WHERE 'b'::kind IS NOT "
       "NULL;");
  EXPECT_EQ(failure_of(up()), "") << "each statement is a transaction of its own";
}

TEST_F(migrate_failures, for_want_of_room_leave_nothing) {
  admin("postgres", fmt::format("ALTER ROLE {} SET temp_file_limit = '64kB'", role_));
  files({{"migrations/V1__a.sql",
          "INSERT INTO log VALUES (1);\nCREATE TABLE sorted AS SELECT n, repeat('x', 100) FROM generate_series(1, "
          "200000) n "
          "ORDER BY n DESC;"}});
  EXPECT_THAT(failure_of(up()), HasSubstr("V1__a.sql:2:1: temporary file size exceeds"));
  EXPECT_EQ(log(), "");
  admin("postgres", fmt::format("ALTER ROLE {} RESET temp_file_limit", role_));
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_EQ(log(), "1");
}

TEST_F(migrate_failures, of_a_down_script_leave_the_version_applied) {
  files({{"migrations/V1__a.sql",
          "-- innkeeper: up\nINSERT INTO log VALUES (1);\n-- innkeeper: down\nDELETE FROM log;\nSELECT 1/0;\n"}});
  EXPECT_EQ(failure_of(up()), "");
  EXPECT_THAT(failure_of(down({})), HasSubstr("V1__a.sql:5:1: division by zero [22012]"));
  EXPECT_EQ(log(), "1");
  const auto report = up();
  EXPECT_EQ(report.state, schema_state::up_to_date);
  EXPECT_TRUE(report.ran.empty());
}

TEST_F(migrate_failures, of_a_lock_at_a_large_table_end_when_it_is_given_back) {
  ask("CREATE TABLE large AS SELECT n FROM generate_series(1, 1000000) n");
  auto holder = as_service();
  holder.query("BEGIN; UPDATE large SET n = 0 WHERE n = 1");
  files({{"migrations/V1__a.sql", "ALTER TABLE large ADD COLUMN m int"}});
  options_.lock_timeout = std::chrono::milliseconds{50};
  int tries = 0;
  options_.time.sleep = [&](std::chrono::milliseconds) {
    if (++tries == 3) holder.query("COMMIT");
  };
  const auto report = up();
  EXPECT_EQ(failure_of(report), "");
  ASSERT_EQ(report.ran.size(), 1);
  EXPECT_EQ(report.ran.front().attempts, 4);
}

}  // namespace
}  // namespace innkeeper::exec
