#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/matrix_text.h"
#include "core/scram.h"
#include "core/sql.h"
#include "exec/random.h"
#include "tests/pg/proved_estate.h"

namespace innkeeper {
namespace {

using test::attempts_text;
using test::leaking_attempts;
using test::service;
using testing::HasSubstr;
using testing::Not;

// The server that init scripts make, as the documents on which these estates rest do: a user, a database and GRANT ALL
// for each service. Nothing was applied; the passwords were taken over into the secrets directory.
class naive_server : public testing::Test {
 protected:
  naive_server() {
    for (const auto& [name, password] :
         std::vector<std::pair<std::string, std::string>>{{"shop", "shop's own"}, {"blog", "blog_user"}}) {
      const auto user = name + "_user";
      auto admin = here_.admin();
      admin.query("CREATE USER " + user + " WITH PASSWORD " + quote_literal(password));
      admin.query("CREATE DATABASE " + name);
      admin.query("GRANT ALL PRIVILEGES ON DATABASE " + name + " TO " + user);
      here_.admin(name).query("GRANT ALL ON SCHEMA public TO " + user);
      const secret kept{password};
      here_.store().write("shared", {user}, {kept, scram_verifier(kept, exec::random_salt())});
      // The service has run: a table, and the function that a migration made for its reports.
      here_.as(user, name)
          .query(
              "CREATE TABLE public.accounts (id serial, secret text);"
              "CREATE FUNCTION public.report() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS "
              "'SELECT count(*) FROM public.accounts';"
              "SELECT pg_catalog.lo_create(0)");
    }
  }

  test::proved_estate here_{test::estate_of({service("shop", 10), service("blog", 20)})};
};

struct known_hole {
  std::string_view number;  // of the list of leaks
  std::string_view what;
  std::string_view probe;
  std::string_view words;
  int until = 99;
};

// Every hole of that set-up, in both directions, by trying.
const std::vector<known_hole> known_holes{
    {"L1", "PUBLIC may connect to every new database", "P3", "could enter database \"blog\""},
    {"L1", "and so from the other side", "P3", "could enter database \"shop\""},
    {"L5", "postgres takes everybody", "P12", "could enter database \"postgres\""},
    {"L5", "template1 takes everybody", "P12", "could enter database \"template1\""},
    {"L6", "large objects in template1 come with every later database", "P13", "put a large object into template1"},
    {"L6", "so do functions", "P13", "put a function into template1", 14},
    {"L8", "PUBLIC may CREATE in public", "P8", "create a table in schema \"public\" of database \"blog\"", 14},
    {"L9", "tables and columns can be listed", "P7", "list the tables of database \"blog\""},
    {"L9", "function source can be read", "P7", "read the functions' source in database \"blog\""},
    {"L10", "a SECURITY DEFINER function can be called", "P5", "call a SECURITY DEFINER function in database \"blog\""},
    {"L11", "large objects can be left", "P6", "create a large object in database \"blog\""},
    {"L12", "temporary tables can be made", "P8", "create a temporary table in database \"blog\""},
    {"L13", "advisory locks can be taken", "P9", "take an advisory lock in database \"blog\""},
    {"L14", "listeners can be notified", "P9", "notify listeners in database \"blog\""},
    {"L26", "the password is the name", "P38", "enter database \"blog\" as \"blog_user\" with the name as password"},
    {"L35", "GRANT ALL ON DATABASE holds CREATE, so trusted extensions", "P28", "create extension \"hstore\""},
};

TEST_F(naive_server, shows_each_hole_that_is_known_of_it) {
  const auto report = here_.prove({.exhaustive = true});
  const auto text = attempts_text(report);
  for (const auto& one : known_holes) {
    const bool is_here = here_.server().major() <= one.until;
    const auto found = std::ranges::any_of(report.findings, [&](const finding& each) {
      return each.probe == one.probe && each.says == verdict::leak && each.text.find(one.words) != std::string::npos;
    });
    EXPECT_EQ(found, is_here) << one.number << " " << one.what << "\n" << text;
  }
  EXPECT_EQ(report.code(), exit_code::differences);
  EXPECT_THAT(verdict_line(report, {}), testing::StartsWith("Not proved"));
}

TEST_F(naive_server, is_not_said_to_have_holes_that_it_does_not_have) {
  const auto report = here_.prove({.exhaustive = true});
  EXPECT_EQ(leaking_attempts(report),
            (std::set<std::string>{"P3", "P5", "P6", "P7", "P8", "P9", "P12", "P13", "P28", "P38"}))
      << attempts_text(report);
  // What GRANT ALL does not give: the tables' rows, the large objects' bytes, the database itself.
  EXPECT_THAT(attempts_text(report), Not(HasSubstr("read a table")));
  EXPECT_THAT(attempts_text(report), Not(HasSubstr("open a large object")));
  EXPECT_THAT(attempts_text(report), Not(HasSubstr("to everybody")));
}

TEST_F(naive_server, is_left_as_it_was) {
  const auto looked = [&](const std::string& database) {
    auto session = here_.admin(database);
    return std::pair{session.query("SELECT count(*) FROM pg_class").text(0, 0),
                     session.query("SELECT count(*) FROM pg_largeobject_metadata").text(0, 0)};
  };
  const std::vector<std::string> databases{"shop", "blog", "postgres", "template1"};
  std::vector<std::pair<std::string, std::string>> before;
  for (const auto& one : databases) before.push_back(looked(one));
  (void)here_.prove({.exhaustive = true});
  for (std::size_t i = 0; i < databases.size(); ++i) EXPECT_EQ(looked(databases[i]), before[i]) << databases[i];
}

TEST_F(naive_server, is_proved_once_the_manifest_was_applied) {
  EXPECT_EQ(here_.apply().code, exit_code::ok);
  here_.admin().query("ALTER ROLE blog_user PASSWORD 'as long as any other'");
  const secret other{"as long as any other"};
  here_.store().write("shared", {"blog_user"}, {other, scram_verifier(other, exec::random_salt())});
  const auto report = here_.prove({.exhaustive = true});
  EXPECT_THAT(leaking_attempts(report), testing::IsEmpty()) << attempts_text(report);
}

}  // namespace
}  // namespace innkeeper
