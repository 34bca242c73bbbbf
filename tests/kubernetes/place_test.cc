// A Kubernetes Secret as a place of a service's secret, with the rights that `innkeeper render rbac` grants and no
// others.
#include "k8s/kubernetes_place.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/kubernetes/lab.h"

namespace innkeeper::test {
namespace {

using exec::stored_state;
using k8s::secret_right;
using nlohmann::json;
using secrets = std::map<std::string, secret>;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* cafe_url = "postgresql://cafe_user:pw-1@postgresql.infra:5432/cafe";
const exec::kubernetes_name cafe_secret{"cafe", "cafe-backend-env"};

class place : public kubernetes_lab {
 protected:
  std::unique_ptr<exec::secret_place> open(const exec::kubernetes_name& name,
                                           const exec::kubernetes_place_options& options = {}) {
    return k8s::kubernetes_place(innkeeper(), {name, options, [this] { return fmt::format("random{}", ++random_); }});
  }
  std::unique_ptr<exec::secret_place> cafe(const exec::kubernetes_place_options& options = {}) {
    return open(cafe_secret, options);
  }

  void given_rights_on(const std::vector<exec::kubernetes_name>& names) {
    k8s::needed_rights needed;
    for (const auto& one : names) needed.secrets.push_back({one, true});
    given_rights(needed);
  }

  static bool write(exec::secret_place& to, const secrets& keys, std::string_view owner = "cafe-erp/cafe") {
    return to.write(keys, owner, to.read().content.version);
  }

  json metadata_of(const exec::kubernetes_name& name) {
    return secret_there(name.name_space, name.name).at("metadata");
  }

  template <class Work>
  static exec::error failure_of(Work work) {
    try {
      work();
    } catch (const exec::error& failed) {
      return failed;
    }
    ADD_FAILURE() << "nothing was refused";
    return {exit_code::ok, ""};
  }

