#include "services/checkout/store/postgres_history.h"

#include "services/checkout/store/rows.h"
#include "services/checkout/store/statements.h"

namespace checkout {

std::vector<past_order> postgres_history::list(const std::string& user_id, int most,
                                               const std::optional<page_end>& after, moment deadline) {
  if (!after) return ask(statements::list_newest(user_id, most), deadline);
  return ask(statements::list_after(user_id, most, innkeeper::timestamp{after->created_at}, after->order_id), deadline);
}

std::optional<past_order> postgres_history::get(const std::string& user_id, const std::string& order_id,
                                                moment deadline) {
  auto found = ask(statements::get_past(user_id, order_id), deadline);
  return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
}

std::vector<past_order> postgres_history::ask(const innkeeper::bound_statement& one, moment deadline) {
  std::vector<past_order> orders;
  try {
    const auto rows = pool_.execute(one, deadline);
    for (const auto row : rows) {
      orders.push_back({order_in(row), row["has_total"].as<bool>(), row["has_shipping_cost"].as<bool>(),
                        row["has_address"].as<bool>(), row["has_cost"].as<std::vector<bool>>()});
    }
  } catch (const innkeeper::error& problem) {
    throw to_store_error(problem);
  }
  return orders;
}

}  // namespace checkout
