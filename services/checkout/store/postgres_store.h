#pragma once
// The orders in PostgreSQL, through Innkeeper's public library. The schema is examples/online-boutique/checkout/schema.
#include <innkeeper/pool.h>

#include <chrono>
#include <string>

#include "services/checkout/store.h"
#include "services/checkout/store/group_commit.h"

namespace checkout {

struct store_times {
  std::chrono::milliseconds lease{60'000};      // of who is at work on an order
  std::chrono::milliseconds ship_retry{1'000};  // the first pause; later ones as long as all that went before
  std::chrono::milliseconds ship_retry_most{900'000};
  std::chrono::milliseconds ship_give_up{24LL * 3600 * 1000};
  std::chrono::milliseconds outbox_retry{1'000};  // doubles with each attempt
  std::chrono::milliseconds outbox_retry_most{900'000};
};

// What a session of the store is, over what the URL says: on a primary, waiting for the disk, and never long for a
// row's lock, since others wait for the same commit.
[[nodiscard]] innkeeper::connection_options store_connection(innkeeper::connection_options options);

class postgres_store final : public order_store {
 public:
  // `from` outlives it. Opens nothing.
  postgres_store(innkeeper::pool& from, const store_times& times, group_commit_limits limits);

  [[nodiscard]] bool record(const order& one, store_time cart_read_at, moment deadline) override;
  [[nodiscard]] store_time now(moment deadline) override;
  [[nodiscard]] bool advance(const change& one, moment deadline) override;
  void settle(moment deadline) override;
  [[nodiscard]] std::optional<stored_order> find(const std::string& order_id, moment deadline) override;
  [[nodiscard]] std::optional<stored_order> find_by_key(const std::string& user_id, const std::string& key,
                                                        moment deadline) override;
  [[nodiscard]] std::optional<stored_order> find_obstacle(const order& one, moment deadline) override;
  [[nodiscard]] std::optional<stored_order> find_replay(const std::string& user_id, const digest& request_hash,
                                                        std::chrono::milliseconds window, moment deadline) override;
  [[nodiscard]] bool claim(const std::string& order_id, moment deadline) override;
  void release(const std::string& order_id, moment deadline) override;
  [[nodiscard]] std::vector<std::string> give_up_pending(moment deadline) override;
  [[nodiscard]] std::vector<std::string> give_up_shipping(moment deadline) override;
  [[nodiscard]] std::vector<stored_order> claim_paid(int most, moment deadline) override;
  [[nodiscard]] std::vector<outbox_task> claim_outbox(outbox_kind kind, int most, moment deadline) override;
  void finish(const outbox_task& task, moment deadline) override;
  void postpone(const outbox_task& task, const std::string& problem, moment deadline) override;
  [[nodiscard]] std::vector<outbox_backlog> backlog(moment deadline) override;
  [[nodiscard]] std::string trouble(moment deadline) override;

 private:
  innkeeper::result ask(const innkeeper::bound_statement& one, moment deadline);

  innkeeper::pool& pool_;
  const store_times times_;
  group_commit commits_;
};

}  // namespace checkout
