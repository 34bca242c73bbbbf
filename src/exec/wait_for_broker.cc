#include "exec/wait_for_broker.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "exec/descriptor.h"
#include "exec/error.h"
#include "exec/wait_steps.h"

namespace innkeeper::exec {
namespace {

using steady = std::chrono::steady_clock;

// Why an attempt ended.
struct unreached {
  obstacle met = obstacle::absent;
  std::string text;
};

using address_list = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

address_list resolve(const broker_address& target) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int problem = getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &wanted, &found);
  if (problem == EAI_SYSTEM) throw unreached{.text = std::strerror(errno)};
  if (problem != 0) throw unreached{.text = gai_strerror(problem)};
  return {found, freeaddrinfo};
}

void await(int socket, short what, steady::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady::now()).count();
  pollfd one{socket, what, 0};
  const int ready = left <= 0 ? 0 : poll(&one, 1, static_cast<int>(left));
  if (ready == 0) throw unreached{.text = "no answer in time"};
  if (ready < 0 && errno != EINTR) throw unreached{.met = obstacle::lost, .text = std::strerror(errno)};
}

void connect_to(const addrinfo& address, descriptor& into, steady::time_point deadline) {
  into.open(socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
  if (into.get() < 0) throw unreached{.text = std::strerror(errno)};
  if (connect(into.get(), address.ai_addr, address.ai_addrlen) == 0) return;
  if (errno != EINPROGRESS) throw unreached{.text = std::strerror(errno)};
  await(into.get(), POLLOUT, deadline);
  int problem = 0;
  socklen_t size = sizeof problem;
  getsockopt(into.get(), SOL_SOCKET, SO_ERROR, &problem, &size);
  if (problem != 0) throw unreached{.text = std::strerror(problem)};
}

// The last address's problem stands for all.
void connect_to_any(const broker_address& target, descriptor& into, steady::time_point deadline) {
  const auto addresses = resolve(target);
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    try {
      return connect_to(*one, into, deadline);
    } catch (const unreached&) {
      if (one->ai_next == nullptr) throw;
    }
  }
}

// The greetings are so short that a fresh connection's buffer takes them whole.
void greet(int socket, broker_kind kind) {
  const auto bytes = greeting_for(kind);
  if (send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) {
    throw unreached{.met = obstacle::lost, .text = std::strerror(errno)};
  }
}

void read_answer(int socket, broker_kind kind, steady::time_point deadline) {
  std::string bytes;
  std::array<char, 512> buffer{};
  for (;;) {
    await(socket, POLLIN, deadline);
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
  const auto deadline = steady::now() + timeout;
  descriptor socket;
  connect_to_any(target, socket, deadline);
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
  const auto start = steady::now();
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
