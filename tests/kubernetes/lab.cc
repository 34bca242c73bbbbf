#include "tests/kubernetes/lab.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

#include "core/base64.h"
#include "exec/environment.h"
#include "k8s/configuration.h"
#include "tests/support/child_program.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const exec::kubernetes_name account_of_innkeeper{"infra", "innkeeper"};

class live_server {
 public:
  live_server()
      : program_{{(fs::path{INNKEEPER_SOURCE_DIR} / "tests/support/kube-apiserver").string(), "run",
                  folder_.path().string()},
                 {{"PATH", std::getenv("PATH")}},
                 folder_.path(),
                 folder_.path() / "output"} {
    const bool is_ready = eventually([&] { return fs::exists(folder_.path() / "ready") || program_.has_ended(); }, 180);
    if (!is_ready || program_.has_ended()) throw std::runtime_error{content_of(folder_.path() / "output")};
    const auto kubeconfig = (folder_.path() / "kubeconfig").string();
    administrator = *k8s::find_cluster([&](std::string_view name) {
                       return name == "KUBECONFIG" ? std::optional{kubeconfig} : std::nullopt;
                     }).settings;
  }
  ~live_server() {
    ::kill(program_.pid(), SIGTERM);
    (void)program_.wait(30);
  }

  k8s::cluster_settings administrator;

 private:
  scratch_folder folder_;
  child_program program_;
};

json parsed(const std::string& text) {
  if (text.empty()) return nullptr;
  auto value = json::parse(text, nullptr, false);
  return value.is_discarded() ? json(text) : value;
}

// What differs from one run of a server to the next.
json without_chance(json value) {
  static const std::set<std::string> changing{
      "resourceVersion", "uid", "creationTimestamp", "deletionTimestamp", "time", "selfLink", "audit-id"};
  if (value.is_object()) {
    for (auto& [key, one] : value.items()) one = changing.contains(key) ? json("*") : without_chance(std::move(one));
    // A JSON patch names the version by its path.
    if (value.value("path", "") == "/metadata/resourceVersion") value["value"] = "*";
  } else if (value.is_array()) {
    for (auto& one : value) one = without_chance(std::move(one));
    // They are in the order of their times, and those are whole seconds.
    const bool are_managers = std::ranges::all_of(value, [](const json& one) { return one.contains("fieldsV1"); });
    if (are_managers) std::sort(value.begin(), value.end());
  }
  return value;
}

