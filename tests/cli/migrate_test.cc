// The migrate commands as a user types them, on a server of the estate's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class migrate_commands : public testing::Test {
 protected:
  migrate_commands() {
    place_.write("bistro/innkeeper.yaml",
                 "estate: bistro\nservers: {shared: {settings: {fsync: off}}}\nservices:\n"
                 "  cafe: {schema_files: cafe}\n  till: {schema_files: till}\n  shop: {}\n");
    file("cafe/tables/menu.sql", "CREATE TABLE IF NOT EXISTS menu (id bigint PRIMARY KEY, name text);\n");
    version("cafe", 1, "ALTER TABLE menu ADD COLUMN price int;", "ALTER TABLE menu DROP COLUMN price;");
    version("till", 1, "CREATE TABLE sales (id bigint PRIMARY KEY);", "DROP TABLE sales;");
  }

  void file(const std::string& name, const std::string& text) { place_.write("bistro/" + name, text); }
  void version(const std::string& service, int number, const std::string& up, const std::string& down) {
    file(service + "/migrations/V" + std::to_string(number) + "__step.sql",
         "-- innkeeper: up\n" + up + "\n-- innkeeper: down\n" + down + "\n");
  }

  finished run(std::vector<std::string> words, const std::map<std::string, std::string>& variables = {}) {
    words.insert(words.end(), {"--manifest", "bistro/innkeeper.yaml"});
    return place_.innkeeper(words, variables);
  }
  void bring_up() {
    const auto up = place_.innkeeper({"up", "bistro", "-q"});
    ASSERT_EQ(up.status, 0) << up.err;
  }

  workplace place_;
};

TEST_F(migrate_commands, go_up_and_down_and_say_where_each_service_is) {
  bring_up();
  const auto status = run({"migrate", "status", "--check"});
  EXPECT_EQ(status.status, 0) << status.out << status.err;
  EXPECT_THAT(status.out, HasSubstr("cafe     1        2        0        none   up to date"));
  EXPECT_THAT(status.out, Not(HasSubstr("shop")));

  version("cafe", 2, "CREATE TABLE orders (id bigint PRIMARY KEY);", "DROP TABLE orders;");
  EXPECT_EQ(run({"migrate", "status", "--check"}).status, 2);
  const auto plan = run({"migrate", "up", "--plan"});
  EXPECT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out,
              HasSubstr("cafe: migrations/V2__step.sql (new); way back: lossy: its down script drops table orders"));
  const auto up = run({"migrate", "up", "--json"});
  EXPECT_EQ(up.status, 0) << up.err;
  const auto document = json::parse(up.out);
  EXPECT_EQ(document["applied"], 1);
  EXPECT_EQ(document["failed"], 0);
  EXPECT_EQ(document["services"][0]["name"], "cafe");
  EXPECT_EQ(document["services"][0]["applied"][0]["file"], "migrations/V2__step.sql");
  EXPECT_EQ(document["services"][0]["state"], "up to date");
  EXPECT_EQ(run({"migrate", "up"}).out.substr(0, 26), "2 schemas are up to date.\n");

  const auto unasked = run({"migrate", "down", "--service", "cafe", "--steps", "1"});
  EXPECT_EQ(unasked.status, 64);
  EXPECT_THAT(unasked.err, HasSubstr("- 2 step: lossy: its down script drops table orders"));
  EXPECT_THAT(unasked.err, HasSubstr("nothing was changed"));
  EXPECT_EQ(run({"migrate", "down", "--steps", "1", "--yes"}).status, 64);  // of which service?
  EXPECT_EQ(run({"migrate", "down", "--service", "cafe"}).status, 64);      // how far?
  const auto down = run({"migrate", "down", "--service", "cafe", "--to", "1", "--yes"});
  EXPECT_EQ(down.status, 0) << down.err;
  EXPECT_THAT(down.out, HasSubstr("- cafe: migrations/V2__step.sql"));
  EXPECT_THAT(down.out, HasSubstr("pending"));
}

TEST_F(migrate_commands, keep_one_services_failure_its_own) {
  bring_up();
  version("cafe", 2, "SELECT 1/0;", "SELECT 1;");
  version("till", 2, "CREATE TABLE refunds (id bigint PRIMARY KEY);", "DROP TABLE refunds;");
  const auto up = run({"migrate", "up"});
  EXPECT_EQ(up.status, 1);
  EXPECT_THAT(up.err, HasSubstr("service cafe: bistro/cafe/migrations/V2__step.sql:2:1: division by zero [22012]"));
  EXPECT_THAT(up.out, HasSubstr("+ till: migrations/V2__step.sql"));
  EXPECT_THAT(up.out, HasSubstr("1 schema file run in 1 service; 1 failed."));
  version("till", 3, "CREATE TABLE coupons (id bigint PRIMARY KEY);", "DROP TABLE coupons;");
  const auto canary = run({"migrate", "up", "--canary", "cafe"});
  EXPECT_EQ(canary.status, 1);
  EXPECT_THAT(canary.out, HasSubstr("not tried"));
}

