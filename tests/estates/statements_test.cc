// The comparison itself: what it takes for the same, and what not.
#include "tests/estates/statements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace innkeeper::test {
namespace {

using testing::ElementsAre;

TEST(statements, are_split_outside_of_quotes_and_without_comments) {
  EXPECT_THAT(
      split_statements("SELECT ';' ;\n-- a; b\nDO $do$ BEGIN x; END $do$;\n  COMMENT ON  ROLE \"a;b\"\n IS 'c  d';"),
      ElementsAre("SELECT ';'", "DO $do$ BEGIN x; END $do$", "COMMENT ON ROLE \"a;b\" IS 'c  d'"));
}

TEST(statements, of_a_script_and_of_the_log_of_its_run_are_the_same) {
  const std::string script =
      "-- 3 steps\n\\set ON_ERROR_STOP on\nSET search_path = pg_catalog, pg_temp;\n\n-- role a: create\n"
      "CREATE ROLE \"a\" LOGIN CONNECTION LIMIT 3;\nCOMMENT ON ROLE \"a\" IS 'x';\n\\password \"a\"\n\n"
      "\\connect \"d\"\nSET search_path = pg_catalog, pg_temp;\n\nCREATE SCHEMA s; -- why\n";
  const std::string log =
      "2026-01-01 10:00:00.000 UTC [7] adm@postgres LOG:  statement: BEGIN;\n"
      "\tCREATE ROLE \"a\" LOGIN CONNECTION LIMIT 3 PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$x:y';\n"
      "\tCOMMENT ON ROLE \"a\" IS 'x';\n\tCOMMIT;\n"
      "2026-01-01 10:00:00.000 UTC [8] other@postgres LOG:  statement: DROP ROLE a\n"
      "2026-01-01 10:00:00.000 UTC [7] adm@d LOG:  execute <unnamed>: CREATE SCHEMA s\n"
      "2026-01-01 10:00:00.000 UTC [7] adm@d DETAIL:  parameters: $1 = 'x'\n";
  auto sent = statements_of_log(log, "adm");
  std::erase_if(sent, is_housekeeping);
  std::ranges::sort(sent);
  auto shown = statements_of_script(script);
  std::ranges::sort(shown);
  EXPECT_EQ(sent, shown);
}

TEST(statements, that_change_anything_are_no_housekeeping) {
  for (const auto* text : {"GRANT a TO b", "SELECT pg_terminate_backend(1)", "SELECT pg_catalog.lo_create(0)",
                           "SET ROLE x", "INSERT INTO public.t VALUES (1)", "BEGIN; DROP TABLE t"}) {
    EXPECT_FALSE(is_housekeeping({"postgres", text})) << text;
  }
  EXPECT_FALSE(is_housekeeping({"postgres", "INSERT INTO innkeeper.run VALUES (1)"})) << "the registry has a database";
  EXPECT_TRUE(is_housekeeping({"innkeeper", "INSERT INTO innkeeper.run VALUES (1)"}));
  EXPECT_TRUE(is_housekeeping({"postgres", "COMMIT"}));
}

TEST(statements, that_failed_are_found) {
  const std::string log =
      "2026-01-01 10:00:00.000 UTC [7] adm@postgres ERROR:  permission denied\n"
      "2026-01-01 10:00:00.000 UTC [7] other@postgres ERROR:  no\n";
  EXPECT_THAT(complaints_of_log(log, "adm"), ElementsAre("ERROR: permission denied"));
}

}  // namespace
}  // namespace innkeeper::test
