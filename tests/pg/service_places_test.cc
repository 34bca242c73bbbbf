// The places of services' secrets on a real server: what stands there logs in, whatever happened on the way.
#include "exec/service_places.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/secret_presets.h"
#include "core/text.h"
#include "exec/apply.h"
#include "exec/prove.h"
#include "exec/secret_places.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/killed.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/small_disk.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class service_places : public testing::Test {
 protected:
  service_places() {
    all_ = test::estate_of({});
    all_.secrets_directory = folder_.path() / "secrets";
    access_.server = &all_.servers.front();
    access_.admin = cluster_.admin();
    access_.endpoints = access_.admin.endpoints;
  }

  [[nodiscard]] fs::path file(const std::string& service = "cafe") const { return folder_.path() / (service + ".env"); }

  [[nodiscard]] service_declaration with_file(const std::string& name) const {
    auto service = test::service(name);
    service.secrets.push_back({.kind = place_kind::file,
                               .place = file(name).string(),
                               .shown = name + ".env",
                               .keys = default_secret_keys({}),
                               .where = {"innkeeper.yaml", 9, 1}});
    return service;
  }
  static secret_key key(const std::string& name, std::string_view part) {
    return {.name = name, .content = *parse_secret_template(part).value};
  }
  void declare(std::vector<service_declaration> services) { all_.services = std::move(services); }

  apply_report run(
      const plan_policy& policy = {}, const event_sink& tell = [](const event&) {}) {
    return apply_server(all_, access_, {.policy = policy}, tell);
  }
  [[nodiscard]] plan plan_now() const { return plan_server(all_, access_, {}).steps; }
  void expect_in_step() const {
    for (const auto& one : plan_now().steps) ADD_FAILURE() << "left: " << describe(one);
  }

  [[nodiscard]] static std::string text_of(const fs::path& path) {
    std::ifstream stream{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
  }
  [[nodiscard]] std::string url_in(const std::string& service = "cafe",
                                   const std::string& name = "DATABASE_URL") const {
    const auto found = env_file_place(file(service), service)->read().content.keys;
    const auto value = found.find(name);
    return value == found.end() ? "" : value->second.value.expose();
  }
  [[nodiscard]] std::string password_in(const std::string& service = "cafe") const {
    const auto parsed = parse_conninfo(url_in(service));
    return parsed.value && parsed.value->password ? parsed.value->password->expose() : "";
  }
  [[nodiscard]] std::string kept(const std::string& service = "cafe") const {
    return secret_store{all_.secrets_directory}.read("shared", {service + "_user"}).value.password.expose();
  }
  static bool logs_in(const std::string& url) {
    const auto parsed = parse_conninfo(url);
    if (!parsed.value) return false;
    try {
      (void)pg::connection::open(*parsed.value, {.kind = pg::session_kind::service});
      return true;
    } catch (const pg::error&) {
      return false;
    }
  }
  [[nodiscard]] bool role_exists(const std::string& name) const {
    auto admin = pg::connection::open(cluster_.admin(), {});
    return admin.query_with("SELECT FROM pg_catalog.pg_roles WHERE rolname = $1", {name}).size() != 0;
  }
  void write_by_hand(const std::string& line, const std::string& service = "cafe") const {
    std::ofstream{file(service), std::ios::app} << line << "\n";
    fs::permissions(file(service), fs::perms{0600});
  }
  [[nodiscard]] std::string told() const {
    std::string text;
    for (const auto& one : plan_now().attentions) text += one.text + "\n";
    return text;
  }
  [[nodiscard]] std::string drift() const {
    std::string text;
    for (const auto& one : verify_server(all_, access_, {}, [](const event&) {}).findings) {
      if (one.says != verdict::advice && one.text.starts_with("secret ")) text += one.text + "\n";
    }
    return text;
  }

  test::cluster cluster_{{.password = "the admin's"}};  // not trust: whether a password logs in is what is tried
  test::scratch_folder folder_;
  estate all_;
  server_access access_;
};

