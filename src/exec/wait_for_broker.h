#pragma once
// Waits until Redis or RabbitMQ answers as it does when it takes commands; nothing logs in. Each obstacle is told once.
// With TLS only the connection is tried, and the event says so.
#include <chrono>
#include <functional>

#include "core/broker.h"
#include "exec/event.h"

namespace innkeeper::exec {

struct broker_wait {
  wait_declaration limits;
  std::function<void(std::chrono::milliseconds)> sleep;  // absent: really
  std::function<double()> jitter;                        // absent: random
};

// Throws exec::error: 69 where it took too long, 65 where something else answers there.
void wait_for_broker(const broker_address& target, const broker_wait& options, const event_sink& tell);

}  // namespace innkeeper::exec
