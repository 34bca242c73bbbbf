#pragma once
// A user's orders that were paid for, newest first.
#include <innkeeper/pool.h>

#include <optional>
#include <string>
#include <vector>

#include "services/checkout/domain/page.h"
#include "services/checkout/store.h"

namespace checkout {

// What was backfilled from old logs, or erased since, isn't known whole.
struct past_order {
  stored_order what;
  bool has_total = false;
  bool has_shipping_cost = false;
  bool has_address = false;
  std::vector<bool> has_cost;  // of each line
};

class postgres_history {
 public:
  // `from` outlives it.
  explicit postgres_history(innkeeper::pool& from) : pool_{from} {}

  // Both throw store_error.
  [[nodiscard]] std::vector<past_order> list(const std::string& user_id, int most, const std::optional<page_end>& after,
                                             moment deadline);
  [[nodiscard]] std::optional<past_order> get(const std::string& user_id, const std::string& order_id, moment deadline);

 private:
  [[nodiscard]] std::vector<past_order> ask(const innkeeper::bound_statement& one, moment deadline);

  innkeeper::pool& pool_;
};

}  // namespace checkout
