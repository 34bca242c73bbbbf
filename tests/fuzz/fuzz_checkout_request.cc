// What comes over the wire, whatever it is: it is refused, or it can be stored, charged and shipped.
#include <cstdint>

#include "services/checkout/wire/convert.h"

namespace {

void require(bool holds) {
  if (!holds) __builtin_trap();
}

void try_request(const hipstershop::PlaceOrderRequest& message) {
  const auto request = checkout::from_wire(message, message.user_currency() + message.email());
  if (const auto refused = checkout::validate(request)) {
    require(refused->status == checkout::code::invalid_argument && !refused->message.empty());
    return;
  }
  require(!request.user_id.empty() && checkout::is_storable(request.user_id) && checkout::is_storable(request.email));
  require(checkout::looks_like_currency(request.currency) && request.shipping_address && request.card);
  require(checkout::is_storable(request.shipping_address->street) && !request.card->number.empty());
  require(checkout::hash_of(request) == checkout::hash_of(request));
}

void try_cart(const hipstershop::Cart& message) {
  const auto items = checkout::from_wire(message);
  if (checkout::validate(items)) return;
  require(!items.empty());
  for (const auto& line : items) require(line.quantity > 0);
  checkout::order one;
  for (const auto& line : items) one.lines.push_back({line, {"USD", line.quantity, 999'999'999}});
  one.shipping_cost = {"USD", 8, 990'000'000};
  if (const auto total = checkout::total_of(one.shipping_cost, one.lines)) require(checkout::is_valid(*total));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hipstershop::PlaceOrderRequest request;
  if (request.ParseFromArray(data, static_cast<int>(size))) try_request(request);
  hipstershop::Cart cart;
  if (cart.ParseFromArray(data, static_cast<int>(size))) try_cart(cart);
  hipstershop::Money amount;
  if (amount.ParseFromArray(data, static_cast<int>(size))) {
    (void)checkout::judge_conversion({"USD", 1, 0}, checkout::from_wire(amount), "EUR");
  }
  return 0;
}
