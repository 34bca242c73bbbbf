#pragma once
// Redis and RabbitMQ as far as a service that starts has to know them: where they are, and whether they take commands.
// Nothing logs in: a server that asks for a password is up.
#include <optional>
#include <string>
#include <string_view>

#include "core/wait.h"

namespace innkeeper {

// redis://HOST:6379/0, rediss://…, amqp://HOST:5672/VHOST, amqps://…; without a host it is localhost. User, password
// and what follows the address are passed over. Nothing where it is no such URL.
[[nodiscard]] std::optional<broker_address> parse_broker_url(std::string_view url);

[[nodiscard]] std::string_view to_string(broker_kind one);       // "Redis"
[[nodiscard]] std::string to_string(const broker_address& one);  // "Redis at cache:6379"

// The bytes that make it answer whatever it wants from clients.
[[nodiscard]] std::string_view greeting_for(broker_kind one);

struct broker_answer {
  bool is_whole = true;         // false: wait for more bytes
  std::optional<obstacle> met;  // absent: it takes commands
  std::string text;             // what it said, where that is worth showing
};
// Of all that came back so far.
[[nodiscard]] broker_answer judge_answer(broker_kind kind, std::string_view bytes);

[[nodiscard]] std::string hint_for(obstacle met, const broker_address& target);

}  // namespace innkeeper
