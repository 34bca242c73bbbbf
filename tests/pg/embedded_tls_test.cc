// An embedded server with TLS: its certificates are made, kept, made anew in time and read without a restart.
#include "exec/embedded_tls.h"
#include "exec/embedded_places.h"

#include <algorithm>

#include "exec/certificate_probe.h"
#include "tests/pg/embedded_fixture.h"
#include "tests/support/tls_lab.h"

namespace innkeeper::exec {
namespace {

using test::days_from_now;

struct embedded_tls : embedded_server {
  embedded_tls() {
    server.embedded.tls = true;
    here.host_name = "inn.test";
  }

  static conninfo verified(const embedded_status& status, const std::string& host = "127.0.0.1") {
    auto target = by_tcp(status);
    target.endpoints.front().host = host;
    target.parameters = {{"sslmode", "verify-full"}, {"sslrootcert", *status.root_certificates}};
    if (host != "127.0.0.1" && host != "::1") target.parameters["hostaddr"] = "127.0.0.1";
    return target;
  }
  static std::string encryption_of(const conninfo& target) {
    return ask(target, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
  }
  [[nodiscard]] bool has_told(std::string_view text) const {
    return std::ranges::any_of(told, [&](const auto& one) { return one.find(text) != std::string::npos; });
  }
  static certificate_facts shown_by(const embedded_status& status) {
    return look_at_certificate({}, status.address, std::chrono::seconds{5}).value().server;
  }
};

TEST_F(embedded_tls, is_there_from_the_first_start_and_verified_by_every_name) {
  const auto first = start();
  ASSERT_TRUE(first.root_certificates);
  for (const char* host : {"127.0.0.1", "localhost", "inn.test"}) EXPECT_EQ(encryption_of(verified(first, host)), "t");
  EXPECT_EQ(ask(by_tcp(first), "SHOW ssl_min_protocol_version"), "TLSv1.2");
  EXPECT_EQ(inspect().root_certificates, first.root_certificates);

  const auto files = tls_files_of(first.paths);
  EXPECT_TRUE(is_mode(files.authority, 0600));
  EXPECT_TRUE(is_mode(files.server, 0600));
  EXPECT_TRUE(is_mode(files.roots, 0644)) << "applications of other users need it";
  struct stat of_key {};
  struct stat of_data {};
  ASSERT_EQ(::stat(files.server.c_str(), &of_key), 0);
  ASSERT_EQ(::stat(first.paths.data.c_str(), &of_data), 0);
  EXPECT_EQ(of_key.st_uid, of_data.st_uid);
  EXPECT_EQ(read_file(files.roots).find("PRIVATE"), std::string::npos);
  EXPECT_NE(read_file(all.directory / ".innkeeper/server.json").find(files.roots), std::string::npos);

  const auto before = read_file(files.server);
  told.clear();
  EXPECT_EQ(start().pid, first.pid);
  EXPECT_EQ(read_file(files.server), before);
  EXPECT_EQ(told, std::vector<std::string>{});

  purge_embedded(all, server, tell, here);
  for (const auto& gone : {files.authority.parent_path(), files.server, files.roots}) {
    EXPECT_FALSE(fs::exists(gone)) << gone;
  }
}

TEST_F(embedded_tls, is_switched_on_and_off_while_sessions_go_on_and_is_remembered) {
  server.embedded.tls.reset();
  const auto plain = start();
  EXPECT_FALSE(plain.root_certificates);
  auto session = pg::connection::open(by_tcp(plain), {});

  server.embedded.tls = true;
  const auto on = start();
  EXPECT_EQ(on.pid, plain.pid);
  EXPECT_EQ(encryption_of(verified(on)), "t");
  EXPECT_TRUE(has_told("reloaded server \"shared\""));

  server.embedded.tls.reset();
  stop();
  EXPECT_TRUE(inspect().root_certificates);
  const auto again = start();
  EXPECT_EQ(encryption_of(verified(again)), "t") << "nobody said so again";

  session = pg::connection::open(by_tcp(again), {});
  server.embedded.tls = false;
  const auto off = start();
  EXPECT_EQ(off.pid, again.pid);
  EXPECT_FALSE(off.root_certificates);
  EXPECT_EQ(encryption_of(by_tcp(off)), "f");
  EXPECT_EQ(session.query("SELECT 1").text(0, 0), "1");
  server.embedded.tls.reset();
  EXPECT_FALSE(start().root_certificates);
}

TEST_F(embedded_tls, certificate_is_made_anew_before_it_ends_and_for_other_names_without_a_restart) {
  const auto first = start();
  const auto files = tls_files_of(first.paths);
  const auto authority = read_authority(files);
  const auto facts = shown_by(first);
  EXPECT_GT(facts.ends - std::chrono::system_clock::now(), std::chrono::days{364});
  auto session = pg::connection::open(verified(first), {});

  // A year was nearly over.
  const auto old = make_server_certificate(authority, facts.names, days_from_now(120, -245));
  write_file(files.server, old.certificate + old.key.expose());
  const auto second = start();
  EXPECT_EQ(second.pid, first.pid);
  const auto renewed = shown_by(second);
  EXPECT_GT(renewed.ends - std::chrono::system_clock::now(), std::chrono::days{364});
  EXPECT_EQ(encryption_of(verified(second)), "t") << "by the same authority";
  EXPECT_TRUE(has_told("made the server's certificate, valid until"));

  here.host_name = "cellar.test";
  server.settings["listen_addresses"] = {"127.0.0.1, *", {}};
  server.endpoints = {{.name = "inside", .address = {"db.infra", 5432}},
                      {.name = "pooled", .address = {"bouncer.infra", 6432}, .pooler = pooler_declaration{}}};
  const auto third = start();
  EXPECT_EQ(shown_by(third).names,
            (std::vector<std::string>{"localhost", "cellar.test", "db.infra", "127.0.0.1", "::1"}));
  EXPECT_EQ(session.query("SELECT 1").text(0, 0), "1");
}

TEST_F(embedded_tls, change_that_was_cut_off_before_the_server_read_it_is_completed) {
  const auto first = start();
  const auto before = shown_by(first);
  const auto files = tls_files_of(first.paths);
  // As a run leaves it that is killed between its writing and its signal.
  keep_certificates(
      {files,
       {"localhost", "127.0.0.1", "::1", "inn.test"},
       std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + std::chrono::days{300},
       test::server_user(),
       [&] { write_file(first.paths.state / "reload", "x"); },
       [](const std::string&) {}});
  EXPECT_EQ(shown_by(first), before);
  const auto second = start();
  EXPECT_EQ(second.pid, first.pid);
  EXPECT_NE(shown_by(second), before);
  EXPECT_FALSE(fs::exists(first.paths.state / "reload"));
}

TEST_F(embedded_tls, that_was_cut_off_after_its_authority_was_made_is_completed) {
  const auto files = tls_files_of(inspect().paths);
  fs::create_directories(files.authority.parent_path());
  const auto made = make_authority("Innkeeper", days_from_now(3653));
  write_file(files.authority, made.certificate + made.key.expose());
  for (const auto& one : {files.authority.parent_path(), files.authority}) fs::permissions(one, fs::perms::owner_all);
  const auto first = start();
  EXPECT_EQ(encryption_of(verified(first)), "t");
  EXPECT_TRUE(is_signed_by(read_file(files.server), made.certificate)) << "the authority that was there signs";
  EXPECT_FALSE(has_told("made a certificate authority"));
}

TEST_F(embedded_tls, files_that_were_damaged_or_lost_are_made_anew) {
  const auto first = start();
  const auto files = tls_files_of(first.paths);
  write_file(files.server, "not a certificate");
  EXPECT_EQ(encryption_of(verified(start())), "t");
  fs::remove(files.roots);
  EXPECT_EQ(encryption_of(verified(start())), "t");
  fs::remove(files.authority);
  const auto last = start();
  EXPECT_EQ(encryption_of(verified(last)), "t");
  EXPECT_EQ(read_certificates(read_file(files.roots)).size(), 2U) << "who knows the former one goes on trusting it";
  EXPECT_TRUE(has_told("made a certificate authority"));
}

TEST_F(embedded_tls, names_an_address_once_however_it_is_spelled) {
  server.settings["listen_addresses"] = {"127.0.0.1, 0:0:0:0:0:0:0:1, FD00::0A, 0:0:0:0:0:0:0:0", {}};
  server.endpoints = {{.name = "inside", .address = {"fd00:0::a", 5432}}};
  EXPECT_EQ(names_for_certificate(server, here),
            (std::vector<std::string>{"localhost", "127.0.0.1", "::1", "inn.test", "fd00::a"}));
  server.settings["listen_addresses"] = {"127.0.0.1", {}};
  const auto files = tls_files_of(start().paths);
  const auto before = read_file(files.server);
  start();
  EXPECT_EQ(read_file(files.server), before);
}

TEST_F(embedded_tls, keeps_a_damaged_authority_aside_and_says_so) {
  const auto files = tls_files_of(start().paths);
  const auto damaged = read_file(files.authority).substr(0, 400);
  write_file(files.authority, damaged);
  told.clear();
  EXPECT_EQ(encryption_of(verified(start())), "t");
  std::vector<fs::path> aside;
  for (const auto& entry : fs::directory_iterator{files.authority.parent_path()}) {
    if (entry.path().filename().string().starts_with("authority.pem.damaged-")) aside.push_back(entry.path());
  }
  ASSERT_EQ(aside.size(), 1U);
  EXPECT_EQ(read_file(aside.front()), damaged);
  EXPECT_TRUE(is_mode(aside.front(), 0600));
  EXPECT_TRUE(has_told(
      fmt::format("\"{}\" was damaged: it is kept as \"{}\"", files.authority.string(), aside.front().string())));
  told.clear();
  start();
  EXPECT_FALSE(has_told("damaged"));
}

TEST_F(embedded_tls, is_demanded_of_everybody_where_hardening_says_so) {
  server.hardening.tls.value = tls_rule::require;
  const auto first = start();
  auto open = by_tcp(first);
  open.parameters["sslmode"] = "disable";
  try {
    (void)pg::connection::open(open, {});
    ADD_FAILURE() << "it let us in without TLS";
  } catch (const pg::error& refused) {
    EXPECT_EQ(refused.sqlstate(), "28000");
  }
  EXPECT_EQ(encryption_of(verified(first)), "t");
  EXPECT_EQ(ask(first.admin, "SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL"), "0");

  server.hardening.tls.value = tls_rule::advice;
  EXPECT_EQ(start().pid, first.pid);
  EXPECT_EQ(encryption_of(open), "f");
  EXPECT_EQ(read_file(first.paths.data / "pg_hba.conf").find("innkeeper"), std::string::npos);
}

TEST_F(embedded_tls, does_not_mix_with_certificates_of_the_settings) {
  server.settings["ssl_cert_file"] = {"/etc/ssl/own.crt", {"cafe.yaml", 9, 5}};
  const auto failed = failure_of([&] { start(); });
  EXPECT_EQ(failed.code, exit_code::invalid);
  EXPECT_EQ(failed.text,
            "cafe.yaml:9:5: setting \"ssl_cert_file\" is Innkeeper's own where embedded: has tls: true |  | Take it "
            "out, or say tls: false and bring certificates of your own.");
}

TEST_F(embedded_tls, that_a_server_can_not_take_is_told_with_its_words) {
  const auto first = start();
  pg::connection::open(first.admin, {}).query("ALTER SYSTEM SET ssl_cert_file = '/nowhere'");
  here.host_name = "cellar.test";
  const auto failed = failure_of([&] { start(); });
  EXPECT_EQ(failed.code, exit_code::failed);
  EXPECT_NE(failed.text.find("server \"shared\" did not take what it was told of TLS: it shows its former certificate"),
            std::string::npos)
      << failed.text;
  EXPECT_NE(failed.text.find("/nowhere"), std::string::npos) << failed.text;
  pg::connection::open(first.admin, {}).query("ALTER SYSTEM RESET ssl_cert_file");
  EXPECT_NO_THROW(start());
}

TEST_F(embedded_tls, tells_the_line_that_a_running_server_does_not_take) {
  const auto first = start();
  const auto rules = first.paths.data / "pg_hba.conf";
  const auto before = read_file(rules);
  write_file(rules, "host all somebody all wherever\n" + before);
  server.hardening.tls.value = tls_rule::require;
  const auto failed = failure_of([&] { start(); });
  EXPECT_EQ(failed.code, exit_code::failed);
  const auto place = fmt::format(
      "server \"shared\" did not take its files: \"{}\" line 4: invalid authentication "
      "method \"wherever\"",
      rules.string());
  EXPECT_NE(failed.text.find(place), std::string::npos) << failed.text;
  auto open = by_tcp(first);
  open.parameters["sslmode"] = "disable";
  EXPECT_EQ(encryption_of(open), "f") << "it goes on as it was";

  write_file(rules, before);
  EXPECT_EQ(start().pid, first.pid);
  EXPECT_THROW((void)pg::connection::open(open, {}), pg::error);
}

TEST_F(embedded_tls, tells_the_setting_that_keeps_a_running_server_from_reading_anew) {
  const auto first = start();
  here.patience = std::chrono::seconds{2};
  const auto settings = first.paths.data / "postgresql.conf";
  const auto before = read_file(settings);
  write_file(settings, before + "no_such_setting_here = 1\n");
  server.hardening.tls.value = tls_rule::require;
  const auto failed = failure_of([&] { start(); });
  EXPECT_NE(failed.text.find("unrecognized configuration parameter"), std::string::npos) << failed.text;
  write_file(settings, before);
  EXPECT_EQ(start().pid, first.pid);
}

// An authority is known for years before it signs, so that no client is left behind.
TEST(files_of_a_server, that_can_not_be_read_are_not_empty_ones) {
  const test::scratch_folder folder;
  const auto file = folder.path() / "pg_hba.conf";
  EXPECT_EQ(read_whole(file), "") << "there is none";
  std::filesystem::create_directory(file);
  EXPECT_THROW((void)read_whole(file), error);
  EXPECT_THROW((void)write_for_server(file, "ours alone\n", std::nullopt), error);
  std::filesystem::remove(file);
  std::filesystem::create_symlink(file, file);
  EXPECT_THROW((void)read_whole(file), error);
}

TEST(certificates, of_the_next_authority_are_known_before_it_signs) {
  const test::scratch_folder folder;
  const tls_files files{folder.path() / "tls/authority.pem", folder.path() / "tls/next_authority.pem",
                        folder.path() / "ca.crt", folder.path() / "server.pem"};
  std::vector<std::string> made;
  const auto keep = [&](int days) {
    made.clear();
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    keep_certificates({files,
                       {"localhost"},
                       now + std::chrono::days{days},
                       std::nullopt,
                       [] {},
                       [&](const std::string& text) { made.push_back(text); }});
    return read_certificates(read_file(files.roots)).size();
  };
  const auto signer = [&] { return read_authority(files).certificate; };
  EXPECT_EQ(keep(0), 1U);
  const auto first = signer();
  EXPECT_EQ(keep(1), 1U);
  EXPECT_TRUE(made.empty());
  EXPECT_EQ(keep(3653 - 1000), 2U) << "the next one is known";
  EXPECT_EQ(signer(), first);
  EXPECT_TRUE(is_signed_by(read_file(files.server), first));
  EXPECT_EQ(keep(3653 - 300), 2U);
  const auto second = signer();
  EXPECT_NE(second, first) << "the first one would end before what it signs";
  EXPECT_TRUE(is_signed_by(read_file(files.server), second));
  EXPECT_EQ(read_file(files.roots).find(second), 0U);
  EXPECT_EQ(keep(3653 + 1), 1U) << "what has ended helps nobody";
}

}  // namespace
}  // namespace innkeeper::exec
