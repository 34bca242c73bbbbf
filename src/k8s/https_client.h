#pragma once
// One request, one answer, over TLS: the only place that includes curl. It holds one connection open and may be used by
// several threads, one at a time.
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>

#include "core/secret.h"
#include "k8s/settings.h"

namespace innkeeper::k8s {

struct http_request {
  std::string method = "GET";
  std::string path;          // with its query
  std::string content_type;  // empty: no body
  secret body;
  secret token;  // empty: no Authorization header
  std::chrono::milliseconds timeout{30000};
};

struct http_answer {
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
  secret body;
};

enum class transport_problem {
  unreachable,  // no such host, nobody listens, no connection in time
  untrusted,    // its certificate isn't what was expected, or ours isn't accepted
  lost,         // the connection ended, or time did, before the answer was whole: the server may have done it
  unusable      // the settings make no sense to the library: a key that is none, a URL that is none
};

class transport_error : public std::runtime_error {
 public:
  transport_error(transport_problem problem, const std::string& text) : std::runtime_error{text}, problem_{problem} {}
  [[nodiscard]] transport_problem problem() const { return problem_; }

 private:
  transport_problem problem_;
};

class https_client {
 public:
  explicit https_client(cluster_settings settings);
  https_client(const https_client&) = delete;
  https_client& operator=(const https_client&) = delete;
  ~https_client();

  [[nodiscard]] http_answer send(const http_request& request);  // throws transport_error

 private:
  struct connection;
  const cluster_settings settings_;
  std::mutex guard_;
  std::unique_ptr<connection> connection_;
};

}  // namespace innkeeper::k8s
