#include "services/checkout/server/persistence.h"

namespace checkout {
namespace {

using namespace std::chrono_literals;

// A peer that is silent about one of them keeps one worker, and what it claimed, from going on.
constexpr int outbox_workers = 3;

store_times store_times_of(const saga_times& chosen) {
  return {.lease = chosen.lease,
          .ship_retry = chosen.retry,
          .ship_retry_most = chosen.retry_most,
          .ship_give_up = chosen.ship_give_up,
          .outbox_retry = chosen.retry,
          .outbox_retry_most = chosen.retry_most};
}

}  // namespace

persistence::persistence(const settings& chosen, const innkeeper::pool_options& options, peers& via, metrics& into)
    : times_{chosen.saga},
      pool_{options},
      in_postgres_{
          pool_, store_times_of(chosen.saga), {.lanes = chosen.store_lanes, .timeout = chosen.saga.store_timeout}},
      store_{in_postgres_, into},
      history_{pool_},
      fulfilment_{via, store_, chosen.saga, [this] { wake_outbox(); }},
      recovery_{store_, fulfilment_, into, chosen.saga},
      mails_{store_, via, outbox_kind::email, chosen.saga},
      carts_{store_, via, outbox_kind::empty_cart, chosen.saga} {}

void persistence::start(place_order& orders) {
  const auto interval = times_.recovery_interval;
  leftover_turns_ = std::make_unique<repeater>("leftovers", interval, [&orders] { orders.abandon_leftovers(); });
  recovery_turns_ = std::make_unique<repeater>("recovery", interval, [this] { recovery_.turn(); });
  const std::lock_guard lock{guard_};
  mail_turns_ = std::make_unique<repeater>(
      "e-mail outbox", interval, [this] { mails_.turn(); }, outbox_workers);
  cart_turns_ = std::make_unique<repeater>(
      "cart outbox", interval, [this] { carts_.turn(); }, outbox_workers);
}

void persistence::stop() {
  leftover_turns_.reset();
  recovery_turns_.reset();
  const std::lock_guard lock{guard_};
  mail_turns_.reset();
  cart_turns_.reset();
}

void persistence::wake_outbox() {
  const std::lock_guard lock{guard_};
  if (mail_turns_) mail_turns_->wake();
  if (cart_turns_) cart_turns_->wake();
}

std::string persistence::to_prometheus() {
  auto page = innkeeper::to_prometheus(pool_.metrics());
  try {
    const auto owed = store_.backlog(std::chrono::steady_clock::now() + 1s);
    std::string waiting;
    std::string oldest;
    for (const auto& one : owed) {
      const std::string labels = std::string{"{kind=\""} + to_string(one.kind) + "\"} ";
      waiting += "checkout_outbox_waiting" + labels + std::to_string(one.waiting) + "\n";
      oldest += "checkout_outbox_oldest_seconds" + labels +
                std::to_string(std::chrono::duration<double>{one.oldest}.count()) + "\n";
    }
    page +=
        "# HELP checkout_outbox_waiting Mails and carts to be emptied that are still owed.\n"
        "# TYPE checkout_outbox_waiting gauge\n" +
        waiting +
        "# HELP checkout_outbox_oldest_seconds How long the oldest of them is owed.\n"
        "# TYPE checkout_outbox_oldest_seconds gauge\n" +
        oldest;
  } catch (const store_error&) {
    // The store is away; checkout_store_failures_total says so.
  }
  return page;
}

}  // namespace checkout
