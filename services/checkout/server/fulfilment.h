#pragma once
// What happens to an order once its card may have been charged. Neither the caller's deadline nor its going away stops
// any of it. Used by the call itself, by others that carry an order on, and by recovery.
#include <functional>

#include "services/checkout/peers/peers.h"
#include "services/checkout/server/settings.h"
#include "services/checkout/store.h"

namespace checkout {

// Thrown where a call ends with a refusal.
class refused : public std::exception {
 public:
  explicit refused(refusal what) : what_{std::move(what)} {}
  [[nodiscard]] const refusal& value() const { return what_; }
  [[nodiscard]] const char* what() const noexcept override { return what_.message.c_str(); }

 private:
  refusal what_;
};

// The line about a confirmation that was sent, or wasn't.
void tell_confirmation(const stored_order& placed, const answer<nothing>& sent);

class fulfilment {
 public:
  // All of them outlive it. `on_confirmed` is called when the outbox has something new.
  fulfilment(peers& via, order_store& store, const saga_times& times, std::function<void()> on_confirmed);

  // Step 6 and T2, of a pending order. Throws refused.
  [[nodiscard]] stored_order charge(const order& recorded, const credit_card& card, const call_scope& scope);
  // Step 7 and T3, of a paid order that is ours to work on. Throws refused; the order is then left to others.
  [[nodiscard]] stored_order ship(stored_order paid, const call_scope& scope);

 private:
  // The change, or what it turned out to be when somebody had done it already; tries until the store has had its time.
  // Throws refused (store).
  struct changed {
    bool by_us = true;
    std::optional<stored_order> as_it_is;  // where it wasn't by us, or nobody heard of it
  };
  changed advance(const change& one);
  std::optional<changed> try_to_advance(const change& one);

  peers& peers_;
  order_store& store_;
  const saga_times times_;
  const std::function<void()> on_confirmed_;
};

}  // namespace checkout
