// What we print and the verifiers that we make, tried on a server that asks for passwords.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include "core/conninfo.h"
#include "core/scram.h"
#include "exec/random.h"
#include "pg/connection.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper {
namespace {

struct closed_by_libpq {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

// "user@database" as the server sees it, or libpq's error.
std::string log_in(const std::string& text) {
  const std::unique_ptr<PGconn, closed_by_libpq> connection{PQconnectdb(text.c_str())};
  if (PQstatus(connection.get()) != CONNECTION_OK) return PQerrorMessage(connection.get());
  return fmt::format("{}@{}", PQuser(connection.get()), PQdb(connection.get()));
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char byte : name) text += byte == '"' ? "\"\"" : std::string{byte};
  return text + "\"";
}

class log_ins : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<test::cluster>(test::cluster_options{.password = "admin", .tcp = true});
  }
  static void TearDownTestSuite() { server_.reset(); }

  static void make_log_in(const std::string& role, const secret& verifier) {
    auto admin = pg::connection::open(server_->admin(), {});
    admin.query(fmt::format("CREATE ROLE {} LOGIN PASSWORD '{}'", quoted(role), verifier.expose()), "CREATE ROLE …");
  }
  static secret verifier_of(const std::string& password) {
    return scram_verifier(secret{password}, exec::random_salt());
  }

  static std::unique_ptr<test::cluster> server_;
};
std::unique_ptr<test::cluster> log_ins::server_;

TEST_F(log_ins, hostile_passwords_and_names_arrive_as_they_are) {
  const std::vector<std::string> hostile{
      "it's;2 @50%",      "a\"b\\c", " lead and trail ", "?#&=+/:%41", "pässwörd 密码🔑",
      "host=evil port=1", "\t\n",    "$1{}[]",           "I\xc2\xadX", "\xff\xfe"};
  auto admin = pg::connection::open(server_->admin(), {});
  const std::string database = "d @/?'\"#%;=é";
  admin.query("CREATE DATABASE " + quoted(database) + " TEMPLATE template0");
  int count = 0;
  for (const auto& password : hostile) {
    const std::string role = fmt::format("r{} @:/'\"%é", ++count);
    make_log_in(role, verifier_of(password));
    for (conninfo way : {server_->admin(), server_->admin_by_tcp()}) {
      way.user = {role};
      way.database = {database};
      way.password = secret{password};
      for (const auto as : {dialect::uri, dialect::keyword}) {
        EXPECT_EQ(log_in(print_conninfo(way, as).text->expose()), role + "@" + database);
      }
      way.password = secret{password + "!"};
      EXPECT_NE(log_in(print_conninfo(way, dialect::uri).text->expose()).find("password authentication failed"),
                std::string::npos);
    }
  }
}

TEST_F(log_ins, every_dialect_that_libpq_can_read_back_opens_the_same_door) {
  make_log_in("many_tongues", verifier_of("it's;2 @50%"));
  conninfo way = server_->admin_by_tcp();
  way.user = {"many_tongues"};
  way.database = {"postgres"};
  way.password = secret{"it's;2 @50%"};
  for (const auto& [as, name] : all_dialects()) {
    const auto back = parse_conninfo(print_conninfo(way, as).text->expose());
    ASSERT_TRUE(back.value) << name << ": " << back.problem;
    EXPECT_EQ(log_in(print_conninfo(*back.value, dialect::uri).text->expose()), "many_tongues@postgres") << name;
  }
}

TEST_F(log_ins, the_servers_own_verifier_of_the_same_password_is_recognised) {
  auto admin = pg::connection::open(server_->admin(), {});
  admin.query("CREATE ROLE by_server LOGIN PASSWORD 'p''w'");
  const auto rows = admin.query("SELECT rolpassword FROM pg_authid WHERE rolname = 'by_server'");
  EXPECT_TRUE(verifier_matches(secret{"p'w"}, secret{rows.text(0, 0)}));
  const secret ours = verifier_of("p'w");
  make_log_in("by_us", ours);
  EXPECT_EQ(admin.query("SELECT rolpassword FROM pg_authid WHERE rolname = 'by_us'").text(0, 0), ours.expose())
      << "taken as it is, not hashed again";
}

}  // namespace
}  // namespace innkeeper
