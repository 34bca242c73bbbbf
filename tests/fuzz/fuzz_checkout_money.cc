// Amounts of any kind, also those that no peer should send: nothing overflows, results are valid, and what was added
// can be taken away again.
#include <cstdint>
#include <cstring>
#include <limits>

#include "services/checkout/domain/money.h"

namespace {

void require(bool holds) {
  if (!holds) __builtin_trap();
}

template <class Number>
Number take(const std::uint8_t*& data, std::size_t& size) {
  Number number{};
  const auto count = size < sizeof number ? size : sizeof number;
  std::memcpy(&number, data, count);
  data += count;
  size -= count;
  return number;
}

checkout::money take_money(const std::uint8_t*& data, std::size_t& size) {
  checkout::money amount{"USD", take<std::int64_t>(data, size), take<std::int32_t>(data, size)};
  if (take<std::uint8_t>(data, size) % 4 != 0) {  // mostly valid
    amount.nanos %= 1'000'000'000;
    if ((amount.units < 0) != (amount.nanos < 0) && amount.nanos != std::numeric_limits<std::int32_t>::min()) {
      amount.nanos = -amount.nanos;
    }
  }
  return amount;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto left = take_money(data, size);
  const auto right = take_money(data, size);
  const auto quantity = take<std::int32_t>(data, size);

  const auto sum = checkout::add(left, right);
  if (sum) {
    require(checkout::is_valid(*sum) && checkout::is_valid(left) && checkout::is_valid(right));
    require(checkout::add(right, left) == sum);
    if (right.units != std::numeric_limits<std::int64_t>::min()) {
      require(checkout::add(*sum, {right.currency, -right.units, -right.nanos}) == left);
    }
  }
  if (const auto product = checkout::multiply(left, quantity)) {
    require(checkout::is_valid(*product));
    require(checkout::is_zero(*product) == (checkout::is_zero(left) || quantity == 0));
  }
  require(!checkout::to_decimal(left).empty());
  return 0;
}
