#include "services/checkout/domain/money.h"

#include <algorithm>
#include <limits>

namespace checkout {
namespace {

__extension__ using wide = __int128;

constexpr wide nanos_per_unit = 1'000'000'000;

wide in_nanos(const money& amount) {
  return static_cast<wide>(amount.units) * nanos_per_unit + amount.nanos;
}

std::optional<money> split(const std::string& currency, wide nanos) {
  const wide units = nanos / nanos_per_unit;  // truncates towards zero, and so does %
  if (units > std::numeric_limits<std::int64_t>::max() || units < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return money{currency, static_cast<std::int64_t>(units), static_cast<std::int32_t>(nanos % nanos_per_unit)};
}

}  // namespace

bool is_valid(const money& amount) {
  if (amount.nanos <= -nanos_per_unit || amount.nanos >= nanos_per_unit) return false;
  return (amount.units <= 0 || amount.nanos >= 0) && (amount.units >= 0 || amount.nanos <= 0);
}

bool is_zero(const money& amount) {
  return amount.units == 0 && amount.nanos == 0;
}

bool is_negative(const money& amount) {
  return amount.units < 0 || amount.nanos < 0;
}

std::optional<money> add(const money& left, const money& right) {
  if (left.currency.empty() || left.currency != right.currency || !is_valid(left) || !is_valid(right)) {
    return std::nullopt;
  }
  return split(left.currency, in_nanos(left) + in_nanos(right));
}

// 2^63 units of 10^9 nanos times 2^31 is below 2^125: it fits.
std::optional<money> multiply(const money& price, std::int32_t quantity) {
  if (price.currency.empty() || !is_valid(price)) return std::nullopt;
  return split(price.currency, in_nanos(price) * quantity);
}

std::string to_decimal(const money& amount) {
  const wide nanos = in_nanos(amount);
  wide rest = nanos < 0 ? -nanos : nanos;
  std::string reversed;
  for (int place = 0; place < 10 || rest != 0; ++place) {
    if (place == 9) reversed += '.';
    reversed += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (nanos < 0) reversed += '-';
  return {reversed.rbegin(), reversed.rend()};
}

conversion judge_conversion(const money& from, const money& converted, std::string_view wanted) {
  if (is_zero(converted) && !is_zero(from)) return conversion::unsupported_currency;
  const bool holds = is_valid(converted) && !is_negative(converted) && converted.currency == wanted;
  return holds ? conversion::good : conversion::failed;
}

bool looks_like_currency(std::string_view code) {
  return code.size() == 3 && std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace checkout
