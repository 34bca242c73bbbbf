#include "tests/kubernetes/https_server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* make_certificates = R"(
set -e
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" -keyout $1.key -out $1.crt
}
certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout $1.key -out $1.csr
  echo "$2" >$1.ext
  openssl x509 -req -in $1.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 2 -extfile $1.ext -out $1.crt
}
{
  authority authority
  authority stranger
  certificate server subjectAltName=DNS:kubernetes.default.svc,IP:127.0.0.1
  certificate client extendedKeyUsage=clientAuth
} >log 2>&1
)";

wire_request to_wire(const httplib::Request& request) {
  static constexpr std::string_view bearer = "Bearer ";
  wire_request one{request.method, request.target, request.get_header_value("Content-Type"), request.body, {}};
  const auto authorization = request.get_header_value("Authorization");
  if (authorization.starts_with(bearer)) one.token = authorization.substr(bearer.size());
  return one;
}

void answer_with(wire_answer answer, httplib::Response& response) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  if (!answer.is_cut) return response.set_content(answer.body, "application/json");
  const auto length = answer.body.size();
  response.set_content_provider(length, "application/json",
                                [body = std::move(answer.body)](std::size_t, std::size_t, httplib::DataSink& sink) {
                                  sink.write(body.data(), body.size() / 2);
                                  return false;
                                });
}

}  // namespace

const fs::path& test_certificates() {
  static const scratch_folder folder;
  static const fs::path made = [] {
    const auto script = folder.path() / "make";
    std::ofstream{script} << "cd '" << folder.path().string() << "'\n" << make_certificates;
    if (std::system(fmt::format("sh '{}'", script.string()).c_str()) != 0)
      throw std::runtime_error{"no certificates: " + content_of(folder.path() / "log")};
    return folder.path();
  }();
  return made;
}

std::string content_of(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

https_server::https_server(wire_handler handler, bool wants_client_certificate) {
  const auto& in = test_certificates();
  const auto authority = (in / "authority.crt").string();
  server_ = std::make_unique<httplib::SSLServer>((in / "server.crt").c_str(), (in / "server.key").c_str(),
                                                 wants_client_certificate ? authority.c_str() : nullptr);
  const auto handle = [handler = std::move(handler)](const httplib::Request& request, httplib::Response& response) {
    answer_with(handler(to_wire(request)), response);
  };
  server_->Get(".*", handle);
  server_->Post(".*", handle);
  server_->Put(".*", handle);
  server_->Patch(".*", handle);
  server_->Delete(".*", handle);
  server_->set_keep_alive_timeout(2);
  port_ = server_->bind_to_any_port("127.0.0.1");
  if (port_ <= 0) throw std::runtime_error{"no free port on 127.0.0.1"};
  thread_ = std::jthread{[this] { server_->listen_after_bind(); }};
  while (!server_->is_running()) std::this_thread::yield();
}

https_server::~https_server() {
  server_->stop();
}

std::string https_server::url() const {
  return fmt::format("https://127.0.0.1:{}", port_);
}

k8s::cluster_settings https_server::settings() const {
  return {.from = "the test", .server = url(), .authority = content_of(test_certificates() / "authority.crt")};
}

}  // namespace innkeeper::test
