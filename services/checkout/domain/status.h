#pragma once
// An order's life, as a table. Whatever changes a status goes through a row of it; README.md's diagram is made from it.
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace checkout {

enum class order_status { pending, paid, confirmed, rejected, abandoned, payment_unknown, refund_due };

[[nodiscard]] std::string_view to_string(order_status status);
[[nodiscard]] std::optional<order_status> parse_status(std::string_view name);

struct transition {
  order_status from;
  order_status to;
  std::string_view when;
};

[[nodiscard]] std::span<const transition> transitions();
[[nodiscard]] bool may_become(order_status from, order_status to);
[[nodiscard]] bool is_final(order_status status);

// The transition table as a Mermaid state diagram.
[[nodiscard]] std::string transition_diagram();

}  // namespace checkout
