#include "services/checkout/server/metered_store.h"

namespace checkout {

template <class Call>
auto metered_store::measure(std::string_view operation, Call call) {
  struct watch {
    metrics& into;
    std::string_view operation;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    bool succeeded = false;
    ~watch() { into.count_store_call(operation, succeeded, std::chrono::steady_clock::now() - start); }
  } one{metrics_, operation};
  if constexpr (std::is_void_v<decltype(call())>) {
    call();
    one.succeeded = true;
  } else {
    auto result = call();
    one.succeeded = true;
    return result;
  }
}

bool metered_store::record(const order& one, store_time cart_read_at, moment deadline) {
  const bool done = measure("record", [&] { return inner_.record(one, cart_read_at, deadline); });
  if (done) metrics_.count_order(order_status::pending);
  return done;
}

store_time metered_store::now(moment deadline) {
  return measure("now", [&] { return inner_.now(deadline); });
}

bool metered_store::advance(const change& one, moment deadline) {
  const bool done = measure("advance", [&] { return inner_.advance(one, deadline); });
  if (done) metrics_.count_order(one.to);
  return done;
}

void metered_store::settle(moment deadline) {
  measure("settle", [&] { inner_.settle(deadline); });
}

std::optional<stored_order> metered_store::find(const std::string& order_id, moment deadline) {
  return measure("find", [&] { return inner_.find(order_id, deadline); });
}

std::optional<stored_order> metered_store::find_by_key(const std::string& user_id, const std::string& key,
                                                       moment deadline) {
  return measure("find_by_key", [&] { return inner_.find_by_key(user_id, key, deadline); });
}

std::optional<stored_order> metered_store::find_obstacle(const order& one, moment deadline) {
  return measure("find_obstacle", [&] { return inner_.find_obstacle(one, deadline); });
}

std::optional<stored_order> metered_store::find_replay(const std::string& user_id, const digest& request_hash,
                                                       std::chrono::milliseconds window, moment deadline) {
  return measure("find_replay", [&] { return inner_.find_replay(user_id, request_hash, window, deadline); });
}

bool metered_store::claim(const std::string& order_id, moment deadline) {
  return measure("claim", [&] { return inner_.claim(order_id, deadline); });
}

void metered_store::release(const std::string& order_id, moment deadline) {
  measure("release", [&] { inner_.release(order_id, deadline); });
}

std::vector<std::string> metered_store::give_up_pending(moment deadline) {
  auto orders = measure("give_up_pending", [&] { return inner_.give_up_pending(deadline); });
  if (!orders.empty()) metrics_.count_recovery(order_status::payment_unknown, orders.size());
  return orders;
}

std::vector<std::string> metered_store::give_up_shipping(moment deadline) {
  auto orders = measure("give_up_shipping", [&] { return inner_.give_up_shipping(deadline); });
  if (!orders.empty()) metrics_.count_recovery(order_status::refund_due, orders.size());
  return orders;
}

std::vector<stored_order> metered_store::claim_paid(int most, moment deadline) {
  return measure("claim_paid", [&] { return inner_.claim_paid(most, deadline); });
}

std::vector<outbox_task> metered_store::claim_outbox(outbox_kind kind, int most, moment deadline) {
  return measure("claim_outbox", [&] { return inner_.claim_outbox(kind, most, deadline); });
}

void metered_store::finish(const outbox_task& task, moment deadline) {
  measure("finish", [&] { inner_.finish(task, deadline); });
  metrics_.count_sent(to_string(task.kind), true);
}

void metered_store::postpone(const outbox_task& task, const std::string& problem, moment deadline) {
  measure("postpone", [&] { inner_.postpone(task, problem, deadline); });
  metrics_.count_sent(to_string(task.kind), false);
}

std::vector<outbox_backlog> metered_store::backlog(moment deadline) {
  return measure("backlog", [&] { return inner_.backlog(deadline); });
}

std::string metered_store::trouble(moment deadline) {
  return measure("trouble", [&] { return inner_.trouble(deadline); });
}

}  // namespace checkout
