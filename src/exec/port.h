#pragma once
// TCP ports of this machine's loopback.
#include <string>

namespace innkeeper::exec {

[[nodiscard]] bool is_port_free(int port);

// A free one below those that the kernel hands out for outgoing connections, beginning at a place that depends on
// `seed`: estates that are down keep their ports, as a rule. Throws exec::error where none is free.
[[nodiscard]] int choose_port(std::size_t seed);

// Who listens there, as far as this user may know: "postgres (process 4711)", "a process of OS user joe", or "".
[[nodiscard]] std::string listener_on(int port);

}  // namespace innkeeper::exec