TEST_F(service_places, are_written_before_the_log_in_is_made_and_not_touched_again) {
  auto cafe = with_file("cafe");
  cafe.secrets.push_back({.kind = place_kind::directory,
                          .place = (folder_.path() / "binding").string(),
                          .shown = "binding",
                          .keys = keys_of(*find_secret_preset("crunchy"), {})});
  declare({cafe, with_file("erp")});
  std::erase_if(all_.services[0].secrets[1].keys, [](const auto& one) { return one.name == "jdbc-uri"; });
  std::vector<std::string> order;
  const auto first = run({}, [&](const event& one) {
    if (one.kind == event_kind::step_done) order.push_back(one.text);
  });
  EXPECT_THAT(first.failures, IsEmpty());
  EXPECT_TRUE(first.left.empty());
  ASSERT_GE(order.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_THAT(order[i], HasSubstr("secret ")) << i;
  EXPECT_TRUE(logs_in(url_in()));
  EXPECT_TRUE(logs_in(url_in("erp")));
  EXPECT_TRUE(logs_in(text_of(folder_.path() / "binding" / "uri")));
  const auto before = fs::last_write_time(file());
  const auto second = run();
  EXPECT_EQ(second.steps, 0);
  EXPECT_EQ(second.unchanged, 2);
  EXPECT_EQ(fs::last_write_time(file()), before);
  EXPECT_EQ(drift(), "");
}

// The arrows are the events: a run dies at each, and the next one goes on, also where the secrets directory went with
// the machine.
TEST_F(service_places, a_first_run_that_is_killed_anywhere_ends_with_one_password_everywhere) {
  // Everyday those around the places and the log-in; later ones are apply_test's everyday matter.
  const int most = std::getenv("INNKEEPER_TEST_WHOLE") != nullptr ? 1000 : 5;
  for (const bool loses_directory : {false, true}) {
    bool was_killed = true;
    for (int point = 0; was_killed && point < most; ++point) {
      const std::string name = fmt::format("cafe{}{}", loses_directory ? "x" : "y", point);
      declare({with_file(name)});
      was_killed = test::is_killed([&] {
        int seen = 0;
        (void)run({}, [&](const event&) {
          if (seen++ == point) test::die_here();
        });
      });
      const std::string handed_out = password_in(name);
      if (loses_directory && !handed_out.empty()) fs::remove_all(all_.secrets_directory);
      const auto again = run();
      EXPECT_THAT(again.failures, IsEmpty()) << name;
      if (!handed_out.empty()) {
        EXPECT_EQ(password_in(name), handed_out) << name;
      }
      EXPECT_TRUE(logs_in(url_in(name))) << name;
      const auto entry = store_of(all_).read("shared", {name + "_user"});
      EXPECT_EQ(entry.value.password.expose(), password_in(name)) << name;
      expect_in_step();
    }
  }
}

TEST_F(service_places, a_lost_copy_comes_back_with_the_same_password) {
  declare({with_file("cafe")});
  run();
  const auto password = kept();
  fs::remove(file());
  EXPECT_THAT(run().failures, IsEmpty());
  EXPECT_EQ(password_in(), password);
  fs::remove_all(all_.secrets_directory);
  EXPECT_EQ(run().steps, 0);
  EXPECT_EQ(store_of(all_).read("shared", {"cafe_user"}).value.password.expose(), password);
  EXPECT_THAT(store_of(all_).read("shared", {"cafe_user"}).from, HasSubstr("cafe.env"));
  EXPECT_TRUE(logs_in(url_in()));
  // A second place is filled from the first.
  auto cafe = all_.services.front();
  cafe.secrets.push_back(with_file("second").secrets.front());
  declare({cafe});
  EXPECT_THAT(run().failures, IsEmpty());
  EXPECT_EQ(password_in("second"), password);
  // Where none is left, nothing is guessed.
  fs::remove(file());
  fs::remove(file("second"));
  fs::remove_all(all_.secrets_directory);
  const auto left = plan_now();
  EXPECT_THAT(left.steps, IsEmpty());
  ASSERT_THAT(left.attentions, testing::Not(IsEmpty()));
  EXPECT_EQ(left.attentions.front().topic, "password.not_known_here");
  EXPECT_THAT(run({.reset_passwords = {{"cafe_user"}}}).failures, IsEmpty());
  EXPECT_NE(password_in(), password);
  EXPECT_TRUE(logs_in(url_in()));
}

TEST_F(service_places, a_password_that_was_there_first_is_taken_over_and_never_reset) {
  auto cafe = with_file("cafe");
  cafe.secrets.front().keys = {key("CAFE_POSTGRES_URL", "uri")};
  declare({cafe});
  write_by_hand("# mine\nOTHER=kept\nCAFE_POSTGRES_URL=postgres://cafe_user:by%20hand@elsewhere/cafe");
  EXPECT_THAT(run().failures, IsEmpty());
  EXPECT_EQ(kept(), "by hand");
  // Its words are another hand's, and name another server: kept, and told.
  EXPECT_THAT(text_of(file()),
              HasSubstr("# mine\nOTHER=kept\nCAFE_POSTGRES_URL=postgres://cafe_user:by%20hand@elsewhere/cafe\n"));
  EXPECT_THAT(told(),
              HasSubstr("CAFE_POSTGRES_URL was written by another hand; it holds the kept password, with another"));
  EXPECT_THAT(run({.overwrite_secrets = {"cafe"}}).failures, IsEmpty());
  EXPECT_TRUE(logs_in(url_in("cafe", "CAFE_POSTGRES_URL")));
  EXPECT_THAT(text_of(file()), HasSubstr("# mine\nOTHER=kept\n"));
  EXPECT_EQ(told(), "");
}

TEST_F(service_places, what_another_hand_changed_is_told_left_and_overwritten_when_asked) {
  declare({with_file("cafe"), with_file("erp")});
  run();
  const auto right = url_in();
  write_by_hand("DATABASE_URL='" + replace_all(right, password_in(), "guessed") + "'");
  EXPECT_THAT(told(), HasSubstr("secret file cafe.env: DATABASE_URL was changed by another hand; it holds another "
                                "password, which doesn't log in; kept as it is"));
  EXPECT_THAT(drift(), HasSubstr("DATABASE_URL was changed by another hand"));
  const auto report = run();
  EXPECT_EQ(report.steps, 0);
  EXPECT_EQ(password_in(), "guessed");
  const auto shown = told() + drift();
  EXPECT_EQ(shown.find("guessed"), std::string::npos);
  EXPECT_EQ(shown.find(kept()), std::string::npos);
  EXPECT_THAT(run({.overwrite_every_secret = true}).failures, IsEmpty());
  EXPECT_EQ(url_in(), right);
  EXPECT_EQ(told() + drift(), "");
}

TEST_F(service_places, a_place_that_cannot_be_written_fails_its_service_alone_and_before_its_log_in_is_made) {
  auto cafe = with_file("cafe");
  std::ofstream{folder_.path() / "no-directory"} << "x";
  cafe.secrets.front().place = (folder_.path() / "no-directory" / "cafe.env").string();
  declare({cafe, with_file("erp")});
  const auto report = run();
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.failures.front().service, "cafe");
  EXPECT_EQ(report.applied, 1);
  EXPECT_TRUE(logs_in(url_in("erp")));
  EXPECT_FALSE(role_exists("cafe_user"));
  fs::remove(folder_.path() / "no-directory");
  EXPECT_THAT(run().failures, IsEmpty());
  const auto placed = env_file_place(cafe.secrets.front().place, "")->read().content.keys;
  EXPECT_TRUE(logs_in(placed.at("DATABASE_URL").value.expose()));
}

