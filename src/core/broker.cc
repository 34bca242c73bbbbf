#include "core/broker.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/manifest_scalars.h"

namespace innkeeper {
namespace {

struct url_scheme {
  std::string_view text;
  broker_kind kind;
  bool is_tls;
  int port;
};

constexpr std::array broker_schemes{url_scheme{"redis://", broker_kind::redis, false, 6379},
                                    url_scheme{"rediss://", broker_kind::redis, true, 6379},
                                    url_scheme{"amqp://", broker_kind::rabbitmq, false, 5672},
                                    url_scheme{"amqps://", broker_kind::rabbitmq, true, 5671}};

// "host", "host:port", "[::1]:port".
bool read_host_and_port(std::string_view text, broker_address& into) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    into.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) return false;
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    into.host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (into.host.empty()) into.host = "localhost";
  if (port.size() < 2) return true;
  const auto number = parse_integer(port.substr(1));
  if (!number || *number < 1 || *number > 65535) return false;
  into.port = static_cast<int>(*number);
  return true;
}

// Redis answers with one line.
broker_answer judge_redis(std::string_view bytes) {
  constexpr std::size_t longest = 512;
  const auto end = bytes.find("\r\n");
  const std::string line{bytes.substr(0, end)};
  if (end == std::string_view::npos && bytes.size() < longest && (bytes.empty() || bytes[0] == '+' || bytes[0] == '-'))
    return {.is_whole = false};
  const auto is = [&](std::string_view word) { return line.starts_with(word); };
  if (is("+PONG") || is("-NOAUTH") || is("-WRONGPASS") || is("-NOPERM")) return {};
  if (is("-LOADING")) return {.met = obstacle::starting_up, .text = line.substr(1)};
  if (is("-ERR max number of clients")) return {.met = obstacle::too_many_connections, .text = line.substr(1)};
  if (is("-")) return {.met = obstacle::lost, .text = line.substr(1)};
  return {.met = obstacle::misconfigured, .text = "what answers there is no Redis"};
}

// A server that doesn't know our version of the protocol names its own, and closes. Otherwise a frame comes: one byte
// for its type (1: a method), two for the channel, four for the size, then class and method: 10 and 10 are
// Connection.Start.
broker_answer judge_rabbitmq(std::string_view bytes) {
  constexpr std::string_view method_frame{"\1\0\0", 3};
  constexpr std::string_view connection_start{"\0\12\0\12", 4};
  constexpr std::size_t header = 7;
  if (bytes.substr(0, method_frame.size()) != method_frame.substr(0, bytes.size())) {
    return {.met = obstacle::misconfigured, .text = "what answers there does not speak AMQP 0-9-1"};
  }
  if (bytes.size() < header + connection_start.size()) return {.is_whole = false};
  if (bytes.substr(header, connection_start.size()) == connection_start) return {};
  return {.met = obstacle::misconfigured, .text = "it did not begin as AMQP 0-9-1 does"};
}

std::string key_of(broker_kind kind) {
  return kind == broker_kind::redis ? "redis" : "rabbitmq";
}

}  // namespace

std::optional<broker_address> parse_broker_url(std::string_view url) {
  const auto* scheme = std::ranges::find_if(broker_schemes, [&](const auto& one) { return url.starts_with(one.text); });
  if (scheme == broker_schemes.end() || url.find(' ') != std::string_view::npos) return std::nullopt;
  broker_address address{.kind = scheme->kind, .port = scheme->port, .is_tls = scheme->is_tls};
  std::string_view rest = url.substr(scheme->text.size());
  if (rest.empty()) return std::nullopt;
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  if (!read_host_and_port(rest, address)) return std::nullopt;
  return address;
}

std::string_view to_string(broker_kind one) {
  return one == broker_kind::redis ? "Redis" : "RabbitMQ";
}

std::string to_string(const broker_address& one) {
  const bool is_ipv6 = one.host.find(':') != std::string::npos;
  return fmt::format("{} at {}{}{}:{}", to_string(one.kind), is_ipv6 ? "[" : "", one.host, is_ipv6 ? "]" : "",
                     one.port);
}

std::string_view greeting_for(broker_kind one) {
  using namespace std::string_view_literals;
  return one == broker_kind::redis ? "PING\r\n"sv : "AMQP\0\0\x09\x01"sv;
}

broker_answer judge_answer(broker_kind kind, std::string_view bytes) {
  return kind == broker_kind::redis ? judge_redis(bytes) : judge_rabbitmq(bytes);
}

std::string hint_for(obstacle met, const broker_address& target) {
  if (met == obstacle::misconfigured) {
    return fmt::format("Correct the address: {}.url in the manifest, or --{}.", key_of(target.kind),
                       key_of(target.kind));
  }
  if (met == obstacle::too_many_connections) {
    return fmt::format("End idle clients, or raise the limit of {}.", to_string(target.kind));
  }
  return fmt::format(
      "Check that {} runs and that {}.url in the manifest, or --{}, is right; DB_INIT_MAX_RETRIES makes the wait "
      "longer.",
      to_string(target.kind), key_of(target.kind), key_of(target.kind));
}

}  // namespace innkeeper
