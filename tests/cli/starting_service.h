#pragma once
// A server with a database and a log-in that owns it, as a service finds them that somebody else set up.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "pg/connection.h"
#include "tests/cli/program.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {

class starting_service : public testing::Test {
 protected:
  starting_service() : database_{server().fresh_database()}, role_{server().fresh_name("app")} {
    admin(fmt::format("CREATE ROLE {} LOGIN PASSWORD 'app-password'", role_));
    admin(fmt::format("ALTER DATABASE {} OWNER TO {}", database_, role_));
  }

  static cluster& server() {
    static cluster one{{.password = "boss-password", .tcp = true}};
    return one;
  }

  static void admin(const std::string& sql) { pg::connection::open(server().admin(), {}).query(sql); }

  // As 002 has it: for SQLAlchemy with asyncpg.
  [[nodiscard]] std::string url(const std::string& password = "app-password") const {
    return fmt::format("postgresql+asyncpg://{}:{}@127.0.0.1:{}/{}", role_, password, server().port(), database_);
  }

  [[nodiscard]] std::string ask(const std::string& sql) const {
    return pg::connection::open(server().admin(database_), {}).query(sql).text(0, 0);
  }

  void write_schema() {
    place_.write("schema/tables/accounts.sql", "CREATE TABLE IF NOT EXISTS accounts (id int PRIMARY KEY);\n");
    place_.write("schema/seed/accounts.sql", "INSERT INTO accounts VALUES (1) ON CONFLICT DO NOTHING;\n");
  }

  workplace place_;
  std::string database_;
  std::string role_;
};

}  // namespace innkeeper::test
