#include "services/checkout/server/background.h"

#include <future>

#include "services/checkout/server/log.h"

namespace checkout {
namespace {

using clock = std::chrono::steady_clock;

constexpr int most_at_once = 8;

// Each in a thread of its own. When all are done, the first problem is thrown.
template <class Item, class Work>
void do_each(std::vector<Item>& items, Work work) {
  std::vector<std::future<void>> all;
  for (auto& one : items) all.push_back(std::async(std::launch::async, [&] { work(one); }));
  std::exception_ptr first;
  for (auto& one : all) {
    try {
      one.get();
    } catch (const std::exception&) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace

repeater::repeater(std::string name, std::chrono::milliseconds interval, std::function<void()> turn, int workers)
    : name_{std::move(name)}, interval_{interval}, turn_{std::move(turn)} {
  for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { run(); });
}

repeater::~repeater() {
  {
    const std::lock_guard lock{guard_};
    is_stopping_ = true;
    changed_.notify_all();
  }
  for (auto& one : threads_) one.join();
}

void repeater::wake() {
  const std::lock_guard lock{guard_};
  is_woken_ = true;
  changed_.notify_one();
}

void repeater::run() {
  std::unique_lock lock{guard_};
  while (!is_stopping_) {
    is_woken_ = false;
    lock.unlock();
    take_turn();
    lock.lock();
    changed_.wait_for(lock, interval_, [&] { return is_stopping_ || is_woken_; });
  }
}

// What fails again and again is told once.
void repeater::take_turn() {
  std::string problem;
  try {
    turn_();
  } catch (const std::exception& one) {
    problem = one.what();
  }
  const std::lock_guard lock{guard_};
  if (!problem.empty() && problem != last_problem_) log::warning(name_ + ": " + problem);
  last_problem_ = problem;
}

void recovery::turn() {
  const auto soon = [&] { return clock::now() + times_.store_timeout; };
  for (const auto& order_id : store_.give_up_pending(soon())) {
    log::error("nobody knows whether the card was charged: the order's payment is unknown", {{"order_id", order_id}});
  }
  ship_what_is_paid();
  // Only now: what was due while nobody was there has had its try.
  for (const auto& order_id : store_.give_up_shipping(soon())) {
    log::error("shipping was given up: the order's money is to be paid back", {{"order_id", order_id}});
  }
}

void recovery::ship_what_is_paid() {
  const auto soon = [&] { return clock::now() + times_.store_timeout; };
  for (;;) {
    auto orders = store_.claim_paid(most_at_once, soon());
    const bool may_be_more = orders.size() == most_at_once;
    do_each(orders, [this](stored_order& paid) {
      try {
        (void)afterwards_.ship(std::move(paid), {});
        metrics_.count_recovery(order_status::confirmed);
      } catch (const refused&) {
        // Told already; it stays paid, and its turn comes again.
      }
    });
    if (!may_be_more) return;
  }
}

void outbox::turn() {
  const auto soon = [&] { return clock::now() + times_.store_timeout; };
  for (;;) {
    auto tasks = store_.claim_outbox(kind_, most_at_once, soon());
    do_each(tasks, [&](const outbox_task& task) {
      const auto sent = send(task.of);
      if (const auto* failure = std::get_if<peer_failure>(&sent)) {
        store_.postpone(task, code_name(failure->status), soon());
      } else {
        store_.finish(task, soon());
      }
    });
    if (tasks.size() < most_at_once) return;
  }
}

answer<nothing> outbox::send(const stored_order& of) {
  if (kind_ == outbox_kind::empty_cart) return empty_cart(of);
  if (of.email.empty()) return nothing{};  // erased meanwhile
  auto sent = peers_.send_confirmation(of, {});
  tell_confirmation(of, sent);
  return sent;
}

// Only while it still is what was ordered: what was put into it since is not for us to throw away.
answer<nothing> outbox::empty_cart(const stored_order& of) {
  const auto in_cart = peers_.get_cart(of.user_id, {});
  if (const auto* failure = std::get_if<peer_failure>(&in_cart)) return *failure;
  if (std::get<cart>(in_cart) != items_of(of)) return nothing{};
  return peers_.empty_cart(of.user_id, {});
}

}  // namespace checkout
