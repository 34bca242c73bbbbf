#pragma once
// TCP connections that don't block for longer than they may.
#include <chrono>
#include <string>

#include "core/wait.h"
#include "exec/descriptor.h"

namespace innkeeper::exec {

using tcp_deadline = std::chrono::steady_clock::time_point;

// Why there is no connection, or none any more. Thrown, and caught by who knows whom it was about.
struct unreached {
  obstacle met = obstacle::absent;
  std::string text;
};

// To the first of the name's addresses that takes it; the last one's problem stands for all. The socket stays
// non-blocking.
void connect_tcp(const std::string& host, int port, descriptor& into, tcp_deadline deadline);

// Until it can be read (POLLIN) or written (POLLOUT).
void await_socket(int socket, short what, tcp_deadline deadline);

}  // namespace innkeeper::exec
