#include "services/checkout/server/metrics_page.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace checkout {
namespace {

constexpr timeval patience{.tv_sec = 2, .tv_usec = 0};  // with a client that says nothing
constexpr int poll_ms = 200;
constexpr std::size_t longest_request = 8192;

int listen_on(int port) {
  const int listener = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) throw std::runtime_error{std::string{"no socket: "} + std::strerror(errno)};
  const int on = 1;
  const int off = 0;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_any;
  address.sin6_port = htons(static_cast<std::uint16_t>(port));
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, 8) != 0) {
    const std::string why{std::strerror(errno)};
    ::close(listener);
    throw std::runtime_error{"failed to listen for metrics on port " + std::to_string(port) + ": " + why};
  }
  return listener;
}

std::string response(std::string_view status, std::string_view type, const std::string& body) {
  return "HTTP/1.1 " + std::string{status} + "\r\nContent-Type: " + std::string{type} +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace

metrics_page::metrics_page(int port, std::function<std::string()> page)
    : page_{std::move(page)}, listener_{listen_on(port)}, thread_{[this] { run(); }} {}

metrics_page::~metrics_page() {
  is_stopping_ = true;
  thread_.join();
  ::close(listener_);
}

void metrics_page::run() {
  while (!is_stopping_) {
    pollfd ready{.fd = listener_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, poll_ms) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    answer(client);
    ::close(client);
  }
}

void metrics_page::answer(int client) const {
  std::string request;
  std::array<char, 1024> part{};
  while (request.find("\r\n\r\n") == std::string::npos && request.size() < longest_request) {
    const auto count = ::recv(client, part.data(), part.size(), 0);
    if (count <= 0) return;
    request.append(part.data(), static_cast<std::size_t>(count));
  }
  const bool is_ours = request.starts_with("GET /metrics ") || request.starts_with("GET /metrics?");
  const std::string all = is_ours ? response("200 OK", "text/plain; version=0.0.4", page_())
                                  : response("404 Not Found", "text/plain", "not found\n");
  for (std::size_t sent = 0; sent < all.size();) {
    const auto count = ::send(client, all.data() + sent, all.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace checkout
