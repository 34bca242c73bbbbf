#include "services/checkout/wire/convert.h"

namespace checkout {

money from_wire(const hipstershop::Money& amount) {
  return {amount.currency_code(), amount.units(), amount.nanos()};
}

address from_wire(const hipstershop::Address& to) {
  return {to.street_address(), to.city(), to.state(), to.country(), to.zip_code()};
}

cart from_wire(const hipstershop::Cart& items) {
  cart lines;
  lines.reserve(static_cast<std::size_t>(items.items_size()));
  for (const auto& item : items.items()) lines.push_back({item.product_id(), item.quantity()});
  return lines;
}

place_order_request from_wire(const hipstershop::PlaceOrderRequest& request, std::string idempotency_key) {
  place_order_request asked{.user_id = request.user_id(),
                            .currency = request.user_currency(),
                            .email = request.email(),
                            .idempotency_key = std::move(idempotency_key)};
  if (request.has_address()) asked.shipping_address = from_wire(request.address());
  if (request.has_credit_card()) {
    const auto& card = request.credit_card();
    asked.card = credit_card{card.credit_card_number(), card.credit_card_cvv(), card.credit_card_expiration_year(),
                             card.credit_card_expiration_month()};
  }
  return asked;
}

void to_wire(const money& amount, hipstershop::Money& into) {
  into.set_currency_code(amount.currency);
  into.set_units(amount.units);
  into.set_nanos(amount.nanos);
}

void to_wire(const address& to, hipstershop::Address& into) {
  into.set_street_address(to.street);
  into.set_city(to.city);
  into.set_state(to.state);
  into.set_country(to.country);
  into.set_zip_code(to.zip);
}

void to_wire(const cart_line& line, hipstershop::CartItem& into) {
  into.set_product_id(line.product_id);
  into.set_quantity(line.quantity);
}

void to_wire(const credit_card& card, hipstershop::CreditCardInfo& into) {
  into.set_credit_card_number(card.number);
  into.set_credit_card_cvv(card.cvv);
  into.set_credit_card_expiration_year(card.expiration_year);
  into.set_credit_card_expiration_month(card.expiration_month);
}

void to_wire(const stored_order& placed, hipstershop::OrderResult& into) {
  into.set_order_id(placed.order_id);
  into.set_shipping_tracking_id(placed.tracking_id);
  to_wire(placed.shipping_cost, *into.mutable_shipping_cost());
  to_wire(placed.shipping_address, *into.mutable_shipping_address());
  for (const auto& line : placed.lines) {
    auto& item = *into.add_items();
    to_wire(line.item, *item.mutable_item());
    to_wire(line.cost, *item.mutable_cost());
  }
}

}  // namespace checkout
