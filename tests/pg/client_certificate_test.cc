// Log-ins that show a certificate instead of a password: on an embedded server, which gets them made, and on a server
// of somebody else, which is told what it misses.
#include <gmock/gmock.h>

#include <algorithm>

#include "core/hba_block.h"
#include "exec/apply.h"
#include "exec/certificate_ends.h"
#include "exec/log_in_key.h"
#include "exec/prove.h"
#include "exec/rotate.h"
#include "exec/secret_store.h"
#include "tests/core/estates.h"
#include "tests/pg/embedded_fixture.h"
#include "tests/support/tls_lab.h"

namespace innkeeper::exec {
namespace {

using testing::HasSubstr;

service_declaration by_certificate(const std::string& name, int line) {
  auto one = test::service(name, line);
  one.authentication = authentication_kind::certificate;
  return one;
}

std::string topics_of(const plan& made) {
  std::string text;
  for (const auto& one : made.attentions) {
    if (one.topic.starts_with("certificate.")) text += one.topic + ": " + one.text + "\n";
  }
  return text;
}

struct embedded_certificates : embedded_server {
  embedded_certificates() {
    server.embedded.tls = true;
    all.services = {by_certificate("cafe", 10), test::service("erp", 20)};
    all.services[0].access = access_mode::readwrite;
    all.secrets_directory = scratch.path() / "secrets";
  }