TEST_F(service_places, a_full_disk_fails_its_service_alone_and_the_next_run_goes_on_with_the_same_password) {
  const test::small_disk disk{1};
  auto cafe = with_file("cafe");
  cafe.secrets.front().place = (disk.path() / "cafe.env").string();
  declare({cafe, with_file("erp")});
  const auto placed = [&] { return env_file_place(disk.path() / "cafe.env", "")->read(); };
  const auto filler = disk.path() / "filler";
  const auto fill = [&] {
    std::ofstream full{filler, std::ios::app};
    while (full << std::string(4096, 'x') << std::flush) continue;
  };
  fill();
  auto report = run();
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.failures.front().service, "cafe");
  EXPECT_THAT(report.failures.front().text, HasSubstr("No space left on device"));
  EXPECT_EQ(report.applied, 1);
  EXPECT_EQ(placed().state, stored_state::absent);
  const auto password = kept();
  EXPECT_FALSE(password.empty());
  EXPECT_FALSE(role_exists("cafe_user"));
  fs::remove(filler);
  EXPECT_THAT(run().failures, IsEmpty());
  EXPECT_EQ(kept(), password);
  const auto written = placed().content.keys.at("DATABASE_URL").value;
  EXPECT_TRUE(logs_in(written.expose()));
  // What stands there outlives a full disk, too.
  all_.services.front().secrets.front().keys.push_back(key("HOST", "host"));
  fill();
  EXPECT_THAT(run().failures, SizeIs(1));
  EXPECT_EQ(placed().content.keys.at("DATABASE_URL").value, written);
  fs::remove(filler);
  EXPECT_THAT(run().failures, IsEmpty());
  EXPECT_TRUE(placed().content.keys.contains("HOST"));
  std::vector<std::string> files;
  for (const auto& one : fs::directory_iterator{disk.path()}) files.push_back(one.path().filename().string());
  EXPECT_EQ(files, std::vector<std::string>{"cafe.env"});
}

