// Logs of any kind: nothing falls over, and what comes out can be stored.
#include <cstdint>
#include <string_view>

#include "services/checkout/domain/old_logs.h"
#include "services/checkout/domain/request.h"
#include "services/checkout/domain/text.h"

namespace {

void require(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  std::vector<checkout::old_event> events;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    if (auto event = checkout::read_old_line(rest.substr(0, end))) events.push_back(std::move(*event));
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  for (const auto& one : checkout::match_old_orders(std::move(events))) {
    require(checkout::is_uuid(one.order_id) && !one.user_id.empty() && checkout::is_storable(one.user_id));
    require(checkout::is_storable(one.email) && checkout::is_storable(one.transaction_id));
    require(one.currency.empty() || checkout::looks_like_currency(one.currency));
    require(!one.total || (checkout::is_valid(*one.total) && !checkout::is_negative(*one.total)));
    for (const auto& line : one.items) require(line.quantity > 0 && checkout::is_storable(line.product_id));
  }
  return 0;
}
