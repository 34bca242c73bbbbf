#include "services/checkout/domain/order.h"

namespace checkout {

cart items_of(const order& one) {
  cart items;
  items.reserve(one.lines.size());
  for (const auto& line : one.lines) items.push_back(line.item);
  return items;
}

std::optional<money> total_of(const money& shipping_cost, const std::vector<order_line>& lines) {
  std::optional<money> total = is_valid(shipping_cost) ? std::optional{shipping_cost} : std::nullopt;
  for (const auto& line : lines) {
    const auto sum = multiply(line.cost, line.item.quantity);
    if (!total || !sum) return std::nullopt;
    total = add(*total, *sum);
  }
  return total;
}

}  // namespace checkout
