#pragma once
// Where orders are kept. All of it may be called from any thread; each call is over at its deadline.
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "services/checkout/domain/order.h"
#include "services/checkout/domain/refusal.h"

namespace checkout {

using moment = std::chrono::steady_clock::time_point;
using store_time = std::chrono::sys_time<std::chrono::microseconds>;  // by the store's own clock

// The store could not do it, or nobody knows whether it did. Its text is for the log: no value of a row is in it.
class store_error : public std::runtime_error {
 public:
  store_error(const std::string& what, bool outcome_is_unknown, std::string sqlstate = "")
      : std::runtime_error{what}, outcome_is_unknown_{outcome_is_unknown}, sqlstate_{std::move(sqlstate)} {}
  [[nodiscard]] bool outcome_is_unknown() const { return outcome_is_unknown_; }
  [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }  // empty: no server said it

 private:
  bool outcome_is_unknown_;
  std::string sqlstate_;
};

// One transition of one order, with its event.
struct change {
  std::string order_id;
  order_status from = order_status::pending;
  order_status to = order_status::paid;
  std::optional<std::string> transaction_id;  // nothing: as it is
  std::optional<std::string> tracking_id;     // nothing: as it is
  std::optional<refusal> told;                // what the caller hears of it, for when it asks again
  std::string actor = "checkout";
  std::string proof;  // what an operator knows it from; without personal data
};

enum class outbox_kind { email, empty_cart };
[[nodiscard]] constexpr const char* to_string(outbox_kind kind) {
  return kind == outbox_kind::email ? "email" : "empty_cart";
}

struct outbox_task {
  std::int64_t id = 0;
  outbox_kind kind = outbox_kind::email;
  int attempts = 0;  // this one counted
  stored_order of;
};

struct outbox_backlog {
  outbox_kind kind = outbox_kind::email;
  std::int64_t waiting = 0;
  std::chrono::milliseconds oldest{0};
};

class order_store {
 public:
  order_store() = default;
  order_store(const order_store&) = delete;
  order_store& operator=(const order_store&) = delete;
  virtual ~order_store() = default;

  // All of these throw store_error. What they report as done is durable.

  // T1. False, and nothing done, where another order stands in its way: one with its number or its key, a pending one
  // of this user's, or one for this very cart, which was not emptied yet; and where a cart of this user's was emptied
  // since `cart_read_at`, so that this one was ordered meanwhile.
  [[nodiscard]] virtual bool record(const order& one, store_time cart_read_at, moment deadline) = 0;
  // To be asked before the cart is read.
  [[nodiscard]] virtual store_time now(moment deadline) = 0;
  // T2 and T3. False, and nothing done, where the order isn't in `from`.
  [[nodiscard]] virtual bool advance(const change& one, moment deadline) = 0;
  // What others committed before is durable when this returns.
  virtual void settle(moment deadline) = 0;

  [[nodiscard]] virtual std::optional<stored_order> find(const std::string& order_id, moment deadline) = 0;
  [[nodiscard]] virtual std::optional<stored_order> find_by_key(const std::string& user_id, const std::string& key,
                                                                moment deadline) = 0;
  // What stood in the way of record(); nothing where the cart has to be read again.
  [[nodiscard]] virtual std::optional<stored_order> find_obstacle(const order& one, moment deadline) = 0;
  // The user's last order, where it was confirmed within the window for the same request.
  [[nodiscard]] virtual std::optional<stored_order> find_replay(const std::string& user_id, const digest& request_hash,
                                                                std::chrono::milliseconds window, moment deadline) = 0;

  // Takes a paid order that nobody is at work on; false where somebody is, or where it isn't paid.
  [[nodiscard]] virtual bool claim(const std::string& order_id, moment deadline) = 0;
  // Leaves a paid order to others.
  virtual void release(const std::string& order_id, moment deadline) = 0;

  // Recovery: what was left behind by those who are gone. Several may do it at once.
  [[nodiscard]] virtual std::vector<std::string> give_up_pending(moment deadline) = 0;   // now payment_unknown
  [[nodiscard]] virtual std::vector<std::string> give_up_shipping(moment deadline) = 0;  // now refund_due
  [[nodiscard]] virtual std::vector<stored_order> claim_paid(int most, moment deadline) = 0;

  [[nodiscard]] virtual std::vector<outbox_task> claim_outbox(outbox_kind kind, int most, moment deadline) = 0;
  virtual void finish(const outbox_task& task, moment deadline) = 0;
  virtual void postpone(const outbox_task& task, const std::string& problem, moment deadline) = 0;

  // What is owed of each kind, and for how long; for the metrics.
  [[nodiscard]] virtual std::vector<outbox_backlog> backlog(moment deadline) = 0;

  // Whether orders can be recorded now: connected to a primary, whose tables are there. Empty: yes; else why not.
  [[nodiscard]] virtual std::string trouble(moment deadline) = 0;
};

}  // namespace checkout