  server_access access_to(const embedded_status& status) {
    all.servers = {server};
    return {.server = &all.servers.front(),
            .admin = status.admin,
            .endpoints = {status.address},
            .is_embedded = true,
            .for_services = {{"sslmode", "verify-full"}, {"sslrootcert", *status.root_certificates}}};
  }
};

TEST_F(embedded_certificates, let_their_log_in_in_and_are_proved_and_renewed) {
  const auto access = access_to(start());
  const event_sink nobody = [](const event&) {};
  const auto report = apply_server(all, access, {}, nobody);
  ASSERT_EQ(report.code, exit_code::ok) << (report.failures.empty() ? "" : report.failures.front().text);
  EXPECT_TRUE(report.left.empty());
  EXPECT_EQ(topics_of(report.left), "");
  EXPECT_EQ(ask(access.admin,
                "SELECT count(*) FROM pg_authid WHERE rolname IN ('cafe_user', 'cafe_migrator') AND "
                "rolpassword IS NULL"),
            "2");

  const auto target = service_conninfo(all, all.services[0], access);
  EXPECT_FALSE(target.password);
  EXPECT_TRUE(is_mode(target.parameters.at("sslkey"), 0600));
  auto session = pg::connection::open(target, {.kind = pg::session_kind::service});
  EXPECT_EQ(session.query("SELECT session_user || ' ' || current_user").text(0, 0), "cafe_user cafe_rw");

  auto as_another = target;
  as_another.user = {"cafe_migrator"};  // who needs a certificate of its own
  EXPECT_THROW((void)pg::connection::open(as_another, {.kind = pg::session_kind::service}), pg::error);

  const auto proof = verify_server(all, access, {.prove = true, .attempts_per_second = 1000}, nobody);
  EXPECT_EQ(proof.leaks, 0);
  EXPECT_EQ(proof.failed, 0);
  EXPECT_EQ(proof.drift, 0);
  for (const auto& one : proof.findings) {
    if (one.says == verdict::leak || one.says == verdict::failed) ADD_FAILURE() << one.probe << " " << one.text;
  }

  const auto ends = certificate_ends(all, access);
  const auto is_told = [&](const std::string& what) {
    return std::ranges::any_of(ends, [&](const auto& one) { return one.what == what && one.days_left == 364; });
  };
  EXPECT_TRUE(is_told("log-in \"cafe_user\""));
  EXPECT_TRUE(is_told("log-in \"cafe_migrator\""));
  EXPECT_TRUE(is_told(fmt::format("server at 127.0.0.1:{}", access.endpoints.front().port)));

  const auto before = read_file(target.parameters.at("sslcert"));
  start();
  EXPECT_EQ(read_file(target.parameters.at("sslcert")), before);
  fs::remove(target.parameters.at("sslkey"));
  EXPECT_THAT(topics_of(plan_server(all, access, {}).steps),
              HasSubstr("log-in \"cafe_user\" has no certificate yet: run innkeeper up"));
  start();
  (void)pg::connection::open(service_conninfo(all, all.services[0], access), {.kind = pg::session_kind::service});
}

struct rotated_log_in : embedded_certificates {
  rotated_log_in() { all.services[0].authentication = authentication_kind::password; }
};

TEST_F(rotated_log_in, moves_to_a_certificate_while_its_twin_is_in_use) {
  const event_sink nobody = [](const event&) {};
  const auto access = access_to(start());
  ASSERT_EQ(apply_server(all, access, {}, nobody).code, exit_code::ok);
  const auto rotated = rotate_on(all, access, {.services = {"cafe"}, .grace = std::chrono::milliseconds{0}}, nobody);
  EXPECT_THAT(rotated.log_ins, testing::Not(testing::IsEmpty()));
  ASSERT_EQ(service_conninfo(all, all.services[0], access).user.value, "cafe_user_b");

  all.services[0].authentication = authentication_kind::certificate;
  start();
  const auto moved = apply_server(all, access, {}, nobody);
  EXPECT_EQ(moved.code, exit_code::ok);
  EXPECT_THAT(topics_of(moved.left), testing::Not(HasSubstr("certificate.refused")));
  const auto target = service_conninfo(all, all.services[0], access);
  EXPECT_EQ(kind_of_log_in(all, "shared", {"cafe_user_b"}), authentication_kind::certificate);
  auto session = pg::connection::open(target, {.kind = pg::session_kind::service});
  EXPECT_EQ(session.query("SELECT session_user || ' ' || current_user").text(0, 0), "cafe_user_b cafe_rw");
}

TEST_F(rotated_log_in, is_told_to_run_up_where_its_way_in_is_the_former_one) {
  const event_sink nobody = [](const event&) {};
  const auto access = access_to(start());
  ASSERT_EQ(apply_server(all, access, {}, nobody).code, exit_code::ok);
  const auto told_of_doors = [&] {
    std::vector<std::string> words;
    for (const auto& one : plan_server(all, access, {}).steps.attentions) {
      if (one.topic == "doors.outdated") words.push_back(one.text + ": " + one.statement);
    }
    return words;
  };
  const std::vector<std::string> outdated{
      "server \"shared\" still lets log-ins in as the manifest said at its last start: innkeeper up"};
  EXPECT_THAT(told_of_doors(), testing::IsEmpty());
  all.services[0].authentication = authentication_kind::certificate;
  EXPECT_EQ(told_of_doors(), outdated);
  start();
  EXPECT_THAT(told_of_doors(), testing::IsEmpty());
  all.services[0].authentication = authentication_kind::password;
  EXPECT_EQ(told_of_doors(), outdated);
  ASSERT_EQ(apply_server(all, access, {}, nobody).code, exit_code::ok);
  EXPECT_EQ(told_of_doors(), outdated) << "apply does not open it";
  start();
  EXPECT_THAT(told_of_doors(), testing::IsEmpty());
  (void)pg::connection::open(service_conninfo(all, all.services[0], access), {.kind = pg::session_kind::service});
}

TEST_F(embedded_certificates, shut_every_way_in_by_a_password) {
  const auto status = start();
  const auto access = access_to(status);
  ASSERT_EQ(apply_server(all, access, {}, [](const event&) {}).code, exit_code::ok);
  pg::connection::open(access.admin, {}).query("ALTER ROLE cafe_user PASSWORD 'left over'");
  const auto refusal = [&](conninfo by) {
    by.user = {"cafe_user"};
    by.database = {"cafe"};
    by.password = secret{"left over"};
    try {
      (void)pg::connection::open(by, {.kind = pg::session_kind::service});
    } catch (const pg::error& refused) {
      return std::string{refused.sqlstate()};
    }
    return std::string{"open"};
  };
  auto without_tls = by_tcp(status);
  without_tls.parameters["sslmode"] = "disable";
  EXPECT_EQ(refusal(status.admin), "28000") << "by the socket";
  EXPECT_EQ(refusal(without_tls), "28000");
  EXPECT_EQ(refusal(by_tcp(status)), "28000") << "TLS without a certificate";
  EXPECT_EQ(ask(status.admin, "SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL"), "0");
  EXPECT_EQ(ask(without_tls, "SELECT 1"), "1") << "the admin goes on";
  const auto erp = service_conninfo(all, all.services[1], access);
  EXPECT_EQ(pg::connection::open(erp, {.kind = pg::session_kind::service}).query("SELECT 1").text(0, 0), "1");
}

// Applications connect at any moment: certificate and key fit each other throughout.
TEST(certificates_of_log_ins, are_renewed_over_the_key_that_is_there) {
  const test::tls_lab lab;
  const test::scratch_folder folder;
  const auto files = client_files_of(secret_store{folder.path() / "secrets"}, "shared", {"cafe_user"});
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto keep = [&](std::chrono::days later) {
    return keep_client_certificate(files, lab.authority(), {"cafe_user"}, now + later);
  };
  EXPECT_TRUE(keep(std::chrono::days{0}));
  const auto certificate = read_file(files.certificate);
  const auto key = read_file(files.key);
  EXPECT_FALSE(keep(std::chrono::days{1}));
  EXPECT_TRUE(keep(std::chrono::days{300}));
  EXPECT_NE(read_file(files.certificate), certificate);
  EXPECT_EQ(read_file(files.key), key);
  EXPECT_TRUE(is_whole({read_file(files.certificate), secret{key}}));

  write_file(files.java_key, "another key");
  EXPECT_TRUE(keep(std::chrono::days{300})) << "Java reads that one";
  EXPECT_EQ(read_file(files.java_key), to_pkcs8(secret{key}).expose());
  write_file(files.key, "damaged");
  EXPECT_TRUE(keep(std::chrono::days{300}));
  EXPECT_TRUE(is_whole({read_file(files.certificate), secret{read_file(files.key)}}));
}

TEST_F(embedded_certificates, need_tls) {
  server.embedded.tls.reset();
  const auto failed = failure_of([&] { start(); });
  EXPECT_EQ(failed.code, exit_code::invalid);
  EXPECT_THAT(failed.text, HasSubstr("log-in \"cafe_user\" shows a certificate, and server \"shared\" has no TLS"));
}

TEST(certificates_of_a_server_by_url, are_asked_for_until_they_let_in) {
  const test::tls_lab lab;
  test::cluster server{{.password = "admin's own", .tcp = true}};
  lab.serve(server, lab.good_certificate());
  const test::scratch_folder folder;
  auto all = test::estate_of({by_certificate("cafe", 10)});
  all.secrets_directory = folder.path() / "secrets";
  all.servers.front().url = lab.verified(server.admin_by_tcp());
  server_access access{.server = &all.servers.front(), .admin = *all.servers.front().url};
  access.endpoints = access.admin.endpoints;
  const event_sink nobody = [](const event&) {};

  const auto first = apply_server(all, access, {}, nobody);
  EXPECT_EQ(first.code, exit_code::ok);
  const auto files = client_files_of(secret_store{all.secrets_directory}, "shared", {"cafe_user"});
  EXPECT_EQ(topics_of(first.left),
            fmt::format("certificate.refused: log-in \"cafe_user\" has no certificate: put one whose common name is "
                        "cafe_user into \"{}\", and its key into \"{}\"\n",
                        files.certificate.string(), files.key.string()));

  (void)keep_client_certificate(files, lab.authority(), {"cafe_user"},
                                std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  EXPECT_THAT(
      topics_of(plan_server(all, access, {}).steps),
      HasSubstr("pg_hba.conf needs, above the lines that ask for a password: " + certificate_line({"cafe_user"})));

  const auto hba = server.data() / "pg_hba.conf";
  const auto lines = read_file(hba);
  write_file(hba, certificate_line({"cafe_user"}) + "\n" + lines);
  server.reload();
  EXPECT_TRUE(test::eventually([&] { return topics_of(plan_server(all, access, {}).steps).empty(); }));
  EXPECT_TRUE(plan_server(all, access, {}).steps.empty());

  pg::connection::open(server.admin(), {}).query("ALTER ROLE cafe_user PASSWORD 'one more'");
  const auto left = plan_server(all, access, {}).steps;
  EXPECT_TRUE(left.empty()) << "nothing is taken away unasked";
  EXPECT_EQ(topics_of(left), "certificate.password: log-in \"cafe_user\" has a password besides its certificate\n");
}

}  // namespace
}  // namespace innkeeper::exec
