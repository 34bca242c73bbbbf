#pragma once
// Tests that talk to a Kubernetes API server. By default they replay what one answered when the test was recorded
// (recorded/TEST.json): every request has to be the next one of the recording. With
// INNKEEPER_TEST_KUBERNETES=live a real one is started (tests/support/kube-apiserver), everything goes on to it, and
// what it answers has to be what was recorded, but for versions, times and identities; ACCEPT=1 then writes the
// recordings anew, and fails.
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "k8s/api_client.h"
#include "k8s/rbac.h"
#include "tests/kubernetes/https_server.h"

namespace innkeeper::test {

[[nodiscard]] bool is_live();

// The real one, started by its first user, with an administrator who has a client certificate.
[[nodiscard]] const k8s::cluster_settings& live_administrator();

// Of live runs, and in no recording: by the administrator, an object or what one says; a service account's token, made
// with its namespace.
nlohmann::json ask_live(const std::string& method, const std::string& path, const std::string& content_type = "",
                        const nlohmann::json& body = nullptr);
void make_live(const nlohmann::json& object);
[[nodiscard]] std::string live_token(const exec::kubernetes_name& account);
void sweep_live();

// Waits for nothing, and always by the same chance.
[[nodiscard]] k8s::api_options without_waiting();

class kubernetes_lab : public testing::Test {
 protected:
  kubernetes_lab();
  ~kubernetes_lab() override;

  // Objects that have to be there before the test: made in a live run, and nobody else notices.
  void given(const nlohmann::json& object);
  void given_namespace(const std::string& name);
  // With these rights, by the very objects that `innkeeper render rbac` prints.
  void given_rights(const k8s::needed_rights& rights);
  void given_rights_everywhere();  // on all Secrets, for what happens where no Role can be

  // Through the recorder, as the service account infra/innkeeper; as somebody who may do everything; as nobody.
  [[nodiscard]] k8s::api_client& innkeeper() { return *innkeeper_; }
  [[nodiscard]] k8s::api_client& administrator() { return *administrator_; }
  [[nodiscard]] k8s::cluster_settings settings_of(const std::string& account);

  // By the administrator, recorded; throws where the answer is no good one.
  nlohmann::json ask(const std::string& method, const std::string& path, const nlohmann::json& body = nullptr,
                     const std::string& content_type = "application/json");
  nlohmann::json secret_there(const std::string& name_space, const std::string& name);
  // As another tool would: server-side apply with force, by its field manager.
  void apply_as(const std::string& manager, const std::string& name_space, const std::string& name,
                const std::map<std::string, std::string>& data);

  // Called with the next request of this kind before it is answered; once.
  void before_next(const std::string& method, std::function<void()> work);
  // The next request of this kind is done, and its answer never arrives whole; once.
  void lose_next_answer(const std::string& method) { losing_ = method; }
  // The next requests of this kind get these answers, and nobody else sees them.
  void answer_next(const std::string& method, std::deque<wire_answer> answers);

  [[nodiscard]] int requests() const { return requests_; }

 private:
  wire_answer answer(const wire_request& request);
  wire_answer forward(const wire_request& request);
  wire_answer replay(const wire_request& request);
  std::string token_of(const std::string& account);
  std::string account_of(const std::string& token);
  void finish();

  std::mutex guard_;
  std::string name_;
  std::map<std::string, std::string> tokens_;  // by account
  nlohmann::json recorded_ = nlohmann::json::array();
  nlohmann::json seen_ = nlohmann::json::array();
  std::size_t next_ = 0;
  std::vector<std::string> problems_;
  std::map<std::string, std::function<void()>> before_;
  std::map<std::string, std::deque<wire_answer>> instead_;
  std::string losing_;
  std::atomic<int> requests_ = 0;
  std::unique_ptr<k8s::https_client> server_;  // the live one's
  std::unique_ptr<https_server> recorder_;
  std::unique_ptr<k8s::api_client> innkeeper_;
  std::unique_ptr<k8s::api_client> administrator_;
};

}  // namespace innkeeper::test
