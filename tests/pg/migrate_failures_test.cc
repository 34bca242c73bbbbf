// Files of every kind that fail in the middle: what is left, what the history says, and how they run once mended.
#include <gmock/gmock.h>

#include "core/text.h"
#include "tests/pg/migrate_fixture.h"
#include "tests/support/majors.h"

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

class migrate_failures_base : public migrate {
 protected:
  migrate_failures_base() {
    ask("CREATE TABLE log (n int); CREATE TYPE kind AS ENUM ('a')");
    options_.allowed_rules = {"all"};
  }
};

class migrate_failures : public migrate_failures_base, public testing::WithParamInterface<failing_file> {
 protected:
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

// What PostgreSQL does with values that are new in a transaction: its type may be as new, from 16 on also the value.
struct enum_trap {
  std::string name;
  std::vector<std::string> versions;
  std::string failure;  // "" where they run
  int works_from = 0;   // this major on
};

void PrintTo(const enum_trap& one, std::ostream* out) {
  *out << one.name;
}

const std::vector<enum_trap> enum_traps{
    {"a_value_used_in_the_same_file",
     {"ALTER TYPE kind ADD VALUE 'b'; INSERT INTO log SELECT 1 WHERE 'b'::kind IS NOT NULL"},
     "55P04"},
    {"a_value_used_as_a_default_in_the_same_file",
     {"ALTER TYPE kind ADD VALUE 'b'; CREATE TABLE k (v kind DEFAULT 'b')"},
     "55P04"},
    {"a_value_used_in_the_next_file", {"ALTER TYPE kind ADD VALUE 'b'", "CREATE TABLE k (v kind DEFAULT 'b')"}},
    {"a_value_used_behind_it_one_by_one",
     {"-- innkeeper: no-transaction\nALTER TYPE kind ADD VALUE 'b';\nINSERT INTO log SELECT 1 WHERE 'b'::kind IS NOT "
      "NULL;"}},
    {"a_type_and_its_values_made_in_one_file",
     {"CREATE TYPE size AS ENUM ('s'); CREATE TABLE k (v size DEFAULT 's'); INSERT INTO k VALUES ('s')"}},
    {"a_value_added_to_a_type_of_the_same_file",
     {"CREATE TYPE size AS ENUM ('s'); ALTER TYPE size ADD VALUE 'm'; INSERT INTO log SELECT 1 WHERE 'm'::size IS NOT "
      "NULL"},
     "55P04",
     17},
    {"a_value_added_twice", {"ALTER TYPE kind ADD VALUE 'b'", "ALTER TYPE kind ADD VALUE 'b'"}, "42710"},
    {"a_value_added_twice_if_it_is_not_there",
     {"ALTER TYPE kind ADD VALUE IF NOT EXISTS 'b'", "ALTER TYPE kind ADD VALUE IF NOT EXISTS 'b'"}},
    {"a_value_added_in_a_block", {"DO $$ BEGIN ALTER TYPE kind ADD VALUE 'b'; END $$"}},
    {"a_value_renamed_and_used",
     {"ALTER TYPE kind RENAME VALUE 'a' TO 'z'; INSERT INTO log SELECT 1 WHERE 'z'::kind IS NOT NULL"}},
    {"a_value_that_a_rolled_back_file_added",
     {"-- innkeeper: no-transaction\nBEGIN;\nALTER TYPE kind ADD VALUE 'b';\nSELECT 1/0;\nCOMMIT;"},
     "22012"}};

class migrate_enums : public migrate_failures_base, public testing::WithParamInterface<enum_trap> {};

TEST_P(migrate_enums, are_met_one_version_at_a_time) {
  const auto& one = GetParam();
  std::vector<migration::source_file> all;
  for (std::size_t i = 0; i < one.versions.size(); ++i) {
    all.push_back({fmt::format("migrations/V{}__a.sql", i + 1), one.versions[i]});
  }
  files(all);
  const auto report = up();
  const bool works = one.failure.empty() || (one.works_from > 0 && test::postgres_major() >= one.works_from);
  EXPECT_EQ(report.ran.size(), works ? one.versions.size() : one.versions.size() - 1);
  if (works) {
    EXPECT_EQ(failure_of(report), "");
  } else {
    EXPECT_THAT(failure_of(report), HasSubstr("[" + one.failure + "]"));
    EXPECT_EQ(history().back().substr(0, 6), "failed");
  }
}

INSTANTIATE_TEST_SUITE_P(with, migrate_enums, testing::ValuesIn(enum_traps),
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
  ask(fmt::format("CREATE TABLE large AS SELECT n FROM generate_series(1, {}) n",
                  test::is_long_run() ? 1'000'000 : 100'000));
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