TEST_F(migrate_commands, refuse_what_the_linter_finds_until_it_is_let_pass) {
  bring_up();
  const auto filled =
      place_.innkeeper({"psql", "cafe", "--manifest", "bistro/innkeeper.yaml", "--", "-qc",
                        "INSERT INTO menu SELECT n, 'tea', 1 FROM generate_series(1, 100000) n", "-c", "ANALYZE menu"});
  ASSERT_EQ(filled.status, 0) << filled.err;
  version("cafe", 2, "CREATE INDEX menu_name ON menu (name);", "DROP INDEX menu_name;");
  const auto refused = run({"migrate", "up", "--service", "cafe"});
  EXPECT_EQ(refused.status, 65);
  EXPECT_THAT(refused.err,
              HasSubstr("bistro/cafe/migrations/V2__step.sql:2:1: error: CREATE INDEX on \"menu\" blocks writes"));
  EXPECT_THAT(refused.err, HasSubstr("CREATE INDEX CONCURRENTLY menu_name ON menu (name);"));
  EXPECT_THAT(refused.err, HasSubstr("nothing was changed"));
  EXPECT_EQ(
      json::parse(run({"migrate", "up", "--service", "cafe", "--json"}).out)["services"][0]["findings"][0]["rule"],
      "index-not-concurrent");
  const auto sarif = json::parse(run({"migrate", "lint", "--sarif", "--service", "cafe", "--connect"}).out);
  EXPECT_EQ(sarif["version"], "2.1.0");
  EXPECT_EQ(sarif["runs"][0]["results"][0]["ruleId"], "index-not-concurrent");
  EXPECT_EQ(run({"migrate", "lint", "--service", "cafe"}).status, 0) << "all files make the table themselves";
  const auto allowed = run({"migrate", "up", "--service", "cafe", "--allow", "index-not-concurrent"});
  EXPECT_EQ(allowed.status, 0) << allowed.err;
}

TEST_F(migrate_commands, show_what_was_changed_after_it_ran) {
  bring_up();
  version("till", 1, "CREATE TABLE sales (id int PRIMARY KEY);", "DROP TABLE sales;");
  const auto up = run({"migrate", "up", "--service", "till"});
  EXPECT_EQ(up.status, 76);
  const auto validated = run({"migrate", "validate", "--service", "till"});
  EXPECT_EQ(validated.status, 76);
  EXPECT_THAT(validated.out,
              HasSubstr("- CREATE TABLE sales (id bigint PRIMARY KEY);\n+ CREATE TABLE sales (id int PRIMARY KEY);"));
  const auto repaired = run({"migrate", "repair", "--service", "till"});
  EXPECT_EQ(repaired.status, 0) << repaired.err;
  EXPECT_THAT(repaired.err, HasSubstr("version 1 counts as it is written now"));
  EXPECT_EQ(run({"migrate", "up", "--service", "till"}).status, 0);
}

TEST_F(migrate_commands, need_no_manifest) {
  bring_up();
  place_.write("files/20240101000000_menu.sql",
               "-- migrate:up\nCREATE TABLE menu (id bigint PRIMARY KEY);\n-- migrate:down\nDROP TABLE menu;\n");
  const auto url = place_.innkeeper({"secret", "show", "shop", "--manifest", "bistro/innkeeper.yaml"}).out;
  const std::map<std::string, std::string> variables{{"DATABASE_URL", url.substr(0, url.find('\n'))}};
  const auto up = place_.innkeeper({"migrate", "up", "--url-from", "DATABASE_URL", "--files", "files"}, variables);
  // The log-in may not make schemas: the message says who can.
  EXPECT_EQ(up.status, 77) << up.out << up.err;
  EXPECT_THAT(up.err, HasSubstr("permission denied"));
  EXPECT_THAT(up.err, Not(HasSubstr(variables.at("DATABASE_URL"))));
  const auto made = place_.innkeeper({"psql", "--admin", "--manifest", "bistro/innkeeper.yaml", "--", "-d", "shop",
                                      "-qc", "CREATE SCHEMA innkeeper AUTHORIZATION shop_owner"});
  ASSERT_EQ(made.status, 0) << made.err;
  const auto again =
      place_.innkeeper({"migrate", "up", "--url-from", "DATABASE_URL", "--files", "files", "--json"}, variables);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(json::parse(again.out)["applied"], 1);
}

TEST_F(migrate_commands, write_the_next_file_in_the_directorys_own_layout) {
  const auto ours = run({"migrate", "new", "Add opening hours", "--service", "cafe"});
  EXPECT_EQ(ours.status, 0) << ours.err;
  EXPECT_THAT(ours.out, HasSubstr("bistro/cafe/migrations/V2__add_opening_hours.sql"));
  EXPECT_TRUE(fs::exists(place_.root() / "bistro/cafe/migrations/V2__add_opening_hours.sql"));
  place_.write("golang/000001_a.up.sql", "SELECT 1;");
  place_.write("golang/000001_a.down.sql", "SELECT 1;");
  const auto golang = place_.innkeeper({"migrate", "new", "b", "--files", "golang", "--format", "golang-migrate"});
  EXPECT_EQ(golang.out, "golang/000002_b.up.sql\ngolang/000002_b.down.sql\n") << golang.err;
}

TEST_F(migrate_commands, never_fall_back_to_another_log_in) {
  bring_up();
  version("cafe", 2, "CREATE TABLE orders (id bigint PRIMARY KEY);", "DROP TABLE orders;");
  EXPECT_EQ(place_.shell("rm bistro/.innkeeper/secrets/shared/cafe_user/*").status, 0);
  const auto up = run({"migrate", "up", "--service", "cafe"});
  EXPECT_EQ(up.status, 65);
  EXPECT_THAT(up.err, HasSubstr("not migrated: the password of \"cafe_user\" can't be read"));
}

}  // namespace
}  // namespace innkeeper::test
