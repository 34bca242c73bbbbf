// The built binary, a real PostgreSQL server and a real API server together: only with INNKEEPER_TEST_KUBERNETES=live,
// since every run makes other passwords, which no recording could hold.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "core/base64.h"
#include "pg/connection.h"
#include "tests/kubernetes/lab.h"
#include "tests/support/child_program.h"
#include "tests/support/majors.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* manifest = R"(estate: fleet
servers:
  shared:
    url: ${SERVER_URL}
    admin: {user: postgres, password: [kubernetes: infra/postgresql/admin-password]}
defaults: {secrets: {directory: secrets}}
services:
  cafe: {secrets: [{kubernetes: cafe/cafe-env, keys: {DATABASE_URL: uri}}]}
  erp: {secrets: [{kubernetes: erp/erp-env, keys: {DATABASE_URL: uri}}]}
  treasury: {secrets: [{kubernetes: treasury/treasury-env, keys: {DATABASE_URL: uri}}]}
  notifications: {secrets: [{kubernetes: notifications/notifications-env, keys: {DATABASE_URL: uri}}]}
  orders: {secrets: [{kubernetes: shop/orders-env, keys: {DATABASE_URL: uri}}]}
  vaulted: {managed_by: external, secrets: [{kubernetes: infra/vaulted-env, keys: {PASSWORD: password}}]}
)";

struct written {
  const char* service;
  const char* name_space;
};
constexpr std::array all_written{written{"cafe", "cafe"}, written{"erp", "erp"}, written{"treasury", "treasury"},
                                 written{"notifications", "notifications"}, written{"orders", "shop"}};

std::string path_of(const std::string& name_space, const std::string& name) {
  return fmt::format("/api/v1/namespaces/{}/secrets/{}", name_space, name);
}

class estate_in_kubernetes : public testing::Test {
 protected:
  estate_in_kubernetes() {
    sweep_live();
    std::ofstream{folder_.path() / "innkeeper.yaml"} << manifest;
    for (const auto* one : {"infra", "cafe", "erp", "treasury", "notifications", "shop"})
      (void)live_token({one, "default"});
    secret_of_others("infra", "postgresql", {{"admin-password", admin_password}});
    secret_of_others("infra", "vaulted-env", {{"PASSWORD", "made by a vault"}});
    write_kubeconfig(live_token({"infra", "innkeeper"}));
    grant_what_is_rendered();
  }

  static void secret_of_others(const std::string& name_space, const std::string& name, const json& data) {
    make_live({{"apiVersion", "v1"},
               {"kind", "Secret"},
               {"metadata", {{"name", name}, {"namespace", name_space}}},
               {"stringData", data}});
  }

  void write_kubeconfig(const std::string& token) {
    const auto& there = live_administrator();
    const json config{
        {"apiVersion", "v1"},
        {"kind", "Config"},
        {"current-context", "live"},
        {"clusters", json::array({{{"name", "live"},
                                   {"cluster",
                                    {{"server", there.server},
                                     {"certificate-authority-data", to_base64(std::string_view{there.authority})}}}}})},
        {"users", json::array({{{"name", "innkeeper"}, {"user", {{"token", token}}}}})},
        {"contexts", json::array({{{"name", "live"}, {"context", {{"cluster", "live"}, {"user", "innkeeper"}}}}})}};
    std::ofstream{folder_.path() / "kubeconfig"} << config.dump();
  }

  // Nothing but what the binary says is needed.
  void grant_what_is_rendered() {
    const auto rendered = innkeeper({"render", "rbac", "--json"});
    ASSERT_EQ(rendered.status, 0) << rendered.output;
    const auto document = json::parse(rendered.output);
    for (const auto& one : document.at("objects")) make_live(one);
  }

  ended_program innkeeper(const std::vector<std::string>& words) {
    std::vector<std::string> all{INNKEEPER_BINARY};
    all.insert(all.end(), words.begin(), words.end());
    child_program program{all,
                          {{"SERVER_URL", fmt::format("postgresql://127.0.0.1:{}/postgres", server_.port())},
                           {"KUBECONFIG", folder_.path() / "kubeconfig"},
                           {"HOME", folder_.path()}},
                          folder_.path(),
                          folder_.path() / "output"};
    auto ended = program.wait();
    EXPECT_THAT(ended.output, Not(HasSubstr(admin_password)));
    return ended;
  }

