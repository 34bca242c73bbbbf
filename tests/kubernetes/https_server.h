#pragma once
// An HTTPS server on 127.0.0.1 that answers as a test says; with certificates of its own, made once for the test
// binary.
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "k8s/settings.h"

namespace httplib {
class SSLServer;
}

namespace innkeeper::test {

struct wire_request {
  std::string method;
  std::string target;  // path and query
  std::string content_type;
  std::string body;
  std::string token;  // behind "Bearer "
};

struct wire_answer {
  int status = 200;
  std::string body;
  std::map<std::string, std::string> headers;
  bool is_cut = false;  // the connection ends in the middle of the body
};

using wire_handler = std::function<wire_answer(const wire_request& request)>;

// authority.crt signed server.crt, which names 127.0.0.1 and kubernetes.default.svc, and client.crt; each with its
// .key. stranger.crt is another authority.
[[nodiscard]] const std::filesystem::path& test_certificates();
[[nodiscard]] std::string content_of(const std::filesystem::path& file);

class https_server {
 public:
  // The handler is called by several threads.
  explicit https_server(wire_handler handler, bool wants_client_certificate = false);
  https_server(const https_server&) = delete;
  https_server& operator=(const https_server&) = delete;
  ~https_server();

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const;
  [[nodiscard]] k8s::cluster_settings settings() const;  // that reach it, with nobody's credentials

 private:
  std::unique_ptr<httplib::SSLServer> server_;
  int port_ = 0;
  std::jthread thread_;
};

}  // namespace innkeeper::test