TEST_F(service_places, a_place_that_cannot_be_read_is_not_an_empty_one_and_its_service_is_not_touched) {
  declare({with_file("cafe"), with_file("erp")});
  fs::create_directory(file());
  const auto report = run();
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_THAT(report.failures.front().text, HasSubstr("password of \"cafe_user\" can't be read: file cafe.env: "));
  EXPECT_FALSE(role_exists("cafe_user"));
  EXPECT_EQ(kept(), "");
  EXPECT_TRUE(logs_in(url_in("erp")));
  EXPECT_TRUE(fs::is_directory(file()));
  fs::remove(file());
  EXPECT_THAT(run().failures, IsEmpty());
  // Opened to others since: nothing is done before that is mended.
  fs::permissions(file(), fs::perms{0644});
  EXPECT_THAT(told(), HasSubstr("secret file cafe.env can't be read: other users may read"));
  fs::permissions(file(), fs::perms{0600});
  EXPECT_EQ(told(), "");
}

TEST_F(service_places, a_file_that_was_cut_in_the_middle_is_told_and_its_half_is_no_password) {
  declare({with_file("cafe")});
  run();
  const auto whole = text_of(file());
  const auto right = url_in();
  for (const std::size_t left : {whole.find(password_in()) + 9, whole.find("DATABASE_URL=") + 13, whole.size() - 4}) {
    fs::resize_file(file(), left);
    EXPECT_THAT(told(), HasSubstr("secret file cafe.env: DATABASE_URL was changed by another hand")) << left;
    EXPECT_EQ(run().steps, 0);
    EXPECT_EQ(text_of(file()), whole.substr(0, left));
    EXPECT_TRUE(logs_in(right)) << left;
    EXPECT_THAT(run({.overwrite_secrets = {"cafe"}}).failures, IsEmpty());
    EXPECT_EQ(url_in(), right) << left;
  }
}

