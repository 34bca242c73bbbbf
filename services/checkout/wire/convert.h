#pragma once
// Between the wire's messages and the domain's values.
#include "services/checkout/domain/order.h"
#include "services/checkout/domain/request.h"
#include "services/checkout/proto/hipstershop.pb.h"

namespace checkout {

[[nodiscard]] money from_wire(const hipstershop::Money& amount);
[[nodiscard]] address from_wire(const hipstershop::Address& to);
[[nodiscard]] cart from_wire(const hipstershop::Cart& items);
[[nodiscard]] place_order_request from_wire(const hipstershop::PlaceOrderRequest& request, std::string idempotency_key);

void to_wire(const money& amount, hipstershop::Money& into);
void to_wire(const address& to, hipstershop::Address& into);
void to_wire(const cart_line& line, hipstershop::CartItem& into);
void to_wire(const credit_card& card, hipstershop::CreditCardInfo& into);
void to_wire(const stored_order& placed, hipstershop::OrderResult& into);

}  // namespace checkout
