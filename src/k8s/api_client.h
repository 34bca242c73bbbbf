#pragma once
// Asks an API server, again where that may help, and reads its answers. May be used by several threads at once.
#include <chrono>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "k8s/https_client.h"
#include "k8s/refusal.h"
#include "k8s/retry.h"

namespace innkeeper::k8s {

struct api_options {
  retry_rules retries;
  std::function<void(std::chrono::milliseconds)> sleep;  // empty: really
  std::function<double()> jitter;                        // in [0, 1); empty: by chance
};

struct api_request {
  std::string method = "GET";
  std::string path;
  std::string content_type;
  secret body;
};

struct api_answer {
  int status = 0;
  nlohmann::json body;        // null where the answer is no JSON
  bool was_repeated = false;  // an earlier attempt may have been done, though its answer was lost

  [[nodiscard]] bool is_good() const { return status >= 200 && status < 300; }
};

class api_client {
 public:
  explicit api_client(cluster_settings settings, api_options options = {});

  // Answers of every status but those that were worth another try to the end. Throws exec::error (69, or 65 where the
  // settings are wrong) where there is none.
  [[nodiscard]] api_answer ask(const api_request& request, const request_purpose& purpose);

  [[nodiscard]] const cluster_settings& settings() const { return settings_; }

 private:
  [[nodiscard]] secret current_token() const;
  [[nodiscard]] std::optional<transport_error> known_silent();
  void note_silence(const transport_error& failed);

  const cluster_settings settings_;
  const api_options options_;
  https_client https_;
  std::mutex guard_;
  std::optional<transport_error> silent_;
};

}  // namespace innkeeper::k8s
