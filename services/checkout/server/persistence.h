#pragma once
// The store with all that works on it. Absent as a whole where orders are to be forgotten.
#include <innkeeper/pool.h>

#include <memory>
#include <mutex>

#include "services/checkout/server/background.h"
#include "services/checkout/server/metered_store.h"
#include "services/checkout/store/postgres_history.h"
#include "services/checkout/store/postgres_store.h"

namespace checkout {

class persistence {
 public:
  // `via` and `into` outlive it. Opens nothing.
  persistence(const settings& chosen, const innkeeper::pool_options& options, peers& via, metrics& into);

  // Recovery and the outbox begin; `orders` outlives them.
  void start(place_order& orders);
  void stop();

  [[nodiscard]] order_store& store() { return store_; }
  [[nodiscard]] fulfilment& afterwards() { return fulfilment_; }
  [[nodiscard]] postgres_history& history() { return history_; }
  // The pool, and what is owed, in Prometheus' text format.
  [[nodiscard]] std::string to_prometheus();

 private:
  void wake_outbox();

  const saga_times times_;
  innkeeper::pool pool_;
  postgres_store in_postgres_;
  metered_store store_;
  postgres_history history_;
  fulfilment fulfilment_;
  recovery recovery_;
  outbox mails_;
  outbox carts_;
  std::mutex guard_;
  std::unique_ptr<repeater> leftover_turns_;
  std::unique_ptr<repeater> recovery_turns_;
  std::unique_ptr<repeater> mail_turns_;
  std::unique_ptr<repeater> cart_turns_;
};

}  // namespace checkout
