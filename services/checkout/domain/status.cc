#include "services/checkout/domain/status.h"

#include <algorithm>
#include <array>

namespace checkout {
namespace {

constexpr std::array all_names{
    std::pair{order_status::pending, std::string_view{"pending"}},
    std::pair{order_status::paid, std::string_view{"paid"}},
    std::pair{order_status::confirmed, std::string_view{"confirmed"}},
    std::pair{order_status::rejected, std::string_view{"rejected"}},
    std::pair{order_status::abandoned, std::string_view{"abandoned"}},
    std::pair{order_status::payment_unknown, std::string_view{"payment_unknown"}},
    std::pair{order_status::refund_due, std::string_view{"refund_due"}},
};

constexpr std::array table{
    transition{order_status::pending, order_status::paid, "T2, the card was charged"},
    transition{order_status::pending, order_status::rejected, "T2, the card was refused"},
    transition{order_status::pending, order_status::abandoned, "no charge was sent"},
    transition{order_status::pending, order_status::payment_unknown, "the answer to the charge was lost"},
    transition{order_status::paid, order_status::confirmed, "T3, shipped"},
    transition{order_status::paid, order_status::refund_due, "shipping was given up"},
    transition{order_status::payment_unknown, order_status::paid, "an operator proved the charge"},
    transition{order_status::payment_unknown, order_status::abandoned, "an operator proved that there was none"},
};

}  // namespace

std::string_view to_string(order_status status) {
  for (const auto& [one, name] : all_names) {
    if (one == status) return name;
  }
  return "";
}

std::optional<order_status> parse_status(std::string_view name) {
  for (const auto& [one, its_name] : all_names) {
    if (its_name == name) return one;
  }
  return std::nullopt;
}

std::span<const transition> transitions() {
  return table;
}

bool may_become(order_status from, order_status to) {
  return std::any_of(table.begin(), table.end(), [&](const auto& row) { return row.from == from && row.to == to; });
}

bool is_final(order_status status) {
  return std::none_of(table.begin(), table.end(), [&](const auto& row) { return row.from == status; });
}

std::string transition_diagram() {
  std::string text = "stateDiagram-v2\n    [*] --> pending: T1, recorded and committed\n";
  for (const auto& row : table) {
    text += "    " + std::string{to_string(row.from)} + " --> " + std::string{to_string(row.to)} + ": " +
            std::string{row.when} + "\n";
  }
  for (const auto& [status, name] : all_names) {
    if (is_final(status)) text += "    " + std::string{name} + " --> [*]\n";
  }
  return text;
}

}  // namespace checkout