 private:
  int random_ = 0;
};

std::string value_of(const exec::place_entry& entry, const std::string& key) {
  const auto found = entry.content.keys.find(key);
  return found == entry.content.keys.end() ? "" : found->second.value.expose();
}

TEST_F(place, makes_secrets_in_five_namespaces_and_a_second_run_writes_nothing) {
  std::vector<exec::kubernetes_name> names;
  for (const auto* one : {"cafe", "erp", "treasury", "notifications", "infra"})
    names.push_back({one, fmt::format("{}-env", one)});
  given_rights_on(names);
  std::map<std::string, std::string> versions;
  for (const auto& one : names) {
    auto here = open(one);
    EXPECT_EQ(here->read().state, stored_state::absent);
    EXPECT_TRUE(here->write({{"DATABASE_URL", secret{cafe_url}}}, "cafe-erp/" + one.name_space, ""));
    versions[one.name_space] = here->read().content.version;
  }
  const int before = requests();
  for (const auto& one : names) {
    auto here = open(one);
    const auto entry = here->read();
    EXPECT_EQ(value_of(entry, "DATABASE_URL"), cafe_url);
    EXPECT_EQ(entry.content.keys.at("DATABASE_URL").owner, "cafe-erp/" + one.name_space);
    EXPECT_FALSE(entry.content.keys.at("DATABASE_URL").is_altered);
    EXPECT_TRUE(here->write({{"DATABASE_URL", secret{cafe_url}}}, "cafe-erp/" + one.name_space, entry.content.version));
  }
  EXPECT_EQ(requests() - before, 10) << "one to read and one to look again, and none to write, for each";
  for (const auto& one : names) EXPECT_EQ(metadata_of(one).at("resourceVersion"), versions[one.name_space]);
}

TEST_F(place, marks_what_it_makes_and_nothing_in_the_marks_is_secret) {
  given_rights_on({cafe_secret});
  auto here = cafe({.type = "servicebinding.io/postgresql"});
  ASSERT_TRUE(write(*here, {{"uri", secret{cafe_url}}, {"password", secret{"pw-1"}}}));
  const auto there = secret_there("cafe", "cafe-backend-env");
  EXPECT_EQ(there.at("type"), "servicebinding.io/postgresql");
  const auto& metadata = there.at("metadata");
  EXPECT_EQ(metadata.at("labels"), (json{{"app.kubernetes.io/managed-by", "innkeeper"},
                                         {"innkeeper.dev/estate", "cafe-erp"},
                                         {"innkeeper.dev/service", "cafe"}}));
  EXPECT_EQ(metadata.at("annotations"),
            (json{{"innkeeper.dev/keys", R"({"password":"cafe-erp/cafe","uri":"cafe-erp/cafe"})"}}));
  ASSERT_EQ(metadata.at("managedFields").size(), 1U);
  EXPECT_EQ(metadata.at("managedFields").at(0).at("manager"), "innkeeper");
  EXPECT_EQ(metadata.at("managedFields").at(0).at("operation"), "Apply");
  EXPECT_EQ(metadata.dump().find("pw-1"), std::string::npos);
  // The type can't be changed later, so that it is kept as it is.
  EXPECT_TRUE(
      write(*open(cafe_secret, {.type = "Opaque"}), {{"uri", secret{"another"}}, {"password", secret{"pw-1"}}}));
}

TEST_F(place, holds_any_bytes) {
  given_rights_on({cafe_secret});
  const std::string bytes{"\0\xff\n\"'${x}: é", 13};
  auto here = cafe();
  ASSERT_TRUE(write(*here, {{"EMPTY", secret{}}, {"BYTES", secret{bytes}}, {"line", secret{"one\n"}}}));
  const auto entry = here->read();
  EXPECT_EQ(value_of(entry, "BYTES"), bytes);
  EXPECT_EQ(value_of(entry, "line"), "one\n");
  EXPECT_TRUE(entry.content.keys.contains("EMPTY"));
  EXPECT_TRUE(here->write({{"EMPTY", secret{}}, {"BYTES", secret{bytes}}, {"line", secret{"one\n"}}}, "cafe-erp/cafe",
                          entry.content.version));
  EXPECT_EQ(here->read().content.version, entry.content.version);
}

TEST_F(place, leaves_the_keys_and_labels_of_others) {
  given_rights_on({cafe_secret});
  ask("POST", "/api/v1/namespaces/cafe/secrets",
      {{"apiVersion", "v1"},
       {"kind", "Secret"},
       {"metadata", {{"name", "cafe-backend-env"}, {"labels", {{"team", "coffee"}}}}},
       {"stringData", {{"STRIPE_KEY", "theirs"}}}});
  auto here = cafe();
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{cafe_url}}, {"OLD", secret{"1"}}}));
  auto entry = here->read();
  EXPECT_EQ(entry.content.keys.at("STRIPE_KEY").owner, "");
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{"new"}}}));
  entry = here->read();
  EXPECT_EQ(value_of(entry, "STRIPE_KEY"), "theirs");
  EXPECT_EQ(value_of(entry, "DATABASE_URL"), "new");
  EXPECT_FALSE(entry.content.keys.contains("OLD"));
  EXPECT_EQ(metadata_of(cafe_secret).at("labels"), (json{{"team", "coffee"}})) << "what others made isn't called ours";
  ASSERT_TRUE(write(*here, {}));
  entry = here->read();
  EXPECT_EQ(entry.content.keys.size(), 1U);
  EXPECT_EQ(value_of(entry, "STRIPE_KEY"), "theirs");
}

