#include "services/checkout/domain/page.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "services/checkout/domain/text.h"

namespace checkout {
namespace {

constexpr int usual_size = 20;
constexpr int largest_size = 100;
constexpr std::size_t time_digits = 16;

}  // namespace

// Sixteen hexadecimal digits of time, then the order's number without its dashes.
std::string to_token(const page_end& end) {
  std::array<char, time_digits> digits{};
  const auto micros = static_cast<std::uint64_t>(end.created_at.time_since_epoch().count());
  const auto [stop, problem] = std::to_chars(digits.data(), digits.data() + digits.size(), micros, 16);
  std::string token(time_digits - static_cast<std::size_t>(stop - digits.data()), '0');
  token.append(digits.data(), stop);
  std::copy_if(end.order_id.begin(), end.order_id.end(), std::back_inserter(token), [](char c) { return c != '-'; });
  return token;
}

std::optional<page_end> parse_token(std::string_view token) {
  constexpr std::size_t uuid_digits = 32;
  if (token.size() != time_digits + uuid_digits) return std::nullopt;
  std::uint64_t micros = 0;
  const auto [stop, problem] = std::from_chars(token.data(), token.data() + time_digits, micros, 16);
  constexpr std::uint64_t year_9999 = 253'402'300'800'000'000;
  if (problem != std::errc{} || stop != token.data() + time_digits || micros >= year_9999) return std::nullopt;
  std::string order_id{token.substr(time_digits)};
  for (const std::size_t dash : {8, 13, 18, 23}) order_id.insert(dash, 1, '-');
  if (!is_uuid(order_id)) return std::nullopt;
  return page_end{
      std::chrono::sys_time<std::chrono::microseconds>{std::chrono::microseconds{static_cast<std::int64_t>(micros)}},
      std::move(order_id)};
}

std::optional<int> page_size_of(int asked) {
  if (asked < 0) return std::nullopt;
  return asked == 0 ? usual_size : std::min(asked, largest_size);
}

}  // namespace checkout
