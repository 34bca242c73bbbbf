#include "k8s/kubeconfig.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "core/base64.h"
#include "exec/error.h"
#include "k8s/configuration.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::k8s {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Every file holds its own path.
std::string read_path(const std::filesystem::path& file) {
  return "content of " + file.string();
}

cluster_settings read(const std::string& text, const std::string& context = "") {
  return read_kubeconfig({{"config", "/home/ann/.kube", text}}, context, read_path);
}

std::string refusal_of(const std::string& text, const std::string& context = "") {
  try {
    (void)read(text, context);
  } catch (const exec::error& failed) {
    EXPECT_EQ(failed.code(), exit_code::invalid);
    return whole_text(failed);
  }
  return "nothing was refused";
}

// With this cluster and user.
std::string one_context(const std::string& cluster, const std::string& user) {
  return fmt::format(
      "clusters:\n- name: c\n  cluster: {}\nusers:\n- name: u\n  user: {}\n"
      "contexts: [{{name: x, context: {{cluster: c, user: u, namespace: cafe}}}}]\ncurrent-context: x\n",
      cluster, user);
}

constexpr const char* plain_cluster = "{server: \"https://10.0.0.1:6443\"}";

TEST(kubeconfig, gives_the_current_contexts_cluster_and_user) {
  const auto settings =
      read(one_context("{server: \"https://10.0.0.1:6443/\", certificate-authority: ca.crt, tls-server-name: kube}",
                       "{client-certificate: /abs/me.crt, client-key: me.key}"));
  EXPECT_EQ(settings.from, "context \"x\" of config");
  EXPECT_EQ(settings.server, "https://10.0.0.1:6443");
  EXPECT_EQ(settings.authority, "content of /home/ann/.kube/ca.crt");
  EXPECT_EQ(settings.server_name, "kube");
  EXPECT_TRUE(settings.is_verified);
  EXPECT_EQ(settings.certificate, "content of /abs/me.crt");
  EXPECT_EQ(settings.key, secret{"content of /home/ann/.kube/me.key"});
  EXPECT_EQ(settings.name_space, "cafe");
}

TEST(kubeconfig, prefers_data_to_files_and_a_token_file_to_a_token) {
  const auto settings = read(one_context(
      fmt::format("{{server: \"https://h\", certificate-authority: ca.crt, certificate-authority-data: {}}}",
                  to_base64("the authority")),
      "{token: old, tokenFile: token}"));
  EXPECT_EQ(settings.authority, "the authority");
  EXPECT_TRUE(settings.token.empty());
  EXPECT_EQ(settings.token_file, "/home/ann/.kube/token");
  EXPECT_EQ(read(one_context(plain_cluster, "{token: abc}")).token, secret{"abc"});
}

TEST(kubeconfig, is_merged_as_kubectl_does) {
  const std::vector<kubeconfig_text> files{
      {"first", "/one", "current-context: b\nusers: [{name: u, user: {token: first}}]\nclusters:\ncontexts: null\n"},
      {"second", "/two",
       "current-context: a\nusers: [{name: u, user: {token: second}}]\n"
       "clusters: [{name: c, cluster: {server: \"https://h\", certificate-authority: ca}}]\n"
       "contexts: [{name: a, context: {cluster: c, user: u}}, {name: b, context: {cluster: c, user: u}}]\n"}};
  const auto settings = read_kubeconfig(files, "", read_path);
  EXPECT_EQ(settings.from, "context \"b\" of second");
  EXPECT_EQ(settings.token, secret{"first"});
  EXPECT_EQ(settings.authority, "content of /two/ca");
  EXPECT_EQ(read_kubeconfig(files, "a", read_path).from, "context \"a\" of second");
}

TEST(kubeconfig, may_be_json) {
  EXPECT_EQ(read(R"({"clusters": [{"name": "c", "cluster": {"server": "https://h"}}], "users": [],
    "contexts": [{"name": "x", "context": {"cluster": "c", "user": ""}}], "current-context": "x"})")
                .server,
            "https://h");
}

TEST(kubeconfig, with_credentials_that_are_not_supported_says_what_to_do) {
  const auto with_program = refusal_of(one_context(plain_cluster, "{exec: {command: aws}}"));
  EXPECT_THAT(
      with_program,
      StartsWith(
          "config:6:16: user \"u\" can't be used: its credentials come from a program, which Innkeeper doesn't run"));
  EXPECT_THAT(with_program, HasSubstr("innkeeper render rbac"));
  EXPECT_THAT(refusal_of(one_context(plain_cluster, "{auth-provider: {name: gcp}}")), HasSubstr("auth-provider"));
  EXPECT_THAT(refusal_of(one_context(plain_cluster, "{username: a, password: b}")), HasSubstr("1.19"));
  EXPECT_THAT(refusal_of(one_context(plain_cluster, "{token: t, as: boss}")), HasSubstr("impersonates"));
  EXPECT_EQ(read(one_context(plain_cluster, "{token: t, exec: {command: aws}}")).token, secret{"t"})
      << "the token is enough";
}