TEST_F(place, holds_the_keys_of_two_services_apart) {
  given_rights_on({cafe_secret});
  auto here = cafe();
  ASSERT_TRUE(write(*here, {{"CAFE_POSTGRES_URL", secret{"cafe"}}}));
  ASSERT_TRUE(write(*here, {{"ERP_POSTGRES_URL", secret{"erp"}}}, "cafe-erp/erp"));
  EXPECT_EQ(metadata_of(cafe_secret).at("labels"),
            (json{{"app.kubernetes.io/managed-by", "innkeeper"}, {"innkeeper.dev/estate", "cafe-erp"}}));
  ASSERT_TRUE(write(*here, {{"CAFE_POSTGRES_URL", secret{"cafe 2"}}}));
  auto entry = here->read();
  EXPECT_EQ(entry.content.keys.at("ERP_POSTGRES_URL").owner, "cafe-erp/erp");
  EXPECT_FALSE(entry.content.keys.at("ERP_POSTGRES_URL").is_altered);
  EXPECT_EQ(value_of(entry, "CAFE_POSTGRES_URL"), "cafe 2");
  ASSERT_TRUE(write(*here, {}));
  entry = here->read();
  EXPECT_EQ(entry.content.keys.size(), 1U);
  EXPECT_EQ(value_of(entry, "ERP_POSTGRES_URL"), "erp");
}

TEST_F(place, makes_a_deleted_secret_again) {
  given_rights_on({cafe_secret});
  auto here = cafe();
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{cafe_url}}}));
  const auto seen = here->read().content.version;
  ask("DELETE", "/api/v1/namespaces/cafe/secrets/cafe-backend-env");
  EXPECT_FALSE(here->write({{"DATABASE_URL", secret{"changed"}}}, "cafe-erp/cafe", seen)) << "it isn't as it was seen";
  EXPECT_EQ(here->read().state, stored_state::absent);
  EXPECT_TRUE(here->write({{"DATABASE_URL", secret{cafe_url}}}, "cafe-erp/cafe", ""));
  EXPECT_EQ(value_of(here->read(), "DATABASE_URL"), cafe_url);
}

TEST_F(place, shows_what_another_hand_changed_and_replaces_it_when_told_to) {
  given_rights_on({cafe_secret});
  auto here = cafe();
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{cafe_url}}, {"HOST", secret{"h"}}}));
  apply_as("kubectl-edit", "cafe", "cafe-backend-env", {{"DATABASE_URL", "by hand"}});
  const auto entry = here->read();
  EXPECT_TRUE(entry.content.keys.at("DATABASE_URL").is_altered);
  EXPECT_EQ(entry.content.keys.at("DATABASE_URL").owner, "cafe-erp/cafe");
  EXPECT_FALSE(entry.content.keys.at("HOST").is_altered);
  // What isn't among the keys stays as that hand left it.
  ASSERT_TRUE(write(*here, {{"HOST", secret{"h2"}}}));
  EXPECT_EQ(value_of(here->read(), "DATABASE_URL"), "by hand");
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{cafe_url}}, {"HOST", secret{"h2"}}}));
  EXPECT_EQ(value_of(here->read(), "DATABASE_URL"), cafe_url);
  EXPECT_FALSE(here->read().content.keys.at("DATABASE_URL").is_altered);
  EXPECT_TRUE(here->read().content.keys.at("DATABASE_URL").owner == "cafe-erp/cafe");
}

TEST_F(place, shares_a_key_whose_value_is_right_already) {
  given_rights_on({cafe_secret});
  apply_as("a-script", "cafe", "cafe-backend-env", {{"DATABASE_URL", cafe_url}});
  auto here = cafe();
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{cafe_url}}}));
  EXPECT_EQ(here->read().content.keys.at("DATABASE_URL").owner, "cafe-erp/cafe");
  EXPECT_FALSE(here->read().content.keys.at("DATABASE_URL").is_altered);
}

TEST_F(place, that_changed_since_it_was_read_is_left) {
  given_rights_on({cafe_secret});
  auto here = cafe();
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{"1"}}}));
  const auto seen = here->read().content.version;
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{"2"}}}));
  EXPECT_FALSE(here->write({{"DATABASE_URL", secret{"3"}}}, "cafe-erp/cafe", seen));
  EXPECT_FALSE(here->write({{"DATABASE_URL", secret{"3"}}}, "cafe-erp/cafe", ""));
  // Between our own look and our own change.
  const auto version = here->read().content.version;
  before_next("PATCH", [&] { apply_as("kubectl", "cafe", "cafe-backend-env", {{"OTHER", "x"}}); });
  EXPECT_FALSE(here->write({{"DATABASE_URL", secret{"3"}}}, "cafe-erp/cafe", version));
  EXPECT_EQ(value_of(here->read(), "DATABASE_URL"), "2");
}

