#pragma once
// Amounts as the shop's services exchange them: units + nanos / 10^9 of one currency. Exact integers throughout:
// 128-bit sums of nanos, split by truncation towards zero; nothing is rounded, whatever the currency.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace checkout {

struct money {
  std::string currency;  // three capital letters, as the peers know it
  std::int64_t units = 0;
  std::int32_t nanos = 0;  // of the same sign as units, beyond -10^9 and below 10^9

  friend bool operator==(const money&, const money&) = default;
};

[[nodiscard]] bool is_valid(const money& amount);
[[nodiscard]] bool is_zero(const money& amount);
[[nodiscard]] bool is_negative(const money& amount);

// Nothing where the currencies differ or are not given, an operand isn't valid, or the result doesn't fit.
[[nodiscard]] std::optional<money> add(const money& left, const money& right);
[[nodiscard]] std::optional<money> multiply(const money& price, std::int32_t quantity);

// "13303.026979251": all nine decimals, for people and for numeric columns.
[[nodiscard]] std::string to_decimal(const money& amount);

// What a currency service's answer is worth. It answers a code that it doesn't know with OK and 0.
enum class conversion { good, unsupported_currency, failed };
[[nodiscard]] conversion judge_conversion(const money& from, const money& converted, std::string_view wanted);

// Three capital letters; whether the currency service knows it is another matter.
[[nodiscard]] bool looks_like_currency(std::string_view code);

}  // namespace checkout
