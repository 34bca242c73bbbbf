#include "core/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace innkeeper {
namespace {

using namespace std::chrono_literals;

std::optional<std::chrono::milliseconds> to_milliseconds(double number, std::chrono::milliseconds unit) {
  static constexpr std::chrono::hours longest{24 * 366 * 10};
  const double milliseconds = std::round(number * static_cast<double>(unit.count()));
  if (milliseconds > static_cast<double>(std::chrono::milliseconds{longest}.count())) return std::nullopt;
  return std::chrono::milliseconds{static_cast<long>(milliseconds)};
}

}  // namespace

std::optional<std::pair<double, std::string_view>> split_number(std::string_view text) {
  const std::size_t whole = std::min(text.find_first_not_of("0123456789"), text.size());
  std::size_t end = whole;
  if (end < text.size() && text[end] == '.') {
    end = std::min(text.find_first_not_of("0123456789", whole + 1), text.size());
    if (end == whole + 1) return std::nullopt;
  }
  if (whole == 0 || end > 20) return std::nullopt;
  double number = 0;
  std::from_chars(text.data(), text.data() + end, number);
  return std::pair{number, text.substr(end)};
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::chrono::milliseconds>, 5> units{
      {{"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}, {"d", 24h}}};
  const auto split = split_number(text);
  if (!split) return text == "0" ? std::optional{0ms} : std::nullopt;
  const auto unit = std::ranges::find(units, split->second, &decltype(units)::value_type::first);
  if (unit == units.end()) return text == "0" ? std::optional{0ms} : std::nullopt;
  return to_milliseconds(split->first, unit->second);
}

std::optional<std::chrono::milliseconds> parse_duration_or_seconds(std::string_view text) {
  const auto split = split_number(text);
  return split && split->second.empty() ? to_milliseconds(split->first, 1s) : parse_duration(text);
}

}  // namespace innkeeper
