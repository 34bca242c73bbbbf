#pragma once
// What is ordered, by whom, and what the store knows of it. Values only.
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/checkout/domain/money.h"
#include "services/checkout/domain/refusal.h"
#include "services/checkout/domain/status.h"

namespace checkout {

struct address {
  std::string street;
  std::string city;
  std::string state;
  std::string country;
  std::int32_t zip = 0;

  friend bool operator==(const address&, const address&) = default;
};

struct cart_line {
  std::string product_id;
  std::int32_t quantity = 0;

  friend bool operator==(const cart_line&, const cart_line&) = default;
};
using cart = std::vector<cart_line>;

struct order_line {
  cart_line item;
  money cost;  // of one unit, in the user's currency

  friend bool operator==(const order_line&, const order_line&) = default;
};

using digest = std::array<unsigned char, 32>;

// What T1 records.
struct order {
  std::string order_id;
  std::string user_id;
  std::string email;  // empty: not given, or erased
  std::string currency;
  address shipping_address;
  std::vector<order_line> lines;
  money shipping_cost;
  money total;
  std::string idempotency_key;  // empty: none
  digest request_hash{};

  friend bool operator==(const order&, const order&) = default;
};

struct stored_order : order {
  order_status status = order_status::pending;
  std::string transaction_id;   // of the charge; empty before
  std::string tracking_id;      // empty before it is shipped
  std::optional<refusal> told;  // what the caller heard when it came to this status
  bool is_leased = false;       // somebody is at work on it, by the store's clock
  bool holds_cart = false;      // the cart that it was made of isn't to be ordered again: not yet emptied
  std::chrono::system_clock::time_point created_at;
};

[[nodiscard]] cart items_of(const order& one);

// Shipping + sum of cost x quantity; nothing where that can't be represented.
[[nodiscard]] std::optional<money> total_of(const money& shipping_cost, const std::vector<order_line>& lines);

}  // namespace checkout
