#include "k8s/api_client.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <random>
#include <thread>

namespace innkeeper::k8s {
namespace {

using steady = std::chrono::steady_clock;

double chance() {
  static thread_local std::mt19937 source{std::random_device{}()};
  return std::uniform_real_distribution<>{0, 1}(source);
}

attempt_end end_of(transport_problem problem) {
  switch (problem) {
    case transport_problem::unreachable:
      return attempt_end::unreachable;
    case transport_problem::lost:
      return attempt_end::lost;
    case transport_problem::untrusted:
    case transport_problem::unusable:
      return attempt_end::refused;
  }
  return attempt_end::refused;
}

std::string hint_for(transport_problem problem) {
  switch (problem) {
    case transport_problem::unreachable:
      return "Is the cluster running, and does KUBE_CONFIG or KUBECONFIG name the right one? kubectl version asks the "
             "same server.";
    case transport_problem::untrusted:
      return "Correct certificate-authority-data, or, where the server is reached by a name or address that its "
             "certificate doesn't have, tls-server-name.";
    case transport_problem::unusable:
      return "Correct the kubeconfig: kubectl config view shows it.";
    case transport_problem::lost:
      return "Run it again; what is done already stays done.";
  }
  return {};
}

exec::error no_answer(const transport_error& failed, const cluster_settings& settings, const request_purpose& purpose,
                      int tries) {
  const bool is_ours =
      failed.problem() == transport_problem::unusable || failed.problem() == transport_problem::untrusted;
  const auto attempts = tries > 1 ? fmt::format(" after {} attempts", tries) : std::string{};
  return {is_ours ? exit_code::invalid : exit_code::unavailable,
          fmt::format("could not {}: no answer from {}{}", purpose.doing, settings.server, attempts),
          fmt::format("{}; {}", failed.what(), settings.from), hint_for(failed.problem())};
}

}  // namespace

api_client::api_client(cluster_settings settings, api_options options)
    : settings_{std::move(settings)}, options_{std::move(options)}, https_{settings_} {}

secret api_client::current_token() const {
  if (settings_.token_file.empty()) return settings_.token;
  std::ifstream file{settings_.token_file, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (!file || text.empty())
    throw exec::error{exit_code::invalid,
                      fmt::format("could not read the token in \"{}\"", settings_.token_file.string()),
                      {},
                      fmt::format("It is the token of {}.", settings_.from)};
  return secret{std::move(text)};
}

// One that nobody reaches is not waited for again and again, by every service of an estate.
std::optional<transport_error> api_client::known_silent() {
  const std::lock_guard lock{guard_};
  return silent_;
}

void api_client::note_silence(const transport_error& failed) {
  if (failed.problem() != transport_problem::unreachable) return;
  const std::lock_guard lock{guard_};
  silent_ = failed;
}

api_answer api_client::ask(const api_request& request, const request_purpose& purpose) {
  if (const auto silent = known_silent()) throw no_answer(*silent, settings_, purpose, 1);
  const auto start = steady::now();
  const auto left = [&] {
    return options_.retries.deadline - std::chrono::floor<std::chrono::milliseconds>(steady::now() - start);
  };
  bool may_be_done = false;
  for (int tries = 1;; ++tries) {
    attempt_end met = attempt_end::answered;
    std::optional<std::chrono::seconds> retry_after;
    std::optional<api_answer> answer;
    std::optional<transport_error> failed;
    try {
      const auto got = https_.send({.method = request.method,
                                    .path = request.path,
                                    .content_type = request.content_type,
                                    .body = request.body,
                                    .token = current_token(),
                                    .timeout = std::max(left(), std::chrono::milliseconds{1000})});
      answer = api_answer{got.status, nlohmann::json::parse(got.body.expose(), nullptr, false), may_be_done};
      if (answer->body.is_discarded()) answer->body = nullptr;
      met = judge_status(got.status);
      retry_after = got.retry_after;
    } catch (const transport_error& thrown) {
      failed = thrown;
      met = end_of(thrown.problem());
    }
    may_be_done = may_be_done || met == attempt_end::lost || met == attempt_end::failing;
    const auto elapsed = options_.retries.deadline - left();
    const auto next =
        decide(options_.retries, met, tries, elapsed, retry_after, options_.jitter ? options_.jitter() : chance());
    if (next.is_over && answer) return std::move(*answer);
    if (next.is_over) {
      note_silence(*failed);
      throw no_answer(*failed, settings_, purpose, tries);
    }
    if (options_.sleep) {
      options_.sleep(next.delay);
    } else {
      std::this_thread::sleep_for(next.delay);
    }
  }
}

}  // namespace innkeeper::k8s
