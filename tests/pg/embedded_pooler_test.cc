// PgBouncer between TLS on both sides: its clients verify it, and it verifies an embedded server.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>

#include "exec/apply.h"
#include "exec/embedded_tls.h"
#include "exec/pooler_files.h"
#include "exec/secret_store.h"
#include "exec/server_access.h"
#include "tests/core/estates.h"
#include "tests/pg/embedded_fixture.h"
#include "tests/support/pooler.h"
#include "tests/support/tls_lab.h"

namespace innkeeper::exec {
namespace {

struct embedded_pooler : embedded_server {
  test::scratch_folder folder;
  int port = test::free_port();
  std::optional<test::pooler> pooler;
  server_access access;

  embedded_pooler() { server.embedded.tls = true; }

  [[nodiscard]] fs::path files() const { return folder.path() / "pgbouncer"; }
  void give_to_pooler(const fs::path& path) const {
    const auto user = test::server_user();
    if (user && ::chown(path.c_str(), user->uid, user->gid) != 0) ADD_FAILURE() << "could not hand over " << path;
  }

  // The estate's own authority vouches for the pooler, too.
  void start_all(const std::vector<std::string>& names_of_pooler) {
    const auto status = start();
    server.endpoints = {{.name = "pooled",
                         .address = {"127.0.0.1", port},
                         .sslmode = "verify-full",
                         .root_certificates = *status.root_certificates,
                         .pooler = pooler_declaration{.is_ours = true,
                                                      .mode = pool_mode::transaction,
                                                      .authentication = pooler_authentication::query,
                                                      .user = {"innkeeper_pooler"},
                                                      .directory = files()}}};
    all.services = {test::service("cafe", 10)};
    all.services[0].via = "pooled";
    all.secrets_directory = scratch.path() / "secrets";
    all.servers = {server};
    access = {.server = &all.servers.front(),
              .admin = status.admin,
              .endpoints = {status.address},
              .is_embedded = true,
              .for_services = {{"sslmode", "verify-full"}, {"sslrootcert", *status.root_certificates}}};
    ASSERT_EQ(apply_server(all, access, {}, [](const event&) {}).code, exit_code::ok);
    fs::create_directories(files());
    give_to_pooler(files());
    (void)write_pooler_files(render_pooler(all, access, all.servers.front().endpoints.front()), files());
    const auto shown =
        make_server_certificate(read_authority(tls_files_of(status.paths)), names_of_pooler, test::days_from_now(90));
    write_file(files() / "server.crt", shown.certificate);
    write_file(files() / "server.key", shown.key.expose());
    for (const char* name : {"server.crt", "server.key"}) give_to_pooler(files() / name);
    pooler.emplace(files() / "pgbouncer.ini", port);
  }

  [[nodiscard]] conninfo application() const { return service_conninfo(all, all.services[0], access); }
};

TEST_F(embedded_pooler, speaks_tls_to_its_clients_and_to_the_server_and_each_is_verified) {
  start_all({"127.0.0.1"});
  const auto target = application();
  EXPECT_EQ(target.parameters.at("sslmode"), "verify-full");
  auto session = pg::connection::open(target, {.kind = pg::session_kind::service});
  EXPECT_EQ(session.query("SELECT session_user").text(0, 0), "cafe_user");
  EXPECT_EQ(ask(access.admin,
                "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'cafe_user'"),
            "t");
  const auto configuration = read_file(files() / "pgbouncer.ini");
  EXPECT_NE(configuration.find("server_tls_sslmode = verify-full"), std::string::npos);
  EXPECT_NE(configuration.find("client_tls_sslmode = require"), std::string::npos);

  auto without = target;
  without.parameters = {{"sslmode", "disable"}};
  EXPECT_THROW((void)pg::connection::open(without, {.kind = pg::session_kind::service}), pg::error);
}

TEST_F(embedded_pooler, with_a_certificate_for_another_host_is_refused_by_its_clients) {
  start_all({"elsewhere.test"});
  try {
    (void)pg::connection::open(application(), {.kind = pg::session_kind::service});
    ADD_FAILURE() << "nobody noticed";
  } catch (const pg::error& refused) {
    EXPECT_EQ(refused.facts().tls, tls_trouble::wrong_host);
  }
}

TEST_F(embedded_pooler, does_not_pass_on_to_a_server_of_another_authority) {
  start_all({"127.0.0.1"});
  const auto configuration = read_file(files() / "pgbouncer.ini");
  const test::tls_lab stranger;
  const auto roots = files() / "stranger.crt";
  write_file(roots, read_file(stranger.roots()));
  give_to_pooler(roots);
  auto changed = configuration;
  const auto at = changed.find(access.for_services.at("sslrootcert"));
  ASSERT_NE(at, std::string::npos);
  changed.replace(at, access.for_services.at("sslrootcert").size(), roots.string());
  pooler.reset();
  write_file(files() / "pgbouncer.ini", changed);
  pooler.emplace(files() / "pgbouncer.ini", port);
  auto target = application();
  EXPECT_THROW((void)pg::connection::open(
                   target, {.kind = pg::session_kind::service, .timeout = std::chrono::milliseconds{3000}}),
               pg::error);
  EXPECT_NE(pooler->log().find("certificate verify failed"), std::string::npos) << pooler->log();
}

}  // namespace
}  // namespace innkeeper::exec