TEST_F(place, is_made_by_one_of_two_runners_only) {
  given_rights_on({cafe_secret});
  auto one = cafe();
  k8s::api_client elsewhere{settings_of("infra/innkeeper"), without_waiting()};
  auto other = k8s::kubernetes_place(elsewhere, {cafe_secret, {}, [] { return std::string{"elsewhere"}; }});
  before_next("PATCH", [&] {
    EXPECT_TRUE(other->write({{"DATABASE_URL", secret{"the first"}}}, "cafe-erp/cafe", ""));
  });
  EXPECT_FALSE(one->write({{"DATABASE_URL", secret{"the second"}}}, "cafe-erp/cafe", ""));
  EXPECT_EQ(value_of(one->read(), "DATABASE_URL"), "the first");
}

TEST_F(place, whose_maker_was_killed_before_it_took_its_name_is_written_all_the_same) {
  given_rights_on({cafe_secret});
  auto here = cafe();
  before_next("PATCH", [&] { before_next("PATCH", [&] { answer_next("PATCH", {{.status = 409, .body = "{}"}}); }); });
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{"1"}}}));
  EXPECT_EQ(metadata_of(cafe_secret).at("managedFields").at(0).at("manager"), "innkeeper-creates-random1");
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{"2"}}}));
  EXPECT_EQ(metadata_of(cafe_secret).at("managedFields").size(), 1U);
  EXPECT_EQ(metadata_of(cafe_secret).at("managedFields").at(0).at("manager"), "innkeeper");
  EXPECT_EQ(value_of(here->read(), "DATABASE_URL"), "2");
}

TEST_F(place, is_written_once_though_the_answer_was_lost) {
  given_rights_on({cafe_secret});
  auto here = cafe();
  ASSERT_TRUE(write(*here, {{"DATABASE_URL", secret{"1"}}}));
  const auto version = here->read().content.version;
  lose_next_answer("PATCH");
  EXPECT_TRUE(here->write({{"DATABASE_URL", secret{"2"}}}, "cafe-erp/cafe", version));
  EXPECT_EQ(value_of(here->read(), "DATABASE_URL"), "2");
}

TEST_F(place, is_written_after_a_busy_server_had_time) {
  given_rights_on({cafe_secret});
  auto here = cafe();
  answer_next("GET",
              {{.status = 429, .body = "{}", .headers = {{"Retry-After", "1"}}}, {.status = 503, .body = "not json"}});
  answer_next("PATCH",
              {{.status = 500, .body = "{}"}, {.status = 429, .body = "{}", .headers = {{"Retry-After", "2"}}}});
  EXPECT_TRUE(here->write({{"DATABASE_URL", secret{"1"}}}, "cafe-erp/cafe", ""));
  EXPECT_EQ(value_of(here->read(), "DATABASE_URL"), "1");
}

TEST_F(place, without_the_right_to_read_is_unreadable_and_not_absent) {
  given_namespace("cafe");
  given_namespace("infra");
  const auto entry = cafe()->read();
  EXPECT_EQ(entry.state, stored_state::unreadable);
  EXPECT_EQ(entry.problem, R"(could not read Kubernetes Secret cafe/cafe-backend-env: a right is missing
  detail: secrets "cafe-backend-env" is forbidden: User "system:serviceaccount:infra:innkeeper" cannot get resource "secrets" in API group "" in the namespace "cafe"
  hint: Somebody who may grant rights there runs: innkeeper render rbac --service-account infra/innkeeper --namespace cafe | kubectl apply -f - . For this alone it takes:
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: innkeeper
  namespace: cafe
  labels:
    app.kubernetes.io/name: innkeeper
    app.kubernetes.io/managed-by: innkeeper
rules:
  - apiGroups: [""]
    resources: [secrets]
    resourceNames: [cafe-backend-env]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: innkeeper
  namespace: cafe
  labels:
    app.kubernetes.io/name: innkeeper
    app.kubernetes.io/managed-by: innkeeper
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: innkeeper
subjects:
  - kind: ServiceAccount
    name: innkeeper
    namespace: infra
)");
}

