#include "exec/tcp.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace innkeeper::exec {
namespace {

using address_list = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

address_list resolve(const std::string& host, int port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int problem = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  if (problem == EAI_SYSTEM) throw unreached{.text = std::strerror(errno)};
  if (problem != 0) throw unreached{.text = gai_strerror(problem)};
  return {found, freeaddrinfo};
}

void connect_to(const addrinfo& address, descriptor& into, tcp_deadline deadline) {
  into.open(socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
  if (into.get() < 0) throw unreached{.text = std::strerror(errno)};
  if (connect(into.get(), address.ai_addr, address.ai_addrlen) == 0) return;
  if (errno != EINPROGRESS) throw unreached{.text = std::strerror(errno)};
  await_socket(into.get(), POLLOUT, deadline);
  int problem = 0;
  socklen_t size = sizeof problem;
  getsockopt(into.get(), SOL_SOCKET, SO_ERROR, &problem, &size);
  if (problem != 0) throw unreached{.text = std::strerror(problem)};
}

}  // namespace

void await_socket(int socket, short what, tcp_deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  pollfd one{socket, what, 0};
  const int ready = left <= 0 ? 0 : poll(&one, 1, static_cast<int>(left));
  if (ready == 0) throw unreached{.text = "no answer in time"};
  if (ready < 0 && errno != EINTR) throw unreached{.met = obstacle::lost, .text = std::strerror(errno)};
}

void connect_tcp(const std::string& host, int port, descriptor& into, tcp_deadline deadline) {
  const auto addresses = resolve(host, port);
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    try {
      return connect_to(*one, into, deadline);
    } catch (const unreached&) {
      if (one->ai_next == nullptr) throw;
    }
  }
}

}  // namespace innkeeper::exec