std::string collection_of(const json& object) {
  static const std::map<std::string, std::string> places{
      {"Namespace", "/api/v1/namespaces"},
      {"ServiceAccount", "/api/v1/namespaces/{}/serviceaccounts"},
      {"Secret", "/api/v1/namespaces/{}/secrets"},
      {"Deployment", "/apis/apps/v1/namespaces/{}/deployments"},
      {"Role", "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles"},
      {"RoleBinding", "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings"},
      {"ClusterRoleBinding", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"}};
  const auto& place = places.at(object.at("kind").get<std::string>());
  return fmt::format(fmt::runtime(place), object.at("metadata").value("namespace", ""));
}

json namespace_object(const std::string& name) {
  return {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
}

json account_object(const exec::kubernetes_name& account) {
  return {{"apiVersion", "v1"},
          {"kind", "ServiceAccount"},
          {"metadata", {{"name", account.name}, {"namespace", account.name_space}}}};
}

fs::path recording_of(const std::string& name) {
  return fs::path{INNKEEPER_SOURCE_DIR} / "tests/kubernetes/recorded" / (name + ".json");
}

}  // namespace

json ask_live(const std::string& method, const std::string& path, const std::string& content_type, const json& body) {
  static k8s::api_client client{live_administrator()};
  const auto answer = client.ask({method, path, content_type, secret{body.is_null() ? "" : body.dump()}},
                                 {.doing = method + " " + path});
  if (!answer.is_good()) throw std::runtime_error{fmt::format("{} {}: {}", method, path, answer.body.dump())};
  return answer.body;
}

void make_live(const json& object) {
  ask_live("PATCH",
           fmt::format("{}/{}?fieldManager=test&force=true", collection_of(object),
                       object.at("metadata").at("name").get<std::string>()),
           "application/apply-patch+yaml", object);
}

std::string live_token(const exec::kubernetes_name& account) {
  make_live(namespace_object(account.name_space));
  make_live(account_object(account));
  const json request{
      {"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}, {"spec", {{"expirationSeconds", 3600}}}};
  const auto answer =
      ask_live("POST", fmt::format("/api/v1/namespaces/{}/serviceaccounts/{}/token", account.name_space, account.name),
               "application/json", request);
  return answer.at("status").at("token");
}

// What earlier tests left in their namespaces, which themselves can't be removed where no controller runs.
void sweep_live() {
  const auto namespaces = ask_live("GET", "/api/v1/namespaces", "", nullptr);
  for (const auto& one : namespaces.at("items")) {
    const std::string name = one.at("metadata").at("name");
    if (name.starts_with("kube-") || name == "default") continue;
    for (const auto* kind : {"/api/v1/namespaces/{}/secrets", "/apis/apps/v1/namespaces/{}/deployments",
                             "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings",
                             "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles"})
      ask_live("DELETE", fmt::format(fmt::runtime(kind), name), "", nullptr);
  }
  ask_live("DELETE",
           "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?fieldSelector=metadata.name=test-everywhere", "",
           nullptr);
}

namespace {

std::string live_administrator_token() {
  static const std::string token = [] {
    const exec::kubernetes_name account{"kube-system", "test-administrator"};
    const auto made = live_token(account);
    make_live(
        {{"apiVersion", "rbac.authorization.k8s.io/v1"},
         {"kind", "ClusterRoleBinding"},
         {"metadata", {{"name", "test-administrator"}}},
         {"roleRef", {{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", "cluster-admin"}}},
         {"subjects",
          json::array({json{{"kind", "ServiceAccount"}, {"name", account.name}, {"namespace", account.name_space}}})}});
    return made;
  }();
  return token;
}

}  // namespace

bool is_live() {
  const char* mode = std::getenv("INNKEEPER_TEST_KUBERNETES");
  return mode != nullptr && std::string_view{mode} == "live";
}

const k8s::cluster_settings& live_administrator() {
  static const live_server server;
  return server.administrator;
}

k8s::api_options without_waiting() {
  return {.sleep = [](auto) {}, .jitter = [] { return 0.5; }};
}

kubernetes_lab::kubernetes_lab() : name_{testing::UnitTest::GetInstance()->current_test_info()->name()} {
  if (is_live()) {
    sweep_live();
    auto settings = live_administrator();
    settings.certificate.clear();
    settings.key = {};
    server_ = std::make_unique<k8s::https_client>(settings);
  }
  if (const auto text = content_of(recording_of(name_)); !text.empty()) recorded_ = json::parse(text);
  recorder_ = std::make_unique<https_server>([this](const wire_request& request) { return answer(request); });
  innkeeper_ = std::make_unique<k8s::api_client>(settings_of("infra/innkeeper"), without_waiting());
  administrator_ = std::make_unique<k8s::api_client>(settings_of("administrator"), without_waiting());
}

kubernetes_lab::~kubernetes_lab() {
  finish();
}

void kubernetes_lab::finish() {
  recorder_.reset();
  for (const auto& one : problems_) ADD_FAILURE() << one;
  if (!is_live()) {
    EXPECT_EQ(next_, recorded_.size()) << "not all of the recording was asked for";
    return;
  }
  if (without_chance(seen_) == without_chance(recorded_)) return;
  if (std::getenv("ACCEPT") == nullptr) {
    ADD_FAILURE()
        << "a real API server answers otherwise than was recorded; scripts/record-kubernetes records it anew\n"
        << json::diff(without_chance(recorded_), without_chance(seen_)).dump(1);
    return;
  }
  std::filesystem::create_directories(recording_of(name_).parent_path());
  std::ofstream{recording_of(name_)} << seen_.dump(1) << "\n";
  ADD_FAILURE() << "recorded anew: " << recording_of(name_);
}

void kubernetes_lab::given(const json& object) {
  if (is_live()) make_live(object);
}

void kubernetes_lab::given_namespace(const std::string& name) {
  given(namespace_object(name));
}

void kubernetes_lab::given_rights(const k8s::needed_rights& rights) {
  for (const auto& one : rights.secrets) given_namespace(one.secret_name.name_space);
  for (const auto& one : rights.workloads) given_namespace(one.name_space);
  for (const auto& one : k8s::rbac_objects(rights, {.service_account = account_of_innkeeper}))
    given(json::parse(one.dump()));
}

void kubernetes_lab::given_rights_everywhere() {
  given({{"apiVersion", "rbac.authorization.k8s.io/v1"},
         {"kind", "ClusterRoleBinding"},
         {"metadata", {{"name", "test-everywhere"}}},
         {"roleRef", {{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", "cluster-admin"}}},
         {"subjects", json::array({json{{"kind", "ServiceAccount"},
                                        {"name", account_of_innkeeper.name},
                                        {"namespace", account_of_innkeeper.name_space}}})}});
}

k8s::cluster_settings kubernetes_lab::settings_of(const std::string& account) {
  auto settings = recorder_->settings();
  settings.token = secret{token_of(account)};
  return settings;
}

std::string kubernetes_lab::token_of(const std::string& account) {
  std::string token = account;
  if (is_live() && account == "administrator") token = live_administrator_token();
  if (is_live() && account.find('/') != std::string::npos) token = live_token(exec::parse_kubernetes_name(account));
  const std::lock_guard lock{guard_};
  tokens_[account] = token;
  return token;
}

std::string kubernetes_lab::account_of(const std::string& token) {
  for (const auto& [account, one] : tokens_) {
    if (one == token) return account;
  }
  return "nobody";
}

json kubernetes_lab::ask(const std::string& method, const std::string& path, const json& body,
                         const std::string& content_type) {
  const bool has_body = !body.is_null();
  const auto got =
      administrator().ask({method, path, has_body ? content_type : "", secret{has_body ? body.dump() : ""}},
                          {.doing = method + " " + path});
  if (!got.is_good()) throw std::runtime_error{fmt::format("{} {}: {}", method, path, got.body.dump())};
  return got.body;
}

json kubernetes_lab::secret_there(const std::string& name_space, const std::string& name) {
  return ask("GET", fmt::format("/api/v1/namespaces/{}/secrets/{}", name_space, name));
}

void kubernetes_lab::apply_as(const std::string& manager, const std::string& name_space, const std::string& name,
                              const std::map<std::string, std::string>& data) {
  json object{{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", name}, {"namespace", name_space}}}};
  for (const auto& [key, value] : data) object["data"][key] = to_base64(value);
  ask("PATCH", fmt::format("/api/v1/namespaces/{}/secrets/{}?fieldManager={}&force=true", name_space, name, manager),
      object, "application/apply-patch+yaml");
}

void kubernetes_lab::before_next(const std::string& method, std::function<void()> work) {
  const std::lock_guard lock{guard_};
  before_[method] = std::move(work);
}

void kubernetes_lab::answer_next(const std::string& method, std::deque<wire_answer> answers) {
  const std::lock_guard lock{guard_};
  instead_[method] = std::move(answers);
}

wire_answer kubernetes_lab::answer(const wire_request& request) {
  ++requests_;
  std::function<void()> first;
  {
    const std::lock_guard lock{guard_};
    if (auto found = before_.extract(request.method)) first = std::move(found.mapped());
  }
  // It asks in its turn, so nothing may be held.
  if (first) first();
  const std::lock_guard lock{guard_};
  if (auto& answers = instead_[request.method]; !answers.empty()) {
    auto given = std::move(answers.front());
    answers.pop_front();
    return given;
  }
  auto got = is_live() ? forward(request) : replay(request);
  if (losing_ == request.method) {
    losing_.clear();
    got.is_cut = true;
  }
  return got;
}

wire_answer kubernetes_lab::forward(const wire_request& request) {
  const auto got = server_->send({.method = request.method,
                                  .path = request.target,
                                  .content_type = request.content_type,
                                  .body = secret{request.body},
                                  .token = secret{request.token}});
  seen_.push_back({{"as", account_of(request.token)},
                   {"method", request.method},
                   {"target", request.target},
                   {"content_type", request.content_type},
                   {"body", parsed(request.body)},
                   {"status", got.status},
                   {"answer", parsed(got.body.expose())}});
  return {.status = got.status, .body = got.body.expose()};
}

wire_answer kubernetes_lab::replay(const wire_request& request) {
  const json asked{{"as", account_of(request.token)},
                   {"method", request.method},
                   {"target", request.target},
                   {"content_type", request.content_type},
                   {"body", parsed(request.body)}};
  json expected = next_ < recorded_.size() ? recorded_.at(next_) : json::object();
  const int status = expected.value("status", 0);
  const json recorded_answer = expected.value("answer", json(nullptr));
  expected.erase("status");
  expected.erase("answer");
  if (asked != expected) {
    problems_.push_back(fmt::format("request {} is not the recorded one\nasked:    {}\nrecorded: {}", next_ + 1,
                                    asked.dump(), expected.dump()));
    return {.status = 400, .body = R"({"message": "this was not recorded"})"};
  }
  ++next_;
  return {.status = status, .body = recorded_answer.is_null() ? "" : recorded_answer.dump()};
}

}  // namespace innkeeper::test
