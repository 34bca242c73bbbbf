// The built binary on servers that somebody else runs, named by URL: every example estate, as superuser and as an admin
// with CREATEDB and CREATEROLE only, on the major that the suite was started for. The server's log is the witness.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "pg/connection.h"
#include "tests/cli/golden.h"
#include "tests/cli/program.h"
#include "tests/estates/statements.h"
#include "tests/support/majors.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

struct estate_case {
  std::string example;
  bool plain_admin = false;
};

std::string name_of(const estate_case& one) {
  std::string name = one.example + (one.plain_admin ? "_by_a_plain_admin" : "_by_a_superuser");
  std::ranges::replace(name, '-', '_');
  return name;
}

void PrintTo(const estate_case& one, std::ostream* out) {
  *out << name_of(one);
}

// The few of every day have each kind of admin and of sharing between them.
std::vector<estate_case> cases() {
  if (!is_long_run()) return {{"cafe-erp", true}, {"online-boutique", true}, {"flow-backend-isolated", false}};
  std::vector<estate_case> all;
  for (const auto& entry : fs::directory_iterator{fs::path{INNKEEPER_SOURCE_DIR} / "examples"}) {
    if (!entry.is_directory()) continue;
    for (const bool plain : {false, true}) all.push_back({entry.path().filename(), plain});
  }
  std::ranges::sort(all, {}, name_of);
  return all;
}

constexpr const char* password = "an admin: 100 % secret";

class example_estate : public testing::TestWithParam<estate_case> {
 protected:
  example_estate() : server_{{.password = password, .tcp = true}}, admin_{GetParam().plain_admin ? "adm" : "postgres"} {
    if (GetParam().plain_admin) {
      as_superuser(fmt::format("CREATE ROLE adm LOGIN CREATEDB CREATEROLE PASSWORD '{}'", password));
    }
    folder_ = place_.copy_example(GetParam().example);
    make_missing_extensions_optional();
  }

  void as_superuser(const std::string& sql, const std::string& database = "postgres") {
    (void)pg::connection::open(server_.admin(database), {}).query_all(sql);
  }

  // Only Debian's own major has PostGIS here.
  void make_missing_extensions_optional() {
    auto session = pg::connection::open(server_.admin(), {});
    if (!session.query("SELECT FROM pg_available_extensions WHERE name = 'postgis'").empty()) return;
    const auto file = folder_ / "innkeeper.yaml";
    std::string text = read_text(file);
    static const std::string required = ", postgis]";
    for (auto at = text.find(required); at != std::string::npos; at = text.find(required, at)) {
      text.replace(at, required.size(), ", {name: postgis, optional: true}]");
    }
    place_.write(GetParam().example + "/innkeeper.yaml", text);
  }

  [[nodiscard]] std::map<std::string, std::string> variables() const {
    return {{"INNKEEPER_SERVER_URL", fmt::format("postgres://{}@127.0.0.1:{}/postgres", admin_, server_.port())},
            {"POSTGRES_ADMIN_USER", admin_},
            {"POSTGRES_ADMIN_PASSWORD", password},
            {"POSTGRES_PASSWORD", password}};
  }

  finished innkeeper(std::vector<std::string> words) {
    words.push_back(GetParam().example);
    return place_.innkeeper(words, variables());
  }

  // As docs/admin-rights.md says it: a superuser runs what the plan asks for, once, before the first apply.
  void ask_a_superuser_first() {
    const auto script = innkeeper({"plan", "--preflight"});
    ASSERT_EQ(script.status, 0) << script.err;
    const auto file = place_.write("preflight.sql", script.out);
    const auto ran =
        place_.shell(fmt::format("PGPASSWORD='{}' psql -X -q -h 127.0.0.1 -p {} -U postgres -d postgres -f '{}'",
                                 password, server_.port(), file.string()));
    ASSERT_EQ(ran.status, 0) << ran.out << ran.err << script.out;
  }

  // Applies, and holds what the log shows against what the plan showed.
  [[nodiscard]] finished apply_as_shown() {
    const auto script = innkeeper({"plan", "--sql"});
    EXPECT_EQ(script.status, 0) << script.err;
    const auto before = server_.log().size();
    const auto ran = innkeeper({"apply"});
    const std::string log = server_.log().substr(before);
    EXPECT_THAT(complaints_of_log(log, admin_), IsEmpty());
    auto sent = statements_of_log(log, admin_);
    EXPECT_THAT(sent, Not(IsEmpty()));
    std::erase_if(sent, is_housekeeping);
    auto shown = statements_of_script(script.out);
    std::ranges::sort(sent);
    std::ranges::sort(shown);
    std::vector<statement> unannounced;
    std::vector<statement> unsent;
    std::ranges::set_difference(sent, shown, std::back_inserter(unannounced));
    std::ranges::set_difference(shown, sent, std::back_inserter(unsent));
    EXPECT_THAT(unannounced, IsEmpty()) << "sent by apply, but not shown by plan --sql";
    EXPECT_THAT(unsent, IsEmpty()) << "shown by plan --sql, but not sent by apply";
    return ran;
  }

  bool has_changed_settings_that_need_a_restart() {
    as_superuser("SELECT pg_reload_conf()");
    auto session = pg::connection::open(server_.admin(), {});
    return !session
                .query("SELECT FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf' AND name = 'max_connections'")
                .empty();
  }

  cluster server_;
  workplace place_;
  std::string admin_;
  fs::path folder_;
};

TEST_P(example_estate, becomes_what_it_declares_by_the_statements_shown_and_is_proved) {
  if (GetParam().plain_admin) {
    ASSERT_NO_FATAL_FAILURE(ask_a_superuser_first());
  }
  const auto applied = apply_as_shown();
  ASSERT_EQ(applied.status, 0) << applied.out << applied.err;
  if (has_changed_settings_that_need_a_restart()) server_.restart();

  const auto check = innkeeper({"plan", "--check"});
  EXPECT_EQ(check.status, 0) << check.out << check.err;
  const auto before = server_.log().size();
  const auto again = innkeeper({"apply"});
  EXPECT_EQ(again.status, 0) << again.out << again.err;
  auto sent = statements_of_log(server_.log().substr(before), admin_);
  EXPECT_THAT(sent, Not(IsEmpty()));
  std::erase_if(sent, is_observation);
  EXPECT_THAT(sent, IsEmpty()) << "nothing was left to do";

  const auto proof = innkeeper({"verify", "--prove"});
  EXPECT_EQ(proof.status, 0) << proof.out << proof.err;
  EXPECT_THAT(proof.out, HasSubstr("Proved: "));
  EXPECT_THAT(proof.out, HasSubstr(" 0 leaks, 0 failed, 0 unprovable."));
}

INSTANTIATE_TEST_SUITE_P(examples, example_estate, testing::ValuesIn(cases()),
                         [](const auto& one) { return name_of(one.param); });

}  // namespace
}  // namespace innkeeper::test
