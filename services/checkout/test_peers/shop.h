#pragma once
// What the shop's services do, without the wire: prices, exchange, cards, parcels. As the originals, traps included.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/checkout/domain/money.h"
#include "services/checkout/domain/order.h"
#include "services/checkout/domain/request.h"

namespace checkout::test {

struct product {
  std::string_view id;
  std::string_view name;
  std::int64_t units;
  std::int32_t nanos;
};
[[nodiscard]] const std::vector<product>& catalogue();
[[nodiscard]] std::vector<std::string> currencies();

// In floating point, by way of the euro, as the original counts. A code that it doesn't know, on either side, gives 0.
[[nodiscard]] money exchange(const money& from, std::string_view to);

// Why the card is refused; nothing where it is good.
[[nodiscard]] std::optional<std::string> refuse_card(const credit_card& card, int year, int month);

// "QX-27483-134567890": digits of it come from the lengths of street and city.
[[nodiscard]] std::string tracking_id(const address& to, std::uint64_t random);

}  // namespace checkout::test