TEST_F(place, with_the_right_to_read_alone_says_which_right_writing_takes) {
  given_rights({.secrets = {{cafe_secret, false}}});
  auto here = cafe();
  EXPECT_EQ(here->read().state, stored_state::absent);
  const auto refused = failure_of([&] { (void)write(*here, {{"A", secret{"1"}}}); });
  EXPECT_EQ(refused.code(), exit_code::not_permitted);
  EXPECT_STREQ(refused.what(), "could not write Kubernetes Secret cafe/cafe-backend-env: a right is missing");
  EXPECT_THAT(refused.detail(), HasSubstr("cannot patch resource \"secrets\""));
  EXPECT_THAT(refused.hint(), HasSubstr("verbs: [get, create, patch]"));
}

TEST_F(place, in_a_namespace_that_is_missing_says_how_to_make_it) {
  // Nobody may do anything in a namespace that isn't there but by a right in all of them.
  given_rights_everywhere();
  const auto refused = failure_of([&] {
    (void)open({"nowhere", "env"})->write({{"A", secret{"1"}}}, "cafe-erp/cafe", "");
  });
  EXPECT_EQ(refused.code(), exit_code::failed);
  EXPECT_STREQ(refused.what(), "could not write Kubernetes Secret nowhere/env: there is no namespace \"nowhere\"");
  EXPECT_EQ(refused.hint(), "Correct the name in the manifest, or run: kubectl create namespace nowhere");
}

TEST_F(place, in_a_namespace_that_is_being_deleted_says_so) {
  given_rights_everywhere();
  ask("POST", "/api/v1/namespaces",
      {{"apiVersion", "v1"},
       {"kind", "Namespace"},
       {"metadata", {{"name", "going"}, {"finalizers", {"innkeeper.dev/test"}}}}});
  ask("DELETE", "/api/v1/namespaces/going");
  const auto refused = failure_of([&] {
    (void)open({"going", "env"})->write({{"A", secret{"1"}}}, "cafe-erp/cafe", "");
  });
  EXPECT_STREQ(refused.what(), "could not write Kubernetes Secret going/env: namespace \"going\" is being deleted");
}

TEST_F(place, that_is_immutable_says_what_that_takes) {
  given_rights_on({cafe_secret});
  auto here = cafe();
  ASSERT_TRUE(write(*here, {{"A", secret{"1"}}}));
  ask("PATCH", "/api/v1/namespaces/cafe/secrets/cafe-backend-env", {{"immutable", true}},
      "application/merge-patch+json");
  EXPECT_TRUE(write(*here, {{"A", secret{"1"}}})) << "what is right already needs no change";
  const auto refused = failure_of([&] { (void)write(*here, {{"A", secret{"2"}}}); });
  EXPECT_EQ(refused.code(), exit_code::failed);
  EXPECT_STREQ(refused.what(), "could not write Kubernetes Secret cafe/cafe-backend-env: it says `immutable: true`");
  EXPECT_THAT(refused.hint(), HasSubstr("kubectl delete"));
}

TEST_F(place, of_an_unknown_client_says_whose_credentials_were_refused) {
  given_namespace("cafe");
  auto settings = settings_of("administrator");
  settings.token = secret{"not a token"};
  settings.from = "context \"old\" of /home/ann/.kube/config";
  k8s::api_client stranger{settings, without_waiting()};
  const auto entry = k8s::kubernetes_place(stranger, {cafe_secret, {}, {}})->read();
  EXPECT_EQ(entry.state, stored_state::unreadable);
  EXPECT_THAT(entry.problem, AllOf(HasSubstr("the API server doesn't know who asks"),
                                   HasSubstr("context \"old\" of /home/ann"), HasSubstr("KUBE_CONFIG")));
}

