#include "exec/embedded_server.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <memory>
#include <thread>

#include "exec/port.h"
#include "exec/postmaster.h"
#include "tests/pg/embedded_fixture.h"

namespace innkeeper::exec {
namespace {

using test::eventually;

TEST_F(embedded_server, starts_from_nothing_durable_and_closed_and_again_changes_nothing) {
  EXPECT_FALSE(inspect().initialised);
  EXPECT_FALSE(fs::exists(server.embedded.data)) << "looking makes nothing";
  server.settings["max_connections"] = {"37", {"cafe.yaml", 9, 5}};
  server.settings["my.note"] = {"it's a \\ test\nfsync = off", {"cafe.yaml", 10, 5}};

  const auto first = start();
  EXPECT_TRUE(first.initialised && first.running);
  EXPECT_EQ(first.major, data_major(first.paths.data));
  auto session = pg::connection::open(by_tcp(first), {});
  const auto seen = session.query(
      "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),"
      " current_setting('data_checksums'), current_setting('max_connections'), current_setting('my.note'),"
      " current_setting('listen_addresses'), current_setting('server_encoding'), session_user,"
      " (SELECT rolsuper::text FROM pg_roles WHERE rolname = session_user),"
      " (SELECT count(*)::text FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256')");
  const char* wanted[] = {"on",        "on",   "local",      "on",   "37", "it's a \\ test\nfsync = off",
                          "127.0.0.1", "UTF8", "admin_user", "true", "0"};
  for (std::size_t i = 0; i < std::size(wanted); ++i) EXPECT_EQ(seen.text(0, i), wanted[i]) << "column " << i;
  EXPECT_EQ(ask(first.admin, "SELECT inet_client_addr() IS NULL"), "t") << "the admin comes through the socket";
  auto nobody = first.admin;
  nobody.password.reset();
  EXPECT_THROW((void)pg::connection::open(nobody, {}), pg::error);

  EXPECT_TRUE(is_mode(first.paths.admin_password_file, 0600));
  EXPECT_TRUE(is_mode(first.paths.state, 0700));
  EXPECT_TRUE(is_mode(first.paths.data, 0700));
  const auto places = read_file(all.directory / ".innkeeper/server.json");
  EXPECT_NE(places.find(first.paths.data), std::string::npos);
  EXPECT_EQ(places.find(first.admin.password->expose()), std::string::npos);
  EXPECT_EQ(read_file(first.paths.log).find(first.admin.password->expose()), std::string::npos);

  const auto second = start();
  EXPECT_EQ(second.pid, first.pid);
  EXPECT_EQ(second.port, first.port);
  EXPECT_EQ(read_file(all.directory / ".innkeeper/server.json"), places);
  EXPECT_EQ(session.query("SELECT 1").text(0, 0), "1") << "sessions go on";
}

TEST_F(embedded_server, keeps_data_and_port_over_stop_and_start_and_purge_leaves_nothing) {
  const auto first = start();
  ask(first.admin, "CREATE TABLE public.kept AS SELECT 42 AS a; SELECT 1");
  stop();
  EXPECT_FALSE(inspect().running);
  EXPECT_EQ(inspect().port, first.port);
  EXPECT_NO_THROW(stop()) << "stopping what is stopped";
  server.settings["work_mem"] = {"7MB", {}};
  const auto second = start();
  EXPECT_EQ(second.port, first.port);
  EXPECT_EQ(ask(second.admin, "SELECT a FROM public.kept"), "42");
  EXPECT_EQ(ask(second.admin, "SHOW work_mem"), "7MB");

  purge_embedded(all, server, tell, here);
  EXPECT_TRUE(has_ended(second.pid));
  for (const auto& gone : {second.paths.data, second.paths.log, second.paths.admin_password_file, second.paths.state,
                           second.paths.socket_directory, all.directory / ".innkeeper/server.json"}) {
    EXPECT_FALSE(fs::exists(gone)) << gone;
  }
  EXPECT_FALSE(inspect().initialised);
  EXPECT_NO_THROW(purge_embedded(all, server, tell, here)) << "purging what is purged";
}

TEST_F(embedded_server, survives_kill_9_of_postmaster_with_busy_children_and_a_reused_process_id) {
  const auto first = start();
  auto session = pg::connection::open(first.admin, {});
  session.query("CREATE TABLE public.kept AS SELECT 42 AS a");
  // A backend that computes does not notice that its postmaster is gone.
  std::jthread busy{[&] {
    try {
      session.query("SELECT count(*) FROM generate_series(1, 2000000000) AS a");
    } catch (const pg::error&) {
    }
  }};
  const auto backend = session.backend_pid();
  ASSERT_TRUE(eventually([&] {
    return ask(first.admin, fmt::format("SELECT count(*) FROM pg_stat_activity WHERE pid = {} AND state = 'active'",
                                        backend)) == "1";
  }));
  ::kill(first.pid, SIGKILL);
  ASSERT_TRUE(eventually([&] { return has_ended(first.pid); }));
  EXPECT_FALSE(inspect().running);
  const auto second = start();
  EXPECT_NE(second.pid, first.pid);
  EXPECT_EQ(second.port, first.port);
  EXPECT_EQ(ask(second.admin, "SELECT a FROM public.kept"), "42");
  busy.join();

  // The system gave the dead postmaster's id to somebody else: to us.
  ::kill(second.pid, SIGKILL);
  ASSERT_TRUE(eventually([&] { return has_ended(second.pid) && server_processes(second.paths.data).empty(); }));
  const auto lock_file = second.paths.data / "postmaster.pid";
  auto text = read_file(lock_file);
  write_file(lock_file, fmt::format("{}{}", ::getppid(), text.substr(text.find('\n'))));
  EXPECT_FALSE(inspect().running);
  EXPECT_EQ(ask(start().admin, "SELECT a FROM public.kept"), "42");
}

TEST_F(embedded_server, two_starts_at_once_make_one_server) {
  embedded_status one;
  embedded_status two;
  std::jthread other{[&] { two = start_embedded(all, server, std::nullopt, {}, here); }};
  one = start_embedded(all, server, std::nullopt, {}, here);
  other.join();
  EXPECT_EQ(one.pid, two.pid);
  EXPECT_EQ(one.port, two.port);
  EXPECT_TRUE(*one.admin.password == *two.admin.password);
  EXPECT_EQ(ask(one.admin, "SELECT 1"), "1");
}

// Runs it in a process of its own, as another user where `uid` says so, and tells its id.
pid_t in_child(uid_t uid, const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (uid != 0 && (::setgid(uid) != 0 || ::setuid(uid) != 0)) ::_exit(99);
  int status = 98;
  try {
    status = work();
  } catch (const error& failed) {
    fmt::print(stderr, "{} | {}\n", failed.what(), failed.detail());
  } catch (const std::exception& failed) {
    fmt::print(stderr, "{}\n", failed.what());
  }
  ::_exit(status);
}

bool has_child_with(const fs::path& folder, std::string_view prefix) {
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator{folder, problem}) {
    if (entry.path().filename().string().starts_with(prefix)) return true;
  }
  return false;
}

TEST_F(embedded_server, starts_again_where_nobody_buries_the_dead_postmaster) {
  // As in a container whose first process doesn't: the id stays taken, and PostgreSQL believes in it.
  const pid_t starter = in_child(0, [&] {
    (void)start_embedded(all, server, std::nullopt, {}, here);
    write_file(scratch.path() / "started", "");
    for (;;) ::pause();
    return 0;
  });
  const std::shared_ptr<void> buried_at_the_end{nullptr, [starter](void*) {
                                                  ::kill(starter, SIGKILL);
                                                  ::waitpid(starter, nullptr, 0);
                                                }};
  ASSERT_TRUE(eventually([&] { return fs::exists(scratch.path() / "started"); }));
  const auto first = inspect();
  ::kill(first.pid, SIGKILL);
  ASSERT_TRUE(eventually([&] { return has_ended(first.pid); }));
  EXPECT_EQ(::kill(first.pid, 0), 0) << "it was buried";
  EXPECT_FALSE(inspect().running);
  EXPECT_EQ(ask(start().admin, "SELECT 1"), "1");
}

TEST_F(embedded_server, an_initdb_cut_off_in_the_middle_is_made_anew) {
  const auto base = inspect().paths.data.parent_path();
  const pid_t child = in_child(0, [&] {
    (void)start_embedded(all, server, std::nullopt, {}, here);
    return 0;
  });
  ASSERT_TRUE(eventually([&] { return has_child_with(base, "data.initdb-"); }));
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "it was not cut off";
  EXPECT_FALSE(inspect().initialised);
  EXPECT_EQ(ask(start().admin, "SELECT 1"), "1");
  EXPECT_FALSE(has_child_with(base, "data.initdb-"));
}

TEST_F(embedded_server, a_start_cut_off_at_any_moment_is_completed_by_the_next) {
  start();
  for (const int milliseconds : {1, 5, 15, 40, 80}) {
    stop();
    const pid_t child = in_child(0, [&] {
      (void)start_embedded(all, server, std::nullopt, {}, here);
      return 0;
    });
    // Not waiting for anything: these are the moments.
    std::this_thread::sleep_for(std::chrono::milliseconds{milliseconds});
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(ask(start().admin, "SELECT 1"), "1") << milliseconds;
  }
}

TEST_F(embedded_server, a_purge_cut_off_at_any_moment_leaves_a_server_or_none_but_no_ruin) {
  for (const int milliseconds : {2, 8, 20}) {
    start();
    stop();
    const pid_t child = in_child(0, [&] {
      purge_embedded(all, server, {}, here);
      return 0;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds{milliseconds});
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(ask(start().admin, "SELECT 1"), "1") << milliseconds;
    EXPECT_FALSE(has_child_with(inspect().paths.data.parent_path(), "data.purged-"));
  }
}

TEST_F(embedded_server, what_another_user_started_is_refused_with_advice) {
  if (::geteuid() != 0) return;  // only root can be two users
  start();
  const auto nobody = find_os_user("nobody");
  ASSERT_TRUE(nobody);
  const auto refused = [&](const std::function<void()>& work) {
    const pid_t child = in_child(nobody->uid, [&] { return static_cast<int>(failure_of(work).code); });
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status) == static_cast<int>(exit_code::not_permitted);
  };
  EXPECT_TRUE(refused([&] { (void)inspect(); }));
  EXPECT_TRUE(refused([&] { start(); }));
  EXPECT_TRUE(refused([&] { stop(); }));
  EXPECT_TRUE(refused([&] { purge_embedded(all, server, {}, here); }));
  EXPECT_TRUE(inspect().running);
}

TEST_F(embedded_server, another_majors_data_is_refused_with_both_majors_and_a_way) {
  const auto status = start();
  stop();
  const auto version = status.paths.data / "PG_VERSION";
  write_file(version, "12\n");
  const auto seen = failure_of([&] { start(); });
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_NE(seen.text.find("PostgreSQL 12's"), std::string::npos) << seen.text;
  EXPECT_NE(seen.text.find(fmt::format("by PostgreSQL {}", status.major)), std::string::npos) << seen.text;
  EXPECT_NE(seen.text.find("pg_upgrade"), std::string::npos) << seen.text;
  write_file(version, fmt::format("{}\n", status.major));
  server.embedded.major = status.major + 1;
  EXPECT_EQ(failure_of([&] { start(); }).code, exit_code::invalid);
  server.embedded.major = status.major;
  EXPECT_EQ(ask(start().admin, "SELECT 1"), "1");
}

TEST_F(embedded_server, a_bad_setting_is_named_with_its_place_and_the_servers_words) {
  server.settings["max_connections"] = {"plenty", {"cafe.yaml", 12, 7}};
  const auto seen = failure_of([&] { start(); });
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_EQ(seen.text.find("cafe.yaml:12:7: server \"shared\" does not start with setting \"max_connections\""), 0U)
      << seen.text;
  EXPECT_NE(seen.text.find("invalid value for parameter \"max_connections\": \"plenty\""), std::string::npos)
      << seen.text;
  server.settings["max_connections"] = {"20", {}};
  EXPECT_EQ(ask(start().admin, "SHOW max_connections"), "20") << "and the next run completes it";

  server.settings = {{"port", {"5432", {"cafe.yaml", 3, 5}}}};
  EXPECT_EQ(failure_of([&] { start(); }).code, exit_code::invalid);
  server.settings.clear();
}

TEST_F(embedded_server, a_taken_port_names_who_has_it) {
  test::cluster other{{.tcp = true}};
  server.embedded.port = other.port();
  const auto seen = failure_of([&] { start(); });
  EXPECT_EQ(seen.code, exit_code::unavailable);
  EXPECT_NE(seen.text.find(fmt::format("port {} of server \"shared\" is taken by postgres (process {})", other.port(),
                                       other.postmaster())),
            std::string::npos)
      << seen.text;
  other.stop();
  EXPECT_EQ(start().port, other.port());
}

TEST_F(embedded_server, missing_programs_name_what_is_there_and_how_to_get_them) {
  const auto installed = here.programs;
  here.programs = {scratch.path() / "nothing"};
  auto seen = failure_of([&] { start(); });
  EXPECT_EQ(seen.code, exit_code::unavailable);
  EXPECT_NE(seen.text.find("nothing/MAJOR/bin; installed: none"), std::string::npos) << seen.text;
  EXPECT_NE(seen.text.find("Install the Debian package postgresql,"), std::string::npos) << seen.text;
  server.embedded.major = 99;
  here.programs.insert(here.programs.end(), installed.begin(), installed.end());
  seen = failure_of([&] { start(); });
  EXPECT_NE(seen.text.find("needs the programs of PostgreSQL 99"), std::string::npos) << seen.text;
  EXPECT_NE(seen.text.find("postgresql-99"), std::string::npos) << seen.text;
  EXPECT_EQ(seen.text.find("installed: none"), std::string::npos) << seen.text;
}

TEST_F(embedded_server, programs_may_be_in_several_folders_and_the_declared_major_is_taken) {
  here.programs.insert(here.programs.begin(), scratch.path() / "other");
  server.embedded.major = test::postgres_major();
  EXPECT_EQ(start().major, test::postgres_major());
}

TEST(this_machine, looks_for_programs_where_the_environment_says_before_the_systems) {
  ASSERT_EQ(::setenv("INNKEEPER_POSTGRES_PROGRAMS", "/opt/postgresql", 1), 0);
  const auto here = this_machine();
  ::unsetenv("INNKEEPER_POSTGRES_PROGRAMS");
  EXPECT_EQ(here.programs, (std::vector<fs::path>{"/opt/postgresql", "/usr/lib/postgresql"}));
}

TEST_F(embedded_server, passwords_declared_kept_and_lost) {
  const auto generated = start();
  const secret declared_one{"declared it's ok"};
  const auto now = start(declared_one);
  EXPECT_TRUE(*now.admin.password == declared_one);
  EXPECT_EQ(ask(now.admin, "SELECT 1"), "1");
  EXPECT_FALSE(fs::exists(now.paths.admin_password_file)) << "a declared one is kept where it is declared";
  EXPECT_THROW((void)pg::connection::open(generated.admin, {}), pg::error);
  const auto log = read_file(now.paths.log);
  EXPECT_EQ(log.find("declared it"), std::string::npos);

  const auto lost = failure_of([&] { start(); });
  EXPECT_EQ(lost.code, exit_code::invalid);
  EXPECT_EQ(lost.text.find("the admin password of server \"shared\" is lost"), 0U) << lost.text;
  EXPECT_EQ(failure_of([&] { start(secret{""}); }).code, exit_code::invalid);
}

TEST_F(embedded_server, what_is_no_data_is_left_alone) {
  const auto data = inspect().paths.data;
  fs::create_directories(data);
  write_file(data / "letters.txt", "dear diary");
  if (const auto user = test::server_user()) {
    ASSERT_EQ(::chown(data.c_str(), user->uid, user->gid), 0);
    ASSERT_EQ(::chown(data.parent_path().c_str(), user->uid, user->gid), 0);
  }
  fs::permissions(data.parent_path(), fs::perms::owner_all);
  EXPECT_EQ(failure_of([&] { start(); }).code, exit_code::invalid);
  EXPECT_EQ(read_file(data / "letters.txt"), "dear diary");
}

TEST_F(embedded_server, a_copied_folder_is_another_server_and_a_moved_one_the_same) {
  const auto original = start();
  ask(original.admin, "CREATE TABLE public.kept AS SELECT 42 AS a; SELECT 1");
  stop();
  const auto moved = scratch.path() / "moved to é, it's \"here\"";
  fs::rename(all.directory, moved);
  use_folder(moved);
  const auto after = start();
  EXPECT_EQ(after.port, original.port);
  EXPECT_EQ(ask(after.admin, "SELECT a FROM public.kept"), "42");

  const auto copy = scratch.path() / "copy";
  fs::create_directories(copy / ".innkeeper");
  fs::copy(moved / ".innkeeper/server.json", copy / ".innkeeper/server.json");
  auto other = all;
  other.directory = copy;
  auto other_server = server;
  other_server.embedded.data = copy / ".innkeeper/shared";
  const auto twin = inspect_embedded(other, other_server, here);
  EXPECT_FALSE(twin.running);
  EXPECT_NE(twin.paths.data, after.paths.data);
}

TEST_F(embedded_server, a_socket_folder_that_others_may_write_to_is_refused) {
  fs::create_directories(here.runtime);
  fs::permissions(here.runtime, fs::perms::all);
  EXPECT_EQ(failure_of([&] { start(); }).code, exit_code::not_permitted);
  fs::permissions(here.runtime, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  const auto status = inspect();
  fs::create_symlink("/tmp", status.paths.socket_directory);
  EXPECT_EQ(failure_of([&] { start(); }).code, exit_code::not_permitted);
  fs::remove(status.paths.socket_directory);
}

TEST_F(embedded_server, works_for_a_user_without_rights_and_outlives_who_started_it) {
  if (::geteuid() != 0) {
    start();
    EXPECT_EQ(inspect().paths.data.parent_path(), server.embedded.data);
    return;
  }
  const auto nobody = find_os_user("nobody");
  ASSERT_TRUE(nobody);
  ASSERT_EQ(::chown(scratch.path().c_str(), nobody->uid, nobody->gid), 0);
  ASSERT_EQ(::chown(all.directory.c_str(), nobody->uid, nobody->gid), 0);
  const pid_t child = in_child(nobody->uid, [&] {
    const auto status = start_embedded(all, server, std::nullopt, {}, here);
    return ask(status.admin, "SELECT 1") == "1" && status.paths.data == server.embedded.data / "data" ? 0 : 1;
  });
  int status = 1;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  here.runtime = scratch.path() / "run-of-root";
  const auto seen = inspect();
  EXPECT_TRUE(seen.running) << "it outlives its starter, and root finds it";
  EXPECT_EQ(ask(seen.admin, "SELECT 1"), "1");
  EXPECT_EQ(start().pid, seen.pid) << "root goes on with the user's server";
}

}  // namespace
}  // namespace innkeeper::exec
