// What observe_contents tells of the inside of a database.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "pg/catalog.h"
#include "pg/connection.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::pg {
namespace {

class contents : public testing::Test {
 protected:
  static test::cluster& server() {
    static test::cluster made;
    return made;
  }

  // Of what the admin owns in schema public.
  int count_of(char kind, const std::string& owner = "postgres") {
    int found = 0;
    for (const auto& one : observe_contents(session).objects) {
      if (one.schema.value == "public" && one.kind == kind && one.owner.value == owner) found += one.count;
    }
    return found;
  }

  const std::string database = server().fresh_database();
  connection session = connection::open(server().admin(database), {});
};

constexpr auto two_tables =
    "SET search_path = public; CREATE TABLE one (id serial PRIMARY KEY, text text); CREATE TABLE two (id int); "
    "CREATE VIEW both_of_them AS SELECT FROM one, two; CREATE SEQUENCE numbers;"
    "CREATE TYPE colour AS ENUM ('red'); CREATE DOMAIN tone AS text; CREATE TYPE pair AS (a int, b int);"
    "CREATE TYPE span AS RANGE (subtype = int);"
    "CREATE FUNCTION nothing() RETURNS int LANGUAGE sql AS 'SELECT 1';";

TEST_F(contents, count_neither_indexes_nor_what_belongs_to_a_table) {
  session.query("ALTER SCHEMA public OWNER TO postgres");
  session.query(two_tables);
  EXPECT_EQ(count_of('r'), 3) << "two tables and a view";
  EXPECT_EQ(count_of('S'), 2) << "one of them the column's";
  EXPECT_EQ(count_of('T'), 4);
  EXPECT_GE(count_of('f'), 1) << "a range brings its constructors";
}

TEST_F(contents, name_an_owner_who_owns_no_schema) {
  session.query("ALTER SCHEMA public OWNER TO postgres");
  session.query(two_tables);
  const auto stranger = server().fresh_name("stranger");
  session.query(fmt::format("CREATE ROLE {0}; ALTER TABLE public.two OWNER TO {0}", stranger));
  EXPECT_EQ(count_of('r', stranger), 1);
  EXPECT_EQ(count_of('r'), 2);
}

TEST_F(contents, are_counted_by_the_server_where_they_are_many) {
  session.query("ALTER SCHEMA public OWNER TO postgres");
  session.query(two_tables);
  const int functions = count_of('f');
  session.query(
      "DO $$ BEGIN FOR i IN 1..5000 LOOP "
      "EXECUTE format('CREATE FUNCTION public.f%s() RETURNS int LANGUAGE sql AS ''SELECT 1''', i); "
      "END LOOP; END $$");
  EXPECT_EQ(count_of('f'), functions + 5000);
  EXPECT_EQ(count_of('r'), 3);
  EXPECT_EQ(count_of('T'), 4);
  const auto stranger = server().fresh_name("stranger");
  session.query(fmt::format("CREATE ROLE {0}; ALTER FUNCTION public.f17() OWNER TO {0}", stranger));
  EXPECT_EQ(count_of('f', stranger), 1);
}

}  // namespace
}  // namespace innkeeper::pg
