#include "services/checkout/store/postgres_archive.h"

#include <innkeeper/transaction.h>

#include "services/checkout/store/rows.h"
#include "services/checkout/store/statements.h"

namespace checkout {
namespace {

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

innkeeper::bound_statement insertion_of(const old_order& one) {
  std::vector<std::string> products;
  std::vector<std::int32_t> quantities;
  for (const auto& line : one.items) {
    products.push_back(line.product_id);
    quantities.push_back(line.quantity);
  }
  return statements::take_in(one.order_id, one.user_id, unless_empty(one.email), unless_empty(one.currency),
                             one.total ? std::optional{one.total->units} : std::nullopt,
                             one.total ? std::optional{one.total->nanos} : std::nullopt,
                             unless_empty(one.transaction_id), innkeeper::timestamp{one.placed_at}, products,
                             quantities);
}

}  // namespace

std::vector<std::string> postgres_archive::take_in(const std::vector<old_order>& orders, bool is_dry_run) {
  try {
    auto session = pool_.acquire();
    innkeeper::transaction all{*session};
    std::vector<std::string> taken;
    for (const auto& one : orders) {
      if (!all.execute(insertion_of(one)).empty()) taken.push_back(one.order_id);
    }
    if (is_dry_run) {
      all.rollback();
    } else {
      all.commit();
    }
    return taken;
  } catch (const innkeeper::error& problem) {
    throw to_store_error(problem);
  }
}

std::vector<std::string> postgres_archive::hand_out(const std::string& user_id) {
  try {
    const auto rows = pool_.execute(statements::hand_out(user_id));
    std::vector<std::string> orders;
    for (const auto row : rows) orders.emplace_back(row[0].text());
    return orders;
  } catch (const innkeeper::error& problem) {
    throw to_store_error(problem);
  }
}

postgres_archive::erasure postgres_archive::erase(const std::string& user_id, const std::string& pseudonym) {
  try {
    const auto counts = pool_.execute(statements::erase(user_id, pseudonym));
    return {counts.front()["erased"].as<std::int64_t>(), counts.front()["under_way"].as<std::int64_t>()};
  } catch (const innkeeper::error& problem) {
    throw to_store_error(problem);
  }
}

}  // namespace checkout
