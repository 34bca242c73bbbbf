#include "tests/support/fault_proxy.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace innkeeper::test {
namespace {

constexpr std::uint32_t ssl_request = 80877103;
constexpr std::uint32_t gss_request = 80877104;
constexpr std::uint32_t cancel_request = 80877102;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// Splits a stream: takes bytes, gives whole messages.
class message_stream {
 public:
  explicit message_stream(bool begins_untyped) : untyped_{begins_untyped} {}
  void add(std::string_view bytes) { waiting_ += bytes; }
  void typed_from_now_on() { untyped_ = false; }
  [[nodiscard]] bool is_untyped() const { return untyped_; }

  std::optional<std::string> next() {
    const std::size_t header = untyped_ ? 0 : 1;
    if (waiting_.size() < header + 4) return std::nullopt;
    const std::size_t size = header + number_at(waiting_, header);
    if (waiting_.size() < size) return std::nullopt;
    std::string one = waiting_.substr(0, size);
    waiting_.erase(0, size);
    return one;
  }

 private:
  bool untyped_;
  std::string waiting_;
};

class socket_handle {
 public:
  explicit socket_handle(int value) : value_{value} {}
  socket_handle(const socket_handle&) = delete;
  socket_handle& operator=(const socket_handle&) = delete;
  ~socket_handle() { close(); }
  [[nodiscard]] int get() const { return value_; }
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(value_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  [[nodiscard]] bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(value_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

 private:
  int value_;
};

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

void send_small_messages_at_once(int socket) {
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

int connect_to(const endpoint& server) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(server.port);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    send_small_messages_at_once(made);
    return made;
  }
  ::close(made);
  return -1;
}

std::string shown(bool is_answer, const std::string& message, bool is_untyped) {
  std::string text = is_answer ? "answer " : is_untyped ? "startup" : std::string{"request "};
  if (!is_untyped) text += message[0];
  for (const char c : std::string_view{message}.substr(std::min<std::size_t>(message.size(), 5), 160)) {
    text += c >= ' ' && c < 127 ? c : ' ';
  }
  return text;
}

}  // namespace

std::string_view to_string(fault_kind kind) {
  switch (kind) {
    case fault_kind::cut:
      return "cut";
    case fault_kind::half:
      return "half a request";
    case fault_kind::lost_answer:
      return "lost answer";
    case fault_kind::half_answer:
      return "half an answer";
    case fault_kind::reset:
      return "reset";
    case fault_kind::kill_runner:
      return "kill the runner";
    case fault_kind::orphan:
      return "orphan the backend";
    case fault_kind::end_backend:
      return "end the backend";
    case fault_kind::kill_backend:
      return "kill the backend";
    case fault_kind::crash_server:
      return "crash the server";
  }
  return {};
}

bool is_at_answers(fault_kind kind) {
  return kind == fault_kind::lost_answer || kind == fault_kind::half_answer;
}

// One client and its own way to the server, on one thread.
class proxied_connection {
 public:
  proxied_connection(fault_proxy& proxy, int client)
      : proxy_{proxy}, client_{client}, server_{connect_to(proxy.server_)} {}

  void run() {
    if (server_.get() < 0) return;
    std::array<pollfd, 3> ready{{{client_.get(), POLLIN, 0}, {server_.get(), POLLIN, 0}, {proxy_.stop_, POLLIN, 0}}};
    for (;;) {
      if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return;
      if (ready[2].revents != 0) return;
      if (ready[1].revents != 0 && !pass_answers()) return;
      if (ready[0].revents != 0 && !pass_requests()) return;
    }
  }

 private:
  using verdict = fault_proxy::verdict;

  // False at the stream's end.
  static bool receive(int from, message_stream& into) {
    std::array<char, 65536> buffer;
    const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) return false;
    into.add({buffer.data(), static_cast<std::size_t>(got)});
    return true;
  }

  bool pass_requests() {
    if (!receive(client_.get(), requests_)) return false;
    while (auto message = requests_.next()) {
      if (requests_.is_untyped()) {
        const auto code = number_at(*message, 4);
        if (code == ssl_request || code == gss_request) {
          if (!client_.send("N")) return false;
          continue;
        }
        if (code == cancel_request) {
          (void)server_.send(*message);
          return false;
        }
      }
      const auto what = proxy_.judge(false, *message, backend_);
      requests_.typed_from_now_on();
      if (!carry_out(what, server_, *message)) return false;
    }
    return true;
  }

