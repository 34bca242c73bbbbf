#pragma once
// Orders of the time before there was a store, put together from what several services logged. Card numbers stand in
// some of those lines: what is read of a line is what is named here, and the rest is forgotten.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/checkout/domain/money.h"
#include "services/checkout/domain/order.h"

namespace checkout {

using log_time = std::chrono::sys_time<std::chrono::microseconds>;

// What a line says, if it says anything of orders.
struct placed_line {  // the shop front: "order placed"
  std::string order_id;
  std::string user_id;
};
struct asked_line {  // checkout: [PlaceOrder] user_id="…" user_currency="…"
  std::string user_id;
  std::string currency;
};
struct paid_line {  // checkout: payment went through (transaction_id: …)
  std::string transaction_id;
};
struct mailed_line {  // checkout: order confirmation email sent to "…"
  std::string email;
};
struct charged_line {  // payment: …#Charge invoked with request {…}
  money amount;
};
struct added_line {  // cart: AddItemAsync called with userId=…, productId=…, quantity=…
  std::string user_id;
  cart_line item;
};
struct emptied_line {  // cart: EmptyCartAsync called with userId=…
  std::string user_id;
};
using old_line = std::variant<placed_line, asked_line, paid_line, mailed_line, charged_line, added_line, emptied_line>;

struct old_event {
  log_time at;
  old_line what;
};

// A line of JSON (`timestamp` or `time`, `message`), or one as `kubectl logs --timestamps` has it. Nothing for lines
// that are about something else, or can't be read.
[[nodiscard]] std::optional<old_event> read_old_line(std::string_view line);

struct old_order {
  std::string order_id;
  std::string user_id;
  log_time placed_at;
  std::string currency;  // empty: not known, as the two after it
  std::string transaction_id;
  std::string email;
  std::optional<money> total;
  cart items;                         // empty: not known
  std::vector<std::string> problems;  // what could not be matched, and why
};

// In the order in which they were placed; each order once. Where two orders were under way at once, what can't be told
// apart is left out and said.
[[nodiscard]] std::vector<old_order> match_old_orders(std::vector<old_event> events);

}  // namespace checkout
