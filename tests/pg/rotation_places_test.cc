// Passwords that change while applications read them from places of their own: env files here.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "core/secret_presets.h"
#include "exec/secret_places.h"
#include "tests/pg/rotation_fixture.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class rotation_places : public testing::Test, protected rotation_fixture {
 protected:
  rotation_places() : rotation_fixture{true} {
    all_.services.front().secrets.push_back({.kind = place_kind::file,
                                             .place = file().string(),
                                             .shown = "cafe.env",
                                             .keys = default_secret_keys({}),
                                             .where = {"innkeeper.yaml", 9, 1}});
    apply();
  }

  [[nodiscard]] fs::path file() const { return folder_.path() / "cafe.env"; }
  // As the application reads it, from its own place alone.
  [[nodiscard]] conninfo target() const {
    const auto found = env_file_place(file(), "cafe.env")->read().content.keys;
    const auto url = found.find("DATABASE_URL");
    const auto parsed = url == found.end() ? parsed_conninfo{} : parse_conninfo(url->second.value.expose());
    return parsed.value.value_or(conninfo{});
  }
};

TEST_F(rotation_places, find_the_new_log_in_and_at_no_moment_a_dead_one) {
  const auto first = target();
  EXPECT_EQ(try_with(first), "open");
  const applications at_work{2, [&] { return target(); }};
  ASSERT_TRUE(at_work.have_begun());
  const auto report = run(at_once(seconds{1}), [&](const event&) { EXPECT_EQ(try_with(target()), "open"); });
  EXPECT_EQ(outcome_of(report), "changed");
  EXPECT_EQ(target().user.value, "cafe_user_b");
  EXPECT_EQ(target().password, secret_now().password);
  EXPECT_EQ(try_with(target()), "open");
  EXPECT_EQ(try_with(first), "28000");
  expect_nothing_to_do();
}

TEST_F(rotation_places, of_others_are_none_of_a_log_in_that_has_none) {
  auto treasury = test::service("treasury", 20);
  treasury.access = access_mode::readwrite;  // its migrator has none, either
  all_.services.push_back(treasury);
  apply();
  const auto report = run({.services = {"treasury"}, .grace = milliseconds{0}, .wait = seconds{60}});
  for (const auto& one : report.log_ins) EXPECT_EQ(to_string(one.outcome), "changed") << one.text;
  EXPECT_EQ(report.log_ins.size(), 2U);
  EXPECT_EQ(target().user.value, "cafe_user");
}

TEST_F(rotation_places, log_in_wherever_the_run_was_killed) {
  const int stride = std::getenv("INNKEEPER_TEST_WHOLE") != nullptr ? 1 : 5;
  for (int point = 1;; point += stride) {
    const auto before = target();
    const bool died = test::is_killed([&] {
      int seen = 0;
      (void)rotate_on(all_, access_, at_once(), [&](const event&) {
        if (seen++ == point) test::die_here();
      });
    });
    EXPECT_EQ(try_with(target()), "open") << "killed at " << point;
    (void)run({.what = rotate_what::resume, .grace = milliseconds{0}, .wait = seconds{60}});
    EXPECT_EQ(try_with(target()), "open") << "killed at " << point;
    EXPECT_EQ(target().user, secret_now().user) << "killed at " << point;
    apply();
    expect_nothing_to_do();
    if (!died) {
      EXPECT_NE(target().user, before.user);
      break;
    }
  }
}

TEST_F(rotation_places, that_another_hand_wrote_keep_a_rotation_from_beginning) {
  const auto before = secret_now();
  std::ofstream{file()} << "DATABASE_URL=postgresql://cafe_user:of-another-hand@127.0.0.1/cafe\n";
  const auto report = run(at_once());
  EXPECT_EQ(outcome_of(report), "refused");
  EXPECT_THAT(report.log_ins.front().text, HasSubstr("secret file cafe.env: DATABASE_URL is another hand's"));
  EXPECT_EQ(secret_now(), before);
  EXPECT_EQ(open_log_ins(), "cafe_user");
}

TEST_F(rotation_places, give_a_lost_password_of_the_second_log_in_back) {
  EXPECT_EQ(outcome_of(run(at_once())), "changed");
  const auto used = target();
  fs::remove_all(all_.secrets_directory);
  apply();
  EXPECT_EQ(target(), used);
  EXPECT_EQ(secret_now().user, used.user);
  EXPECT_EQ(try_with(secret_now()), "open");
  expect_nothing_to_do();
}

TEST_F(rotation_places, whose_password_another_manager_makes_are_left_to_that) {
  all_.services.front().managed_by = secret_manager::external;
  const auto report = run(at_once());
  EXPECT_EQ(outcome_of(report), "refused");
  EXPECT_THAT(report.log_ins.front().text, HasSubstr("another manager makes its password"));
}

}  // namespace
}  // namespace innkeeper::exec