TEST_F(place, that_another_tool_keeps_is_read_and_never_written) {
  given_rights_on({{"cafe", "external"}, {"cafe", "sealed"}, {"cafe", "vault"}, {"cafe", "helm"}});
  const auto make = [&](const std::string& name, json metadata) {
    metadata["name"] = name;
    ask("POST", "/api/v1/namespaces/cafe/secrets",
        {{"apiVersion", "v1"},
         {"kind", "Secret"},
         {"metadata", std::move(metadata)},
         {"stringData", {{"DATABASE_URL", cafe_url}}}});
  };
  const auto owned_by = [](const std::string& version, const std::string& kind) {
    return json{
        {"ownerReferences",
         json::array({json{
             {"apiVersion", version}, {"kind", kind}, {"name", "cafe-db"}, {"uid", "1-2-3"}, {"controller", true}}})}};
  };
  make("external", owned_by("external-secrets.io/v1beta1", "ExternalSecret"));
  make("sealed", owned_by("bitnami.com/v1alpha1", "SealedSecret"));
  make("vault", owned_by("secrets.hashicorp.com/v1beta1", "VaultStaticSecret"));
  make("helm", {{"labels", {{"app.kubernetes.io/managed-by", "Helm"}}}});
  const std::map<std::string, std::string> keepers{
      {"external", "External Secrets (ExternalSecret \"cafe-db\")"},
      {"sealed", "Sealed Secrets (SealedSecret \"cafe-db\")"},
      {"vault", "the Vault Secrets Operator (VaultStaticSecret \"cafe-db\")"},
      {"helm", "Helm"}};
  for (const auto& [name, keeper] : keepers) {
    auto here = open({"cafe", name});
    const auto entry = here->read();
    EXPECT_EQ(entry.kept_by, keeper);
    EXPECT_EQ(value_of(entry, "DATABASE_URL"), cafe_url);
    const auto refused = failure_of([&] { (void)write(*here, {{"DATABASE_URL", secret{"ours"}}}); });
    EXPECT_EQ(refused.what(),
              fmt::format("kubernetes cafe/{} is kept by {}, which would undo what is written there", name, keeper));
    EXPECT_THAT(refused.hint(), HasSubstr("managed_by: external"));
    EXPECT_EQ(here->read(), entry);
  }
}

TEST_F(place, declared_external_is_not_even_asked_when_a_bug_would_write_it) {
  const auto refused = failure_of([&] {
    (void)cafe({.is_external = true})->write({{"A", secret{"1"}}}, "cafe-erp/cafe", "");
  });
  EXPECT_EQ(refused.code(), exit_code::our_bug);
  EXPECT_EQ(requests(), 0);
}

TEST_F(place, is_all_that_the_rendered_rights_reach) {
  given_rights_on({cafe_secret});
  ASSERT_TRUE(write(*cafe(), {{"A", secret{"1"}}}));
  const auto status_of = [&](const std::string& method, const std::string& path, const json& body = nullptr,
                             const std::string& type = "") {
    return innkeeper().ask({method, path, type, secret{body.is_null() ? "" : body.dump()}}, {}).status;
  };
  const json another{{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", "another"}}}};
  EXPECT_EQ(status_of("GET", "/api/v1/namespaces/cafe/secrets"), 403);
  EXPECT_EQ(status_of("GET", "/api/v1/namespaces/cafe/secrets/another"), 403);
  EXPECT_EQ(status_of("POST", "/api/v1/namespaces/cafe/secrets", another, "application/json"), 403);
  EXPECT_EQ(status_of("PATCH", "/api/v1/namespaces/cafe/secrets/another?fieldManager=innkeeper", another,
                      "application/apply-patch+yaml"),
            403);
  EXPECT_EQ(status_of("DELETE", "/api/v1/namespaces/cafe/secrets/cafe-backend-env"), 403);
  EXPECT_EQ(status_of("GET", "/api/v1/namespaces/infra/secrets/cafe-backend-env"), 403);
  EXPECT_EQ(status_of("GET", "/api/v1/namespaces"), 403);
}

}  // namespace
}  // namespace innkeeper::test
