// Passwords that change while applications run, on a real server, as superuser and as an admin that is none.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "exec/leaving.h"
#include "exec/prove.h"
#include "tests/pg/rotation_fixture.h"
#include "tests/support/small_disk.h"

namespace innkeeper::exec {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class rotation : public testing::TestWithParam<bool>, protected rotation_fixture {
 protected:
  rotation() : rotation_fixture{GetParam()} { apply(); }
};

INSTANTIATE_TEST_SUITE_P(as, rotation, testing::Bool(),
                         [](const auto& one) { return std::string{one.param ? "superuser" : "plain_admin"}; });

TEST_P(rotation, changes_the_log_in_and_kills_the_former_one) {
  const auto first = secret_now();
  EXPECT_EQ(outcome_of(run(at_once())), "changed");
  const auto second = secret_now();
  EXPECT_EQ(second.user.value, "cafe_user_b");
  EXPECT_EQ(try_with(first), "28000");
  EXPECT_EQ(try_with(second), "open");
  expect_nothing_to_do();
  EXPECT_EQ(outcome_of(run(at_once())), "changed");
  const auto third = secret_now();
  EXPECT_EQ(third.user.value, "cafe_user");
  EXPECT_NE(third.password->expose(), first.password->expose());
  EXPECT_EQ(try_with(second), "28000");
  EXPECT_EQ(try_with(first), "28P01") << "its first password is dead, too";
  EXPECT_EQ(try_with(third), "open");
  expect_nothing_to_do();
  EXPECT_EQ(open_log_ins(), "cafe_user");
  for (const auto* one : {&first, &second, &third})
    EXPECT_THAT(cluster_.log(), Not(HasSubstr(one->password->expose())));
}

TEST_P(rotation, has_the_second_log_in_remembered_as_the_estates_own) {
  EXPECT_EQ(outcome_of(run(at_once())), "changed");
  EXPECT_EQ(ask("SELECT service FROM innkeeper.object WHERE kind = 'role' AND name = 'cafe_user_b'", "innkeeper"),
            "cafe");
}

TEST_P(rotation, leaves_the_second_log_in_with_all_that_the_first_one_has) {
  auto cafe = test::service("cafe");
  cafe.connections.value = 7;
  cafe.settings["work_mem"] = {"9MB", cafe.where, false};
  auto treasury = test::service("treasury", 20);
  treasury.readers = {{"cafe", treasury.where, false}};
  all_.services = {cafe, treasury};
  apply();
  const auto settings = [&](const std::string& role) {
    return ask(fmt::format(
               "SELECT d.datname || ' ' || s.setconfig::text FROM pg_db_role_setting s LEFT JOIN pg_database "
               "d ON d.oid = s.setdatabase WHERE s.setrole = '{}'::regrole ORDER BY 1",
               role)) +
           ask(fmt::format("SELECT roleid::regrole::text FROM pg_auth_members WHERE member = '{}'::regrole ORDER BY 1",
                           role)) +
           ask(fmt::format("SELECT rolconnlimit::text FROM pg_roles WHERE rolname = '{}'", role));
  };
  const auto limit = [&] { return ask("SELECT datconnlimit FROM pg_database WHERE datname = 'cafe'"); };
  const auto before = settings("cafe_user");
  EXPECT_THAT(before, HasSubstr("work_mem=9MB"));
  EXPECT_THAT(before, HasSubstr("treasury_ro"));
  rotate_options slowly{.services = {"cafe"}, .grace = seconds{1000}};
  EXPECT_EQ(outcome_of(run(slowly)), "draining");
  EXPECT_EQ(settings("cafe_user_b"), before);
  EXPECT_EQ(limit(), "17") << "seven each, and three for the admin";
  expect_nothing_to_do();
  EXPECT_EQ(outcome_of(run({.what = rotate_what::resume, .grace = milliseconds{0}, .wait = seconds{60}})), "changed");
  EXPECT_EQ(settings("cafe_user_b"), before);
  EXPECT_EQ(limit(), "10");
  expect_nothing_to_do();
  pg::connection::open(secret_now(), {.kind = pg::session_kind::service}).query("CREATE TABLE orders (id int)");
  EXPECT_EQ(ask("SELECT tableowner FROM pg_tables WHERE tablename = 'orders'", "cafe"), "cafe_owner");
}

// With applications at work, and none of them meets a closed door, wherever a run ends.
TEST_P(rotation, goes_on_wherever_it_was_killed) {
  const applications at_work{2, [&] { return secret_now(); }};
  ASSERT_TRUE(at_work.have_begun());
  std::set<std::string> left_at;
  constexpr milliseconds grace{1000};
  const bool is_whole = std::getenv("INNKEEPER_TEST_WHOLE") != nullptr;
  const int stride = is_whole ? 1 : GetParam() ? 3 : 6;
  for (int point = 0;; point += stride) {
    const auto before = secret_now();
    const bool died = test::is_killed([&] {
      int seen = 0;
      (void)rotate_on(all_, access_, at_once(grace), [&](const event& one) {
        const bool is_a_point = one.kind == event_kind::step_begun || one.kind == event_kind::detail;
        if (is_a_point && seen++ == point) test::die_here();
      });
    });
    left_at.insert(state());
    EXPECT_EQ(try_with(secret_now()), "open") << "killed at " << point;
    apply();
    EXPECT_EQ(try_with(secret_now()), "open") << "killed at " << point;
    const bool is_to_begin = secret_now().user == before.user;
    (void)run({.what = is_to_begin ? rotate_what::rotate : rotate_what::resume, .grace = grace, .wait = seconds{60}});
    EXPECT_EQ(state(), "settled") << "killed at " << point;
    EXPECT_NE(secret_now().user, before.user) << "killed at " << point;
    expect_nothing_to_do();
    if (!died) {
      EXPECT_GT(point, 12);
      break;
    }
  }
  EXPECT_GE(left_at.size(), is_whole ? 8U : 3U);
  EXPECT_EQ(at_work.refused(), 0);
  EXPECT_EQ(at_work.failed_statements(), 0);
}

TEST_P(rotation, waits_for_applications_that_do_not_read_again_and_names_them) {
  const auto former = secret_now();
  applications stubborn{4, [former] { return former; }};
  ASSERT_TRUE(stubborn.have_begun());
  const auto report = run({.grace = seconds{1}, .wait = seconds{3}});
  ASSERT_EQ(outcome_of(report), "draining");
  EXPECT_TRUE(test::eventually([&] {
    const auto looked = run({.what = rotate_what::resume});
    for (const auto& one : looked.log_ins.front().former) {
      if (one.application != "orders" || !one.began) continue;
      EXPECT_EQ(one.database.value, "cafe");
      EXPECT_EQ(one.address, "[local]");
      EXPECT_TRUE(is_new_since(one, *looked.log_ins.front().now.flipped_at));
      return true;
    }
    return false;
  })) << "the server shows whose sessions they are";
  EXPECT_EQ(open_log_ins(), "cafe_user cafe_user_b");
  EXPECT_EQ(stubborn.refused(), 0);
  EXPECT_EQ(stubborn.failed_statements(), 0);
  expect_nothing_to_do();
  // Until somebody says that it has been long enough.
  EXPECT_EQ(outcome_of(run({.what = rotate_what::resume, .force_after = milliseconds{0}, .wait = seconds{60}})),
            "changed");
  EXPECT_EQ(try_with(former), "28000");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_stat_activity WHERE usename = 'cafe_user'"), "0");
  expect_nothing_to_do();
  EXPECT_EQ(outcome_of(run({.what = rotate_what::reopen, .grace = seconds{1000}})), "draining");
  EXPECT_EQ(try_with(former), "open") << "closed too early: one word opens it again";
  expect_nothing_to_do();
}

TEST_P(rotation, gives_a_lost_secret_a_new_one_without_a_moment_without_access) {
  const auto held = secret_now();  // by an application that runs
  std::filesystem::remove_all(all_.secrets_directory);
  EXPECT_EQ(outcome_of(run({.grace = seconds{1000}})), "draining");
  EXPECT_EQ(try_with(secret_now()), "open");
  EXPECT_EQ(try_with(held), "open");
  expect_nothing_to_do();
}

TEST_P(rotation, that_is_over_and_whose_secret_is_lost_has_it_reset_where_it_is_in_use) {
  (void)run(at_once());
  std::filesystem::remove_all(all_.secrets_directory);
  (void)apply_server(all_, access_, {.policy = {.reset_every_password = true}}, quiet_rotation);
  EXPECT_EQ(secret_now().user.value, "cafe_user_b") << "the log-in in use, not the one that is closed";
  EXPECT_EQ(try_with(secret_now()), "open");
  expect_nothing_to_do();
}

TEST_P(rotation, stops_where_its_secret_finds_no_room_and_goes_on_when_there_is) {
  const test::small_disk disk{1};
  std::filesystem::copy(all_.secrets_directory, disk.path() / "secrets", std::filesystem::copy_options::recursive);
  all_.secrets_directory = disk.path() / "secrets";
  const auto before = secret_now();
  const auto ballast = disk.path() / "ballast";
  std::ofstream{ballast} << std::string(2'000'000, 'x');
  const auto report = rotate_on(all_, access_, at_once(), quiet_rotation);
  EXPECT_EQ(outcome_of(report), "failed");
  EXPECT_THAT(report.log_ins.front().text, HasSubstr("No space left on device"));
  EXPECT_EQ(state(), "alike");
  EXPECT_EQ(secret_now(), before);
  EXPECT_EQ(try_with(before), "open");
  EXPECT_EQ(open_log_ins(), "cafe_user");
  std::filesystem::remove(ballast);
  EXPECT_EQ(outcome_of(run({.what = rotate_what::resume, .grace = milliseconds{0}, .wait = seconds{60}})), "changed");
  EXPECT_EQ(try_with(secret_now()), "open");
}

TEST_P(rotation, names_what_has_to_be_restarted) {
  all_.services.front().rotation.restart = {{.space = "cafe", .kind = "deployment", .name = "cafe-backend"}};
  std::string said;
  (void)run({.grace = seconds{1000}}, [&](const event& one) {
    if (one.kind == event_kind::note) said += one.service + ": " + one.text + "\n";
  });
  EXPECT_EQ(said, "cafe: restart cafe/deployment/cafe-backend: it reads its secret only when it starts\n");
}

TEST_P(rotation, that_another_machine_began_is_taken_up_with_another_password) {
  const auto here = all_.secrets_directory;
  std::filesystem::copy(here, folder_.path() / "elsewhere", std::filesystem::copy_options::recursive);
  EXPECT_TRUE(test::is_killed([&] {
    (void)rotate_on(all_, access_, at_once(), [](const event& one) {
      if (one.text == "try log in") test::die_here();
    });
  }));
  EXPECT_EQ(state(), "opened");
  all_.secrets_directory = folder_.path() / "elsewhere";
  EXPECT_EQ(outcome_of(run({.what = rotate_what::resume, .grace = seconds{1000}})), "draining");
  EXPECT_EQ(try_with(secret_now()), "open");
  all_.secrets_directory = here;
  EXPECT_EQ(try_with(secret_now()), "open") << "until nobody uses it";
}

TEST_P(rotation, is_given_up_as_long_as_nobody_has_heard_of_it) {
  EXPECT_TRUE(test::is_killed([&] {
    (void)rotate_on(all_, access_, at_once(), [](const event& one) {
      if (one.text == "begin flip") test::die_here();
    });
  }));
  EXPECT_EQ(state(), "tried");
  EXPECT_EQ(open_log_ins(), "cafe_user cafe_user_b");
  EXPECT_EQ(outcome_of(run({.what = rotate_what::give_up})), "given up");
  EXPECT_EQ(open_log_ins(), "cafe_user");
  EXPECT_EQ(try_with(secret_now()), "open");
  apply();
  expect_nothing_to_do();
}

TEST_P(rotation, in_place_changes_the_password_of_the_only_log_in) {
  all_.services.front().rotation.mode = rotation_mode::in_place;
  const auto former = secret_now();
  const auto report = run(at_once());
  EXPECT_EQ(outcome_of(report), "changed");
  EXPECT_THAT(report.log_ins.front().text, HasSubstr("fails to log in until it reads again"));
  EXPECT_EQ(secret_now().user, former.user);
  EXPECT_EQ(try_with(former), "28P01");
  EXPECT_EQ(try_with(secret_now()), "open");
  expect_nothing_to_do();
  EXPECT_EQ(ask("SELECT count(*) FROM pg_roles WHERE rolname = 'cafe_user_b'"), "0");
}

TEST_P(rotation, in_place_is_completed_wherever_it_was_killed) {
  all_.services.front().rotation.mode = rotation_mode::in_place;
  for (int point = 0;; ++point) {
    const bool died = test::is_killed([&] {
      int seen = 0;
      (void)rotate_on(all_, access_, at_once(), [&](const event&) {
        if (seen++ == point) test::die_here();
      });
    });
    apply();
    EXPECT_EQ(state().empty() ? "settled" : state(), "settled") << "killed at " << point;
    EXPECT_EQ(try_with(secret_now()), "open") << "killed at " << point;
    expect_nothing_to_do();
    if (!died) break;
  }
}

TEST_P(rotation, is_refused_where_a_second_log_in_would_lack_something) {
  const auto refusal = [&] {
    const auto report = run(at_once());
    EXPECT_EQ(outcome_of(report), "refused");
    return report.log_ins.front().text;
  };
  all_.services.front().rotation = {rotation_mode::off, {"innkeeper.yaml", 12, 5}, {}};
  EXPECT_THAT(refusal(), HasSubstr("rotation: off (innkeeper.yaml:12:5)"));
  all_.services.front().rotation = {};
  by_hand("CREATE TABLE public.by_hand (id int); ALTER TABLE public.by_hand OWNER TO cafe_user", "cafe");
  EXPECT_THAT(refusal(), HasSubstr("\"cafe_user\" owns 1 object in database \"cafe\""));
  by_hand("ALTER TABLE public.by_hand OWNER TO postgres; GRANT SELECT ON public.by_hand TO cafe_user", "cafe");
  EXPECT_THAT(refusal(), HasSubstr("holds privileges of its own in database \"cafe\""));
  by_hand("DROP TABLE public.by_hand", "cafe");
  by_hand("CREATE ROLE annas; GRANT annas TO cafe_user");
  EXPECT_THAT(refusal(), HasSubstr("is a member of \"annas\""));
  by_hand("REVOKE annas FROM cafe_user; CREATE ROLE cafe_user_b");
  EXPECT_THAT(refusal(), HasSubstr("role \"cafe_user_b\" is there, and not of this estate"));
  EXPECT_EQ(try_with(secret_now()), "open");
  by_hand("DROP ROLE cafe_user_b");
  EXPECT_EQ(outcome_of(run(at_once())), "changed");
}

TEST_P(rotation, stops_where_the_new_log_in_does_not_get_in_and_touches_nothing) {
  // What would keep the application out, too: here, a hand that takes the database's right from everybody new.
  const auto before = secret_now();
  const auto stop = [&](const event& one) {
    if (one.text == "try log in") by_hand("ALTER ROLE cafe_user_b CONNECTION LIMIT 0");
  };
  const auto report = rotate_on(all_, access_, at_once(), stop);
  EXPECT_EQ(outcome_of(report), "failed");
  EXPECT_THAT(report.log_ins.front().text, HasSubstr("[53300]"));
  EXPECT_EQ(secret_now(), before);
  EXPECT_EQ(try_with(before), "open");
  EXPECT_EQ(state(), "opened");
  by_hand("ALTER ROLE cafe_user_b CONNECTION LIMIT 20");
  EXPECT_EQ(outcome_of(run({.what = rotate_what::resume, .grace = milliseconds{0}, .wait = seconds{60}})), "changed");
}

TEST_P(rotation, of_a_user_of_several_services_is_one_for_all_of_them) {
  auto user = test::service("user");
  auto order = test::service("order", 20);
  user.user = order.user = {{"ecommerce_user"}, user.where, false};
  all_.services = {user, order};
  apply();
  auto how = at_once();
  how.services = {"user"};
  EXPECT_EQ(outcome_of(run(how)), "changed");
  for (const auto& one : all_.services) {
    EXPECT_EQ(secret_of(one).user.value, "ecommerce_user_b");
    EXPECT_EQ(try_with(secret_of(one)), "open") << one.name;
  }
  expect_nothing_to_do();
}

TEST_P(rotation, by_two_runners_at_once_is_one_after_the_other) {
  const applications at_work{2, [&] { return secret_now(); }};
  ASSERT_TRUE(at_work.have_begun());
  std::vector<pid_t> runners;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      int code = 1;
      try {
        const auto report = rotate_on(all_, access_, at_once(seconds{2}), quiet_rotation);
        code = report.log_ins.front().outcome == rotation_outcome::changed ? 0 : 2;
      } catch (...) {
        code = 1;
      }
      ::_exit(code);
    }
    runners.push_back(child);
  }
  for (const auto one : runners) {
    int status = 0;
    ::waitpid(one, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(state(), "settled");
  EXPECT_EQ(try_with(secret_now()), "open");
  expect_nothing_to_do();
  EXPECT_EQ(at_work.refused(), 0);
  EXPECT_EQ(at_work.failed_statements(), 0);
}

TEST_P(rotation, twenty_times_under_sixteen_applications_refuses_nobody) {
  all_.services = {test::service("cafe"), test::service("erp", 20), test::service("hr", 30), test::service("tax", 40)};
  apply();
  std::atomic<unsigned> next = 0;
  applications at_work{16, [&] { return secret_of(all_.services[next++ % all_.services.size()]); }};
  ASSERT_TRUE(at_work.have_begun(16));
  const bool is_whole = std::getenv("INNKEEPER_TEST_ALL") != nullptr || GetParam();
  for (int round = 0; round < (is_whole ? 5 : 1); ++round) {
    for (const auto& one : run(at_once(seconds{1})).log_ins)
      EXPECT_EQ(one.outcome, rotation_outcome::changed) << one.text;
  }
  at_work.end();
  EXPECT_EQ(at_work.refused(), 0);
  EXPECT_EQ(at_work.failed_statements(), 0);
  EXPECT_GT(at_work.sessions(), 100);
}

TEST_P(rotation, of_a_service_that_leaves_and_comes_back_is_as_it_was) {
  all_.directory = folder_.path();
  (void)run(at_once());
  const auto used = secret_now();
  const auto go = [&](leaving_kind kind) { return leave(kind, "cafe", all_, access_, {}, quiet_rotation); };
  EXPECT_THAT(go(leaving_kind::retire).problems, IsEmpty());
  EXPECT_EQ(open_log_ins(), "");
  apply();
  EXPECT_EQ(open_log_ins(), "");
  EXPECT_EQ(outcome_of(run(at_once())), "not due") << "nobody uses it";
  (void)go(leaving_kind::revive);
  apply();
  EXPECT_EQ(open_log_ins(), "cafe_user_b");
  EXPECT_EQ(try_with(used), "open");
  expect_nothing_to_do();
}

TEST_P(rotation, is_proved_with_both_log_ins) {
  all_.services.push_back(test::service("treasury", 20));
  apply();
  (void)run({.services = {"cafe"}, .grace = seconds{1000}});
  const auto proved = [&] {
    const auto proof = verify_server(all_, access_, {.prove = true}, quiet_rotation);
    for (const auto& one : proof.findings) {
      // A plain admin can't close the maintenance databases.
      const bool is_leak = one.says == verdict::leak && GetParam();
      if (is_leak || one.says == verdict::failed || one.says == verdict::drift) {
        ADD_FAILURE() << one.probe << " " << one.text << " " << one.detail;
      }
    }
    std::string rows;
    for (const auto& row : proof.matrix.rows) rows += row.log_in.value + " ";
    return rows;
  };
  EXPECT_EQ(proved(), "cafe_user cafe_user_b treasury_user ");
  (void)run({.what = rotate_what::resume, .grace = milliseconds{0}, .wait = seconds{60}});
  EXPECT_EQ(proved(), "cafe_user_b treasury_user ");
  const auto before = verify_server(all_, access_, {}, quiet_rotation).leaks;
  by_hand("GRANT treasury_ro TO cafe_user");
  EXPECT_GT(verify_server(all_, access_, {}, quiet_rotation).leaks, before) << "the closed one's rights count, too";
}

TEST_P(rotation, without_a_registry_goes_by_the_roles) {
  (void)run({.grace = seconds{1000}});
  by_hand("DELETE FROM innkeeper.rotation", "innkeeper");
  const auto plan = plan_server(all_, access_, {}).steps;
  EXPECT_TRUE(plan.empty());
  EXPECT_TRUE(test::has_attention(plan, "are both open, and the registry does not say which is in use"));
  const auto used = secret_now();
  EXPECT_EQ(outcome_of(run({.what = rotate_what::resume, .grace = milliseconds{0}, .wait = seconds{60}})), "changed");
  EXPECT_EQ(secret_now(), used);
  EXPECT_EQ(open_log_ins(), "cafe_user_b");
  by_hand("DELETE FROM innkeeper.rotation", "innkeeper");
  expect_nothing_to_do();
  apply();
  EXPECT_EQ(open_log_ins(), "cafe_user_b");
}

}  // namespace
}  // namespace innkeeper::exec
