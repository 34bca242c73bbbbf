#include "services/checkout/test_peers/shop.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace checkout::test {
namespace {

constexpr double fraction = 1e9;

constexpr std::array rates{
    std::pair<std::string_view, double>{"EUR", 1.0},     std::pair<std::string_view, double>{"USD", 1.1305},
    std::pair<std::string_view, double>{"JPY", 126.40},  std::pair<std::string_view, double>{"CHF", 1.1360},
    std::pair<std::string_view, double>{"GBP", 0.85970}, std::pair<std::string_view, double>{"SEK", 10.5375},
    std::pair<std::string_view, double>{"KRW", 1275.05}, std::pair<std::string_view, double>{"TRY", 6.1247},
};

double rate_of(std::string_view code) {
  for (const auto& [name, rate] : rates) {
    if (name == code) return rate;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

struct float_amount {
  double units;
  double nanos;
};

// Moves what is beyond the point from units to nanos, and whole units back.
float_amount carried(float_amount amount) {
  amount.nanos += std::fmod(amount.units, 1.0) * fraction;
  amount.units = std::floor(amount.units) + std::floor(amount.nanos / fraction);
  amount.nanos = std::fmod(amount.nanos, fraction);
  return amount;
}

bool passes_luhn(const std::string& digits) {
  int sum = 0;
  bool is_doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    int value = *digit - '0';
    if (is_doubled && (value *= 2) > 9) value -= 9;
    sum += value;
    is_doubled = !is_doubled;
  }
  return sum % 10 == 0;
}

std::string_view kind_of_card(const std::string& digits) {
  const int four = std::stoi(digits.substr(0, 4));
  if (digits[0] == '4') return "visa";
  if ((four >= 5100 && four <= 5599) || (four >= 2221 && four <= 2720)) return "mastercard";
  if (digits[0] == '3') return "amex";
  return "other";
}

}  // namespace

const std::vector<product>& catalogue() {
  static const std::vector<product> all{
      {"OLJCESPC7Z", "Sunglasses", 19, 990000000},
      {"66VCHSJNUP", "Tank Top", 18, 990000000},
      {"1YMWWN1N4O", "Watch", 109, 990000000},
      {"L9ECAV7KIM", "Loafers", 89, 990000000},
      {"2ZYFJ3GM2N", "Hairdryer", 24, 990000000},
      {"0PUK6V6EV0", "Candle Holder", 18, 990000000},
      {"LS4PSXUNUM", "Salt & Pepper Shakers", 18, 490000000},
      {"9SIQT8TOJO", "Bamboo Glass Jar", 5, 490000000},
      {"6E92ZMYYFZ", "Mug", 8, 990000000},
  };
  return all;
}

std::vector<std::string> currencies() {
  std::vector<std::string> codes;
  for (const auto& [code, rate] : rates) codes.emplace_back(code);
  return codes;
}

money exchange(const money& from, std::string_view to) {
  const double source = rate_of(from.currency);
  const double target = rate_of(to);
  if (std::isnan(source) || std::isnan(target)) return {std::string{to}, 0, 0};
  auto euros = carried({static_cast<double>(from.units) / source, from.nanos / source});
  euros.nanos = std::round(euros.nanos);
  const auto result = carried({euros.units * target, euros.nanos * target});
  return {std::string{to}, static_cast<std::int64_t>(std::floor(result.units)),
          static_cast<std::int32_t>(std::floor(result.nanos))};
}

std::optional<std::string> refuse_card(const credit_card& card, int year, int month) {
  std::string digits;
  for (const char c : card.number) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != '-' && c != ' ') {
      return "Credit card info is invalid";
    }
  }
  if (digits.size() < 13 || digits.size() > 19 || !passes_luhn(digits)) return "Credit card info is invalid";
  const auto kind = kind_of_card(digits);
  if (kind != "visa" && kind != "mastercard") {
    return "Sorry, we cannot process " + std::string{kind} + " credit cards. Only VISA or MasterCard is accepted.";
  }
  if (year * 12 + month > card.expiration_year * 12 + card.expiration_month) {
    return "Your credit card (ending " + digits.substr(digits.size() - 4) + ") expired on " +
           std::to_string(card.expiration_month) + "/" + std::to_string(card.expiration_year);
  }
  return std::nullopt;
}

std::string tracking_id(const address& to, std::uint64_t random) {
  const auto letter = [&](int shift) { return static_cast<char>('A' + (random >> static_cast<unsigned>(shift)) % 26); };
  return std::string{letter(0), letter(8)} + "-" + std::to_string(to.street.size()) +
         std::to_string(100 + (random >> 16U) % 900) + "-" + std::to_string(to.city.size()) +
         std::to_string(1000000 + (random >> 28U) % 9000000);
}

}  // namespace checkout::test
