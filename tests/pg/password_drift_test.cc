// Whose hand changed a password: shown, and mended only when asked. By verifier as superuser, by log-in as plain admin.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "exec/apply.h"
#include "exec/secret_store.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

using testing::HasSubstr;
using testing::Not;

class password_drift : public testing::TestWithParam<bool> {
 protected:
  password_drift() : cluster_{{.password = "admin password"}} {
    all_ = test::estate_of({test::service("cafe")});
    all_.secrets_directory = folder_.path() / "secrets";
    access_.server = &all_.servers.front();
    by_hand("CREATE ROLE plain LOGIN CREATEDB CREATEROLE PASSWORD 'plain password'");
    access_.admin = GetParam() ? cluster_.admin() : cluster_.login("plain", "plain password", "postgres");
    EXPECT_TRUE(run().failures.empty());
  }
  void by_hand(const std::string& sql, const std::string& database = "postgres") {
    pg::connection::open(cluster_.admin(database), {}).query(sql);
  }
  apply_report run(const apply_options& options = {}) {
    return apply_server(all_, access_, options, [](const event&) {});
  }
  apply_report reset() { return run({.policy = {.reset_passwords = {{"cafe_user"}}}}); }
  [[nodiscard]] std::string kept() const {
    return secret_store{all_.secrets_directory}.read("shared", {"cafe_user"}).value.password.expose();
  }
  void keep(const std::string& password) const {
    std::ofstream{secret_store{all_.secrets_directory}.password_file("shared", {"cafe_user"})} << password;
  }
  [[nodiscard]] bool opens(const std::string& password) const {
    try {
      (void)pg::connection::open(cluster_.login("cafe_user", password, "cafe"), {.kind = pg::session_kind::service});
      return true;
    } catch (const pg::error& refused) {
      EXPECT_EQ(refused.sqlstate(), "28P01");
      return false;
    }
  }
  // The one attention on a password, and nothing done.
  std::string told() {
    const auto report = run();
    EXPECT_EQ(report.steps, 0);
    std::string topics;
    for (const auto& one : report.attentions) {
      if (!one.topic.starts_with("password.")) continue;
      topics += one.topic;
      text_ = one.text;
      EXPECT_EQ(one.statement, "innkeeper apply --reset-password cafe_user");
    }
    return topics;
  }

  test::cluster cluster_;
  test::scratch_folder folder_;
  estate all_;
  server_access access_;
  std::string text_;
};

INSTANTIATE_TEST_SUITE_P(as, password_drift, testing::Bool(),
                         [](const auto& one) { return std::string{one.param ? "superuser" : "plain_admin"}; });

TEST_P(password_drift, is_nothing_where_nobody_touched_it) {
  EXPECT_EQ(told(), "");
}

TEST_P(password_drift, on_the_server_is_told_apart_and_put_back_when_asked) {
  by_hand("ALTER ROLE cafe_user PASSWORD 'by hand'");
  EXPECT_EQ(told(), "password.server_drifted");
  EXPECT_THAT(text_, HasSubstr("another hand changed it on the server; it was right since 20"));
  EXPECT_TRUE(opens("by hand")) << "nothing changes unasked";
  EXPECT_EQ(reset().steps, 1);
  EXPECT_TRUE(opens(kept()));
  EXPECT_EQ(told(), "");
}

TEST_P(password_drift, of_the_kept_one_is_told_apart_and_set_on_the_server_when_asked) {
  const auto former = kept();
  keep("chosen by hand");
  EXPECT_EQ(told(), "password.secret_drifted");
  EXPECT_TRUE(opens(former));
  EXPECT_EQ(reset().steps, 1);
  EXPECT_TRUE(opens("chosen by hand"));
  EXPECT_EQ(kept(), "chosen by hand");
  EXPECT_EQ(told(), "");
}

TEST_P(password_drift, is_none_where_both_were_changed_alike) {
  by_hand("ALTER ROLE cafe_user PASSWORD 'rotated by hand'");
  keep("rotated by hand");
  EXPECT_EQ(told(), "");
  EXPECT_EQ(run().steps, 0);
}

TEST_P(password_drift, is_none_where_the_same_password_was_set_again) {
  by_hand(fmt::format("ALTER ROLE cafe_user PASSWORD '{}'", kept()));  // with a salt of the server's
  if (cluster_.major() == 13) return;                                  // its default is md5
  EXPECT_EQ(told(), "");
}

TEST_P(password_drift, says_so_where_nothing_is_remembered) {
  by_hand("DROP TABLE innkeeper.password", "innkeeper");
  by_hand("ALTER ROLE cafe_user PASSWORD 'by hand'");
  const auto planned = plan_server(all_, access_, {});
  ASSERT_EQ(planned.steps.steps.size(), 1U) << "the registry of an older version is completed";
  (void)run();
  EXPECT_EQ(told(), "password.differs");
  EXPECT_THAT(text_, HasSubstr("which of the two was changed is not known"));
}

TEST_P(password_drift, is_remembered_from_the_next_run_on_in_an_older_registry) {
  by_hand("DROP TABLE innkeeper.password", "innkeeper");
  EXPECT_EQ(run().steps, 1);
  by_hand("ALTER ROLE cafe_user PASSWORD 'by hand'");
  EXPECT_EQ(told(), "password.server_drifted");
}

TEST_P(password_drift, finds_hashes_of_former_days) {
  if (!GetParam()) return;  // by log-in, nobody can tell
  const auto password = kept();
  by_hand(fmt::format("SET password_encryption = 'md5'; ALTER ROLE cafe_user PASSWORD '{}'", password));
  EXPECT_EQ(told(), "password.hash_outdated");
  EXPECT_THAT(text_, HasSubstr("the server keeps it as md5"));
  EXPECT_EQ(reset().steps, 1);
  EXPECT_TRUE(opens(password)) << "the same password, hashed anew";
  EXPECT_EQ(told(), "");
  if (cluster_.major() < 16) return;
  by_hand(fmt::format("SET scram_iterations = 1000; ALTER ROLE cafe_user PASSWORD '{}'", password));
  EXPECT_EQ(told(), "password.hash_outdated");
  EXPECT_THAT(text_, HasSubstr("SCRAM with 1000 iterations"));
}

TEST_P(password_drift, leaves_no_verifier_in_the_registry) {
  auto registry = pg::connection::open(cluster_.admin("innkeeper"), {});
  const auto rows = registry.query("SELECT p::text FROM innkeeper.password AS p");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_THAT(rows.text(0, 0), Not(HasSubstr("SCRAM")));
  EXPECT_THAT(rows.text(0, 0), Not(HasSubstr(kept())));
}

TEST_P(password_drift, names_the_policy_that_refuses_a_hash) {
  cluster_.set("shared_preload_libraries", "passwordcheck");
  cluster_.restart();
  keep("cafe_user");  // the one that it recognises in a hash, too
  const auto report = reset();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_THAT(report.failures[0].text, HasSubstr("The server may refuse passwords that come hashed"));
  EXPECT_THAT(report.failures[0].text, Not(HasSubstr("SCRAM-SHA-256$")));
}

}  // namespace
}  // namespace innkeeper::exec