  static json secret_there(const written& one) {
    return ask_live("GET", path_of(one.name_space, fmt::format("{}-env", one.service)));
  }
  static std::string url_in(const json& object) {
    const auto bytes = from_base64(object.at("data").at("DATABASE_URL").get<std::string>()).value();
    return {bytes.begin(), bytes.end()};
  }
  static std::string version_of(const json& object) { return object.at("metadata").at("resourceVersion"); }

  static pg::connection log_in(const std::string& url) {
    return pg::connection::open(parse_conninfo(url).value.value(), {.kind = pg::session_kind::service});
  }

  static constexpr const char* admin_password = "admin of the fleet";
  scratch_folder folder_;
  cluster server_{{.password = admin_password, .tcp = true}};
};

TEST_F_WHERE(is_live(), estate_in_kubernetes, keeps_secrets_in_five_namespaces_with_the_rights_that_it_renders) {
  const auto first = innkeeper({"apply"});
  ASSERT_EQ(first.status, 0) << first.output;
  std::map<std::string, std::string> urls;
  std::map<std::string, std::string> versions;
  for (const auto& one : all_written) {
    const auto there = secret_there(one);
    urls[one.service] = url_in(there);
    versions[one.service] = version_of(there);
    (void)log_in(urls[one.service]);
    EXPECT_THAT(there.at("metadata").dump(),
                Not(HasSubstr(parse_conninfo(urls[one.service]).value->password->expose())));
  }

  secret_of_others("cafe", "cafe-env", {{"FOREIGN", "kept"}});
  versions["cafe"] = version_of(secret_there(all_written[0]));
  const auto second = innkeeper({"apply"});
  ASSERT_EQ(second.status, 0) << second.output;
  for (const auto& one : all_written) EXPECT_EQ(version_of(secret_there(one)), versions[one.service]) << one.service;

  for (const auto& one : all_written) ask_live("DELETE", path_of(one.name_space, fmt::format("{}-env", one.service)));
  const auto third = innkeeper({"apply"});
  ASSERT_EQ(third.status, 0) << third.output;
  for (const auto& one : all_written) EXPECT_EQ(url_in(secret_there(one)), urls[one.service]) << one.service;
  EXPECT_EQ(innkeeper({"verify"}).status, 0);
}

TEST_F_WHERE(is_live(), estate_in_kubernetes,
             gives_a_secret_that_is_lost_everywhere_a_new_password_and_refuses_nobody) {
  ASSERT_EQ(innkeeper({"apply"}).status, 0);
  const written treasury = all_written[2];
  const auto former = url_in(secret_there(treasury));
  auto application = log_in(former);
  ask_live("DELETE", path_of("treasury", "treasury-env"));
  std::filesystem::remove_all(folder_.path() / "secrets" / "shared" / "treasury_user");
  const auto rotated = innkeeper({"secret", "rotate", "treasury", "--grace", "10m", "--wait", "0s"});
  EXPECT_THAT(rotated.output, HasSubstr("treasury_user_b"));
  const auto now = url_in(secret_there(treasury));
  EXPECT_NE(now, former);
  EXPECT_EQ(log_in(now).query("SELECT session_user").text(0, 0), "treasury_user_b");
  EXPECT_EQ(application.query("SELECT session_user").text(0, 0), "treasury_user");
  EXPECT_EQ(log_in(former).query("SELECT 1").text(0, 0), "1") << "who has it in its environment still gets in";
}

TEST_F_WHERE(is_live(), estate_in_kubernetes, never_writes_what_another_manager_keeps) {
  const auto before = ask_live("GET", path_of("infra", "vaulted-env"));
  ASSERT_EQ(innkeeper({"apply"}).status, 0);
  conninfo vaulted = server_.admin_by_tcp("vaulted");
  vaulted.user = {"vaulted_user"};
  vaulted.password = secret{"made by a vault"};
  (void)pg::connection::open(vaulted, {.kind = pg::session_kind::service});
  secret_of_others("infra", "vaulted-env", {{"PASSWORD", "the vault's next one"}});
  const auto changed = ask_live("GET", path_of("infra", "vaulted-env"));
  const auto told = innkeeper({"verify"});
  EXPECT_NE(told.status, 0);
  EXPECT_THAT(told.output, HasSubstr("vaulted"));
  (void)innkeeper({"apply"});
  const auto after = ask_live("GET", path_of("infra", "vaulted-env"));
  EXPECT_EQ(after.at("data"), changed.at("data"));
  EXPECT_EQ(version_of(after), version_of(changed));
  EXPECT_NE(version_of(before), version_of(changed));
}

}  // namespace
}  // namespace innkeeper::test