TEST(kubeconfig, that_can_not_be_used_says_where_and_why) {
  EXPECT_EQ(refusal_of("contexts: [{name: a}, {name: b}]"),
            "config: no context is current\n  detail: contexts: a, b\n  hint: Run: kubectl config use-context NAME, or "
            "set KUBE_CONTEXT.");
  EXPECT_EQ(refusal_of(one_context(plain_cluster, "{}"), "y"),
            "KUBE_CONTEXT: there is no context \"y\"\n  detail: contexts: x");
  EXPECT_EQ(refusal_of("current-context: x\ncontexts: [{name: x, context: {cluster: nope}}]"),
            "config:2:31: there is no cluster \"nope\"\n  detail: clusters: none");
  EXPECT_THAT(refusal_of(one_context("{}", "{}")), HasSubstr("this cluster names no server"));
  EXPECT_THAT(refusal_of(one_context("{server: \"10.0.0.1\"}", "{}")), HasSubstr("server must be a URL with https://"));
  EXPECT_THAT(refusal_of(one_context("{server: \"http://10.0.0.1\"}", "{token: t}")), HasSubstr("without TLS"));
  EXPECT_EQ(read(one_context("{server: \"http://127.0.0.1:8001\"}", "{}")).server, "http://127.0.0.1:8001")
      << "kubectl proxy";
  EXPECT_THAT(refusal_of(one_context("{server: \"http://127.evil.example\"}", "{}")), HasSubstr("without TLS"));
  EXPECT_THAT(refusal_of(one_context("{server: \"https://h\", certificate-authority-data: \"%\"}", "{}")),
              HasSubstr("is not base64"));
  EXPECT_THAT(refusal_of(one_context(
                  "{server: \"https://h\", insecure-skip-tls-verify: true, certificate-authority: ca}", "{}")),
              HasSubstr("insecure-skip-tls-verify"));
  EXPECT_THAT(refusal_of(one_context(plain_cluster, "{client-certificate: me.crt}")), HasSubstr("without its key"));
  EXPECT_THAT(refusal_of("a: [1"), StartsWith("config:"));
  EXPECT_THAT(refusal_of("just words"), HasSubstr("this is no kubeconfig"));
}

class configuration : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& text) {
    const auto file = folder_.path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file} << text;
    return file;
  }
  found_cluster find() const {
    return find_cluster(
        [&](std::string_view name) -> std::optional<std::string> {
          const auto found = variables_.find(std::string{name});
          return found == variables_.end() ? std::nullopt : std::optional{found->second};
        },
        folder_.path() / "account");
  }
  std::string server() const { return find().settings->server; }

  std::string config(const std::string& host) {
    return one_context(fmt::format("{{server: \"https://{}\"}}", host), "{token: t}");
  }

  std::map<std::string, std::string> variables_;
  test::scratch_folder folder_;
};

TEST_F(configuration, is_looked_for_from_the_nearest_on) {
  EXPECT_FALSE(find().settings);
  EXPECT_EQ(find().why_not, "no kubeconfig is here, and this is no pod with a service account");
  write("account/token", "abc\n");
  write("account/ca.crt", "an authority");
  write("account/namespace", "infra");
  variables_ = {{"KUBERNETES_SERVICE_HOST", "fd00::1"}, {"KUBERNETES_SERVICE_PORT", "443"}};
  EXPECT_EQ(find().settings, (cluster_settings{.from = "the pod's service account",
                                               .server = "https://[fd00::1]:443",
                                               .authority = "an authority",
                                               .token_file = folder_.path() / "account/token",
                                               .name_space = "infra"}));
  variables_["HOME"] = folder_.path();
  EXPECT_EQ(server(), "https://[fd00::1]:443");
  write(".kube/config", config("home"));
  EXPECT_EQ(server(), "https://home");
  variables_["KUBECONFIG"] = "/nowhere:" + write("second", config("list")).string();
  EXPECT_EQ(server(), "https://list");
  variables_["KUBE_CONFIG"] = write("third", config("build"));
  EXPECT_EQ(server(), "https://build");
}

TEST_F(configuration, may_stand_in_the_variable_itself) {
  variables_["KUBE_CONFIG"] = config("plain");
  EXPECT_EQ(server(), "https://plain");
  std::string packed = to_base64(config("packed"));
  packed.insert(60, "\n");
  variables_["KUBE_CONFIG"] = packed + "\n";
  EXPECT_EQ(server(), "https://packed");
}

TEST_F(configuration, that_was_named_has_to_be_there) {
  const auto refusal = [&] {
    try {
      (void)find();
    } catch (const exec::error& failed) {
      return whole_text(failed);
    }
    return std::string{"nothing was refused"};
  };
  variables_["KUBECONFIG"] = "/nowhere/a:/nowhere/b";
  EXPECT_EQ(refusal(),
            "KUBECONFIG names no kubeconfig that is there\n  detail: KUBECONFIG=/nowhere/a:/nowhere/b\n  hint: Correct "
            "KUBECONFIG, or unset it.");
  // What may be a kubeconfig gone wrong is a secret, and stays one.
  variables_["KUBE_CONFIG"] = "c2VjcmV0IHRva2Vu";
  EXPECT_EQ(refusal().find("c2VjcmV0IHRva2Vu"), std::string::npos) << refusal();
  variables_ = {{"KUBECONFIG", folder_.path()}};
  EXPECT_THAT(refusal(), HasSubstr("could not read"));
}

}  // namespace
}  // namespace innkeeper::k8s