TEST_F(service_places, another_managers_secret_is_read_and_verified_and_never_written) {
  auto cafe = with_file("cafe");
  cafe.managed_by = secret_manager::external;
  cafe.secrets.front().managed_by = secret_manager::external;
  auto copy = with_file("copy").secrets.front();
  cafe.secrets.push_back(copy);
  declare({cafe});
  auto report = run();
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_THAT(report.failures.front().text, HasSubstr("another manager makes it, and it is not in file cafe.env"));
  const auto url = [&](const std::string& password) {
    auto target = service_conninfo(all_, cafe, access_);
    target.password = secret{password};
    return print_conninfo(target, dialect::uri).text->expose();
  };
  write_by_hand("DATABASE_URL='" + url("from the vault") + "'");
  const auto theirs = text_of(file());
  report = run();
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_EQ(text_of(file()), theirs);
  EXPECT_TRUE(logs_in(url_in()));
  EXPECT_EQ(password_in("copy"), "from the vault");
  EXPECT_FALSE(fs::exists(all_.secrets_directory));
  EXPECT_EQ(run().steps, 0);
  EXPECT_EQ(drift(), "");
  // It changed there, and not yet here.
  write_by_hand("DATABASE_URL='" + url("another") + "'");
  EXPECT_THAT(drift(), HasSubstr("doesn't log in"));
  EXPECT_FALSE(logs_in(url_in()));
  EXPECT_THAT(run({.reset_passwords = {{"cafe_user"}}}).failures, IsEmpty());
  EXPECT_TRUE(logs_in(url_in()));
  EXPECT_EQ(password_in("copy"), "another");
}

TEST_F(service_places, services_with_one_user_get_one_password_each_in_its_own_place) {
  auto cafe = with_file("cafe");
  auto erp = with_file("erp");
  cafe.user = erp.user = {{"both"}, {}, false};
  declare({cafe, erp});
  EXPECT_THAT(run().failures, IsEmpty());
  EXPECT_EQ(password_in("cafe"), password_in("erp"));
  EXPECT_TRUE(logs_in(url_in("cafe")));
  EXPECT_TRUE(logs_in(url_in("erp")));
}

TEST_F(service_places, two_places_with_different_passwords_and_no_kept_one_are_nobodys_to_choose) {
  auto cafe = with_file("cafe");
  cafe.secrets.push_back(with_file("second").secrets.front());
  declare({cafe});
  write_by_hand("DATABASE_URL=postgres://cafe_user:one@h/cafe");
  write_by_hand("DATABASE_URL=postgres://cafe_user:two@h/cafe", "second");
  const auto report = run();
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_THAT(report.failures.front().text, HasSubstr("hold different ones: take the wrong one out"));
  EXPECT_EQ(password_in(), "one");
  EXPECT_FALSE(fs::exists(all_.secrets_directory));
}

TEST_F(service_places, a_rotation_writes_its_new_log_in_into_every_place_and_reads_it_back) {
  declare({with_file("cafe")});
  run();
  auto target = service_conninfo(all_, all_.services.front(), access_);
  target.user = {"cafe_user_b"};
  target.password = secret{"new"};
  const auto store = store_of(all_);
  EXPECT_TRUE(write_places(all_, store, all_.services.front(), target, false));
  EXPECT_FALSE(write_places(all_, store, all_.services.front(), target, false));
  EXPECT_EQ(parse_conninfo(url_in()).value->user, role_name{"cafe_user_b"});
  EXPECT_EQ(password_in(), "new");
}

TEST_F(service_places, a_purge_takes_own_keys_out_and_leaves_the_others) {
  declare({with_file("cafe")});
  run();
  write_by_hand("THEIRS=1");
  clear_places(all_, "shared", [](const event& one) { ADD_FAILURE() << one.text; });
  EXPECT_EQ(text_of(file()), "THEIRS=1\n");
}

}  // namespace
}  // namespace innkeeper::exec
