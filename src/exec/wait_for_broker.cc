#include "exec/wait_for_broker.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "exec/descriptor.h"
#include "exec/error.h"
#include "exec/tcp.h"
#include "exec/wait_steps.h"

namespace innkeeper::exec {
namespace {

// The greetings are so short that a fresh connection's buffer takes them whole.
void greet(int socket, broker_kind kind) {
  const auto bytes = greeting_for(kind);
  if (send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) {
    throw unreached{.met = obstacle::lost, .text = std::strerror(errno)};
  }
}

void read_answer(int socket, broker_kind kind, tcp_deadline deadline) {
  std::string bytes;
  std::array<char, 512> buffer{};
  for (;;) {
    await_socket(socket, POLLIN, deadline);
    const auto count = recv(socket, buffer.data(), buffer.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count < 0) throw unreached{.met = obstacle::lost, .text = std::strerror(errno)};
    if (count == 0) throw unreached{.met = obstacle::lost, .text = "it closed the connection without an answer"};
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
    auto answer = judge_answer(kind, bytes);
    if (!answer.is_whole) continue;
    if (answer.met) throw unreached{.met = *answer.met, .text = std::move(answer.text)};
    return;
  }
}

void try_once(const broker_address& target, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  descriptor socket;
  connect_tcp(target.host, target.port, socket, deadline);
  if (target.is_tls) return;
  greet(socket.get(), target.kind);
  read_answer(socket.get(), target.kind, deadline);
}

[[noreturn]] void give_up(const broker_address& target, const unreached& failed, int attempts) {
  const auto tries = attempts > 1 ? fmt::format(" after {} attempts", attempts) : std::string{};
  throw error{exit_code_of(failed.met), fmt::format("{} {}{}", to_string(target), to_string(failed.met), tries),
              failed.text, hint_for(failed.met, target)};
}

}  // namespace

void wait_for_broker(const broker_address& target, const broker_wait& options, const event_sink& tell) {
  const std::string name{to_string(target.kind)};
  const wait_rules rules{.limits = options.limits, .who = waiter::service};
  const auto start = std::chrono::steady_clock::now();
  wait_state state;
  for (;;) {
    tell_attempt(tell, name, state.attempts + 1);
    try {
      try_once(target, options.limits.timeout);
      const auto* unasked = target.is_tls ? " takes connections (TLS: nothing was asked)" : "";
      return tell_reached(tell, name, to_string(target) + unasked, start);
    } catch (const unreached& failed) {
      const auto next = advance(state, rules, failed.met, chance(options.jitter));
      if (next.is_over) give_up(target, failed, state.attempts);
      if (next.is_news && tell) {
        tell({.kind = event_kind::waiting,
              .server = name,
              .text = fmt::format("{} {}: {}; waiting", to_string(target), to_string(failed.met), failed.text)});
      }
      pause(options.sleep, next.delay);
    }
  }
}

}  // namespace innkeeper::exec
