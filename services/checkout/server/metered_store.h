#pragma once
// A store that counts what it is asked, and what becomes of orders.
#include "services/checkout/server/metrics.h"
#include "services/checkout/store.h"

namespace checkout {

class metered_store final : public order_store {
 public:
  // Both outlive it.
  metered_store(order_store& inner, metrics& into) : inner_{inner}, metrics_{into} {}

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
  template <class Call>
  auto measure(std::string_view operation, Call call);

  order_store& inner_;
  metrics& metrics_;
};

}  // namespace checkout
