#pragma once
// What goes on beside the calls: recovery of what was left behind, and the outbox. In every replica.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "services/checkout/server/fulfilment.h"
#include "services/checkout/server/metrics.h"
#include "services/checkout/server/place_order.h"

namespace checkout {

// Does its turn at once, then after each interval, and whenever it is woken; with several workers, who is woken is one
// that has nothing to do.
class repeater {
 public:
  repeater(std::string name, std::chrono::milliseconds interval, std::function<void()> turn, int workers = 1);
  repeater(const repeater&) = delete;
  repeater& operator=(const repeater&) = delete;
  ~repeater();  // after the current turns

  void wake();

 private:
  void run();
  void take_turn();

  const std::string name_;
  const std::chrono::milliseconds interval_;
  const std::function<void()> turn_;
  std::string last_problem_;
  std::mutex guard_;
  std::condition_variable changed_;
  bool is_woken_ = false;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

class recovery {
 public:
  recovery(order_store& store, fulfilment& afterwards, metrics& into, const saga_times& times)
      : store_{store}, afterwards_{afterwards}, metrics_{into}, times_{times} {}
  // Never charges anything.
  void turn();

 private:
  void ship_what_is_paid();

  order_store& store_;
  fulfilment& afterwards_;
  metrics& metrics_;
  const saga_times times_;
};

// Sends what is owed of one kind, at least once.
class outbox {
 public:
  outbox(order_store& store, peers& via, outbox_kind kind, const saga_times& times)
      : store_{store}, peers_{via}, kind_{kind}, times_{times} {}
  void turn();

 private:
  [[nodiscard]] answer<nothing> send(const stored_order& of);
  [[nodiscard]] answer<nothing> empty_cart(const stored_order& of);

  order_store& store_;
  peers& peers_;
  const outbox_kind kind_;
  const saga_times times_;
};

}  // namespace checkout
