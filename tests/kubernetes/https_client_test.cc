#include "k8s/https_client.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>

#include "tests/kubernetes/https_server.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {
namespace {

using k8s::https_client;
using k8s::transport_problem;
using testing::HasSubstr;

wire_answer hello(const wire_request& request) {
  return {.body = request.method + " " + request.target + " " + request.body + " " + request.token};
}

k8s::transport_error failure_of(const k8s::cluster_settings& settings,
                                const k8s::http_request& request = {.path = "/"}) {
  try {
    https_client client{settings};
    (void)client.send(request);
  } catch (const k8s::transport_error& failed) {
    return failed;
  }
  ADD_FAILURE() << "it went through";
  return {transport_problem::unusable, ""};
}

TEST(https_client, sends_what_it_is_given_over_one_connection) {
  const https_server server{hello};
  https_client client{server.settings()};
  EXPECT_EQ(client.send({.path = "/a?b=c"}).body.expose(), "GET /a?b=c  ");
  EXPECT_EQ(client
                .send({.method = "PATCH",
                       .path = "/p",
                       .content_type = "application/json",
                       .body = secret{"{}"},
                       .token = secret{"t"}})
                .body.expose(),
            "PATCH /p {} t");
  EXPECT_EQ(client.send({.method = "DELETE", .path = "/d"}).body.expose(), "DELETE /d  ")
      << "nothing of the last request is left";
  EXPECT_EQ(client.send({.path = "/g"}).body.expose(), "GET /g  ");
}

TEST(https_client, reads_status_and_retry_after) {
  const https_server server{[](const auto&) {
    return wire_answer{.status = 429, .body = "x", .headers = {{"Retry-After", "7"}}};
  }};
  https_client client{server.settings()};
  const auto answer = client.send({.path = "/"});
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.retry_after, std::chrono::seconds{7});
}

TEST(https_client, follows_no_redirection) {
  const https_server server{[](const auto&) {
    return wire_answer{.status = 302, .headers = {{"Location", "/elsewhere"}}};
  }};
  https_client client{server.settings()};
  EXPECT_EQ(client.send({.path = "/", .token = secret{"t"}}).status, 302);
}

TEST(https_client, trusts_the_named_authority_and_nobody_else) {
  const https_server server{hello};
  auto settings = server.settings();
  settings.authority = content_of(test_certificates() / "stranger.crt");
  EXPECT_EQ(failure_of(settings).problem(), transport_problem::untrusted);
  settings.authority.clear();
  EXPECT_EQ(failure_of(settings).problem(), transport_problem::untrusted) << "the system's authorities don't know it";
  settings.is_verified = false;
  EXPECT_EQ(https_client{settings}.send({.path = "/"}).status, 200);
  settings = server.settings();
  settings.authority = "no certificate at all";
  EXPECT_NE(failure_of(settings).problem(), transport_problem::lost);
}

TEST(https_client, compares_the_certificates_names_and_addresses) {
  const https_server server{hello};
  auto settings = server.settings();
  settings.server = fmt::format("https://localhost:{}", server.port());
  EXPECT_EQ(failure_of(settings).problem(), transport_problem::untrusted);
  settings.server_name = "kubernetes.default.svc";
  EXPECT_EQ(https_client{settings}.send({.path = "/x"}).body.expose(), "GET /x  ");
  settings.server_name = "kubernetes.default.svc.evil";
  EXPECT_EQ(failure_of(settings).problem(), transport_problem::untrusted);
}

TEST(https_client, shows_its_own_certificate_out_of_memory) {
  const https_server server{hello, true};
  auto settings = server.settings();
  EXPECT_NE(failure_of(settings).problem(), transport_problem::unreachable);
  settings.certificate = content_of(test_certificates() / "client.crt");
  settings.key = secret{content_of(test_certificates() / "client.key")};
  EXPECT_EQ(https_client{settings}.send({.path = "/"}).status, 200);
  settings.key = secret{content_of(test_certificates() / "stranger.key")};
  const auto failed = failure_of(settings);
  EXPECT_EQ(failed.problem(), transport_problem::unusable);
  EXPECT_EQ(std::string{failed.what()}.find("PRIVATE KEY"), std::string::npos);
}

TEST(https_client, tells_a_server_that_is_not_there_from_one_that_breaks_off) {
  EXPECT_EQ(failure_of({.server = fmt::format("https://127.0.0.1:{}", free_port())}).problem(),
            transport_problem::unreachable);
  EXPECT_EQ(failure_of({.server = "https://no-such-host.invalid"}).problem(), transport_problem::unreachable);
  EXPECT_EQ(failure_of({.server = "https://[nonsense"}).problem(), transport_problem::unusable);
  const https_server cutting{[](const auto&) { return wire_answer{.body = std::string(1000, 'x'), .is_cut = true}; }};
  EXPECT_EQ(failure_of(cutting.settings()).problem(), transport_problem::lost);
}

TEST(https_client, gives_up_in_time_on_one_that_says_nothing) {
  std::latch end{1};
  const https_server silent{[&](const auto&) {
    end.wait();
    return wire_answer{};
  }};
  const auto failed = failure_of(silent.settings(), {.path = "/", .timeout = std::chrono::milliseconds{200}});
  end.count_down();
  EXPECT_EQ(failed.problem(), transport_problem::lost) << failed.what();
}

TEST(https_client, goes_on_after_a_failure) {
  int requests = 0;
  const https_server server{
      [&](const auto&) { return wire_answer{.body = std::string(1000, 'x'), .is_cut = ++requests == 1}; }};
  https_client client{server.settings()};
  EXPECT_THROW((void)client.send({.path = "/"}), k8s::transport_error);
  EXPECT_EQ(client.send({.path = "/"}).body.expose().size(), 1000U);
}

}  // namespace
}  // namespace innkeeper::test
