#pragma once
// What a caller asks for, whether it can be meant, and how two requests are known to be the same.
#include <optional>
#include <string>
#include <string_view>

#include "services/checkout/domain/order.h"
#include "services/checkout/domain/refusal.h"

namespace checkout {

// Never stored, hashed or logged: passed on to the payment service and forgotten.
struct credit_card {
  std::string number;
  std::int32_t cvv = 0;
  std::int32_t expiration_year = 0;
  std::int32_t expiration_month = 0;
};

struct place_order_request {
  std::string user_id;
  std::string currency;
  std::optional<address> shipping_address;
  std::string email;
  std::optional<credit_card> card;
  std::string idempotency_key;  // from metadata; empty: none
};

// Everything that can be refused without asking anybody.
[[nodiscard]] std::optional<refusal> validate(const place_order_request& request);
[[nodiscard]] std::optional<refusal> validate(const cart& items);

// Over user, currency, address and e-mail: fields are told apart by their lengths.
[[nodiscard]] digest hash_of(const place_order_request& request);
// Over products and quantities in their order.
[[nodiscard]] digest hash_of(const cart& items);

// Text that PostgreSQL takes as it is: at most 2048 bytes and without U+0000.
[[nodiscard]] bool is_storable(std::string_view text);
// The same of an answer that has to be kept whatever it holds: cut, and without U+0000.
[[nodiscard]] std::string storable(std::string_view text);

}  // namespace checkout