  bool pass_answers() {
    const bool goes_on = receive(server_.get(), answers_);
    while (auto message = answers_.next()) {
      if (message->front() == 'K') backend_ = static_cast<pid_t>(number_at(*message, 5));
      collected_ += *message;
      if (!waits_for_client(*message)) continue;
      const auto what = proxy_.judge(true, collected_, backend_);
      if (!carry_out(what, client_, std::exchange(collected_, {}))) return false;
    }
    // What the server says before it hangs up: a refusal, "terminating connection".
    if (!goes_on) (void)client_.send(collected_);
    return goes_on;
  }

  static bool waits_for_client(const std::string& message) {
    constexpr std::uint32_t ok = 0;
    constexpr std::uint32_t sasl_final = 12;
    switch (message.front()) {
      case 'Z':  // ready for a query
      case 'G':  // COPY in
        return true;
      case 'R':
        return number_at(message, 5) != ok && number_at(message, 5) != sasl_final;
      default:
        return false;
    }
  }

  bool carry_out(verdict what, const socket_handle& to, const std::string& message) {
    switch (what) {
      case verdict::pass:
        return to.send(message);
      case verdict::pass_then_strike: {
        const bool goes_on = to.send(message);
        proxy_.strike_(proxy_.planned_->kind, backend_);
        return goes_on;
      }
      case verdict::pass_half_and_close:
        (void)to.send(std::string_view{message}.substr(0, (message.size() + 1) / 2));
        return false;
      case verdict::pass_and_close:
        (void)to.send(message);
        return false;
      case verdict::close:
        return false;
      case verdict::reset:
        client_.reset();
        server_.reset();
        return false;
    }
    return false;
  }

  fault_proxy& proxy_;
  socket_handle client_;
  socket_handle server_;
  message_stream requests_{true};
  message_stream answers_{false};
  std::string collected_;
  pid_t backend_ = 0;
};

fault_proxy::fault_proxy(endpoint server, std::optional<fault> planned, striker strike)
    : server_{std::move(server)}, planned_{planned}, strike_{std::move(strike)} {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error{"the fault proxy could not listen"};
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread{[this] { accept_all(); }};
}

fault_proxy::~fault_proxy() {
  const std::uint64_t one = 1;
  (void)!::write(stop_, &one, sizeof one);
  acceptor_ = {};
  connections_.clear();
  ::close(listener_);
  ::close(stop_);
}

void fault_proxy::accept_all() {
  std::array<pollfd, 2> ready{{{listener_, POLLIN, 0}, {stop_, POLLIN, 0}}};
  for (;;) {
    if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return;
    if (ready[1].revents != 0) return;
    if (ready[0].revents == 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    send_small_messages_at_once(client);
    connections_.emplace_back([this, client] { proxied_connection{*this, client}.run(); });
  }
}

traffic_counts fault_proxy::counts() const {
  const std::lock_guard lock{guard_};
  return counts_;
}

std::string fault_proxy::struck() const {
  const std::lock_guard lock{guard_};
  return struck_;
}

fault_proxy::verdict fault_proxy::judge(bool is_answer, const std::string& message, pid_t backend) {
  const std::lock_guard lock{guard_};
  const int number = ++(is_answer ? counts_.answers : counts_.requests);
  if (!planned_ || is_at_answers(planned_->kind) != is_answer || planned_->at != number) return verdict::pass;
  struck_ = shown(is_answer, message, !is_answer && message[0] == '\0');
  has_struck_ = true;
  switch (planned_->kind) {
    case fault_kind::cut:
    case fault_kind::lost_answer:
      return verdict::close;
    case fault_kind::half:
    case fault_kind::half_answer:
      return verdict::pass_half_and_close;
    case fault_kind::reset:
      return verdict::reset;
    case fault_kind::kill_runner:
      strike_(planned_->kind, backend);
      return verdict::close;
    case fault_kind::orphan:
      // The runner must not hear the answer: it dies while its backend still works.
      strike_(planned_->kind, backend);
      return verdict::pass_and_close;
    case fault_kind::end_backend:
    case fault_kind::kill_backend:
    case fault_kind::crash_server:
      if (number % 2 == 0) return verdict::pass_then_strike;
      strike_(planned_->kind, backend);
      return verdict::pass;
  }
  return verdict::pass;
}

}  // namespace innkeeper::test
