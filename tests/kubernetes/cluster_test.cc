// What exec asks of the cluster around it: passwords from Secrets, places, restarts.
#include "k8s/cluster.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "core/base64.h"
#include "exec/password_source.h"
#include "tests/kubernetes/lab.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A kubeconfig that means this cluster, as a build system's variable holds it.
std::string kubeconfig_for(const k8s::cluster_settings& settings) {
  return fmt::format(
      "clusters: [{{name: c, cluster: {{server: \"{}\", certificate-authority-data: {}}}}}]\n"
      "users: [{{name: u, user: {{token: {}}}}}]\n"
      "contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\ncurrent-context: x\n",
      settings.server, to_base64(settings.authority), settings.token.expose());
}

class cluster_around_us : public kubernetes_lab {
 protected:
  cluster_around_us() {
    given_rights({.secrets = {{{"infra", "postgresql"}, false}, {{"infra", "absent"}, false}}});
    given({{"apiVersion", "v1"},
           {"kind", "Secret"},
           {"metadata", {{"name", "postgresql"}, {"namespace", "infra"}}},
           {"stringData", {{"admin-user-password", "adm1n\n"}, {"empty", ""}, {"lines", "a\nb"}}}});
    exec::use_kubernetes(k8s::make_cluster({.environment = environment_of(settings_of("infra/innkeeper")),
                                            .service_account = "/nowhere",
                                            .api = without_waiting()}));
  }
  ~cluster_around_us() override { exec::use_kubernetes(nullptr); }

  static environment_lookup environment_of(const k8s::cluster_settings& settings) {
    return [text = kubeconfig_for(settings)](std::string_view name) {
      return name == "KUBE_CONFIG" ? std::optional{text} : std::nullopt;
    };
  }

  static password_source from(const std::string& name) {
    return {password_source_kind::kubernetes, name, {"cafe.yaml", 3, 7}};
  }

  static std::string refusal_of(const std::vector<password_source>& sources) {
    try {
      (void)exec::find_password(sources, "the admin \"admin_user\"", [](auto) { return std::nullopt; });
    } catch (const exec::error& failed) {
      return whole_text(failed);
    }
    return "nothing was refused";
  }
};

TEST_F(cluster_around_us, holds_a_password_that_is_found) {
  const auto found =
      exec::find_password({{password_source_kind::environment, "UNSET"}, from("infra/postgresql/admin-user-password")},
                          "the admin", [](auto) { return std::nullopt; });
  EXPECT_EQ(found.value, secret{"adm1n"});
  EXPECT_EQ(found.from, "kubernetes infra/postgresql/admin-user-password");
}

TEST_F(cluster_around_us, without_the_secret_or_its_key_lets_the_next_source_have_its_turn) {
  EXPECT_EQ(refusal_of({from("infra/absent/password"),
                        from("infra/postgresql/password"),
                        {password_source_kind::environment, "UNSET"}}),
            "no password for the admin \"admin_user\"\n"
            "  detail: kubernetes infra/absent/password: there is no such Secret; kubernetes "
            "infra/postgresql/password: that Secret has "
            "no such key; it has admin-user-password, empty, lines; environment UNSET is not set\n"
            "  hint: Set one of these, or declare another source under \"password\" in the manifest.");
}

TEST_F(cluster_around_us, with_a_secret_that_can_not_be_a_password_is_an_error) {
  EXPECT_EQ(refusal_of({{password_source_kind::environment, "UNSET"}, from("infra/postgresql/empty")}),
            "cafe.yaml:3:7: Kubernetes Secret infra/postgresql has no password under \"empty\"\n"
            "  detail: it is empty; before it: environment UNSET is not set\n"
            "  hint: Write the password there, or take this source out of the manifest.");
  EXPECT_THAT(refusal_of({from("infra/postgresql/lines")}), HasSubstr("it holds more than one line"));
}

TEST_F(cluster_around_us, without_the_right_to_read_is_an_error_and_no_later_source_stands_in) {
  EXPECT_THAT(refusal_of({from("cafe/forbidden/password"), {password_source_kind::environment, "UNSET"}}),
              HasSubstr("cafe.yaml:3:7: could not read Kubernetes Secret cafe/forbidden: a right is missing"));
}

TEST_F(cluster_around_us, is_not_to_be_had_where_nothing_names_one) {
  exec::use_kubernetes(
      k8s::make_cluster({.environment = [](auto) { return std::nullopt; }, .service_account = "/nowhere"}));
  EXPECT_THAT(
      refusal_of({from("infra/postgresql/password")}),
      HasSubstr(
          "kubernetes infra/postgresql/password: no kubeconfig is here, and this is no pod with a service account"));
  EXPECT_THROW(exec::kubernetes()->restart_workload("cafe", "deployment/x"), exec::error);
  exec::use_kubernetes(nullptr);
  EXPECT_THAT(refusal_of({from("infra/postgresql/password")}), HasSubstr("this program doesn't ask Kubernetes"));
}

// As a pod has it: the token is replaced in its file while we run.
TEST_F(cluster_around_us, is_asked_with_the_token_that_is_in_the_file_now) {
  const scratch_folder account;
  const auto settings = settings_of("infra/innkeeper");
  const auto write = [&](const char* name, const std::string& text) { std::ofstream{account.path() / name} << text; };
  write("token", "expired");
  write("ca.crt", settings.authority);
  write("namespace", "infra\n");
  const auto port = settings.server.substr(settings.server.rfind(':') + 1);
  exec::use_kubernetes(k8s::make_cluster({.environment = [port](std::string_view name) -> std::optional<std::string> {
                                            if (name == "KUBERNETES_SERVICE_HOST") return "127.0.0.1";
                                            if (name == "KUBERNETES_SERVICE_PORT") return port;
                                            return std::nullopt;
                                          },
                                          .service_account = account.path(),
                                          .api = without_waiting()}));
  EXPECT_THAT(refusal_of({from("infra/postgresql/admin-user-password")}), HasSubstr("the pod's service account"));
  write("token", settings.token.expose() + "\n");
  EXPECT_EQ(exec::kubernetes()->read_key({"infra", "postgresql"}, "admin-user-password").found, secret{"adm1n"});
}

}  // namespace
}  // namespace innkeeper::test
