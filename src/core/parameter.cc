#include "core/parameter.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace innkeeper {
namespace {

struct quantity {
  double number = 0;
  bool has_unit = false;
};

// Bytes for memory, milliseconds for time, as PostgreSQL's own tables of units.
constexpr std::array<std::pair<std::string_view, double>, 11> units{{{"B", 1},
                                                                     {"kB", 1024},
                                                                     {"MB", 1024.0 * 1024},
                                                                     {"GB", 1024.0 * 1024 * 1024},
                                                                     {"TB", 1024.0 * 1024 * 1024 * 1024},
                                                                     {"us", 0.001},
                                                                     {"ms", 1},
                                                                     {"s", 1000},
                                                                     {"min", 60'000},
                                                                     {"h", 3'600'000},
                                                                     {"d", 86'400'000}}};

std::optional<double> unit_factor(std::string_view unit) {
  for (const auto& [name, factor] : units) {
    if (name == unit) return factor;
  }
  return std::nullopt;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "8kB" as a unit means 8 * 1024 bytes.
std::optional<quantity> parse_quantity(std::string_view text) {
  text = trim(text);
  quantity result;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), result.number);
  if (failure != std::errc{}) return std::nullopt;
  const auto rest = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  if (rest.empty()) return result;
  const auto factor = unit_factor(rest);
  if (!factor) return std::nullopt;
  result.number *= *factor;
  result.has_unit = true;
  return result;
}

std::optional<double> base_of(std::string_view unit) {
  if (const auto plain = unit_factor(unit)) return plain;
  if (const auto counted = parse_quantity(unit)) return counted->number;
  return std::nullopt;
}

std::optional<bool> parse_boolean(std::string_view text) {
  std::string lower;
  for (const char c : trim(text)) lower += (c >= 'A' && c <= 'Z') ? static_cast<char>(c + ('a' - 'A')) : c;
  // PostgreSQL takes any unambiguous prefix; "o" is none.
  const auto begins = [&](std::string_view word, std::size_t least) {
    return lower.size() >= least && word.starts_with(lower);
  };
  if (lower == "1" || begins("true", 1) || begins("yes", 1) || begins("on", 2)) return true;
  if (lower == "0" || begins("false", 1) || begins("no", 1) || begins("off", 2)) return false;
  return std::nullopt;
}

}  // namespace

bool same_parameter(std::string_view written, std::string_view setting, std::string_view unit, std::string_view type) {
  if (written == setting) return true;
  if (type == "bool") {
    const auto a = parse_boolean(written);
    return a && a == parse_boolean(setting);
  }
  if (type != "integer" && type != "real") return false;
  auto a = parse_quantity(written);
  const auto b = parse_quantity(setting);
  if (!a || !b) return false;
  if (!a->has_unit) return a->number == b->number;
  const auto base = base_of(unit);
  if (!base) return false;
  const double in_units = a->number / *base;
  return type == "integer" ? std::round(in_units) == b->number : std::abs(in_units - b->number) < 1e-9;
}

std::optional<double> parameter_amount(std::string_view written, std::string_view unit) {
  const auto amount = parse_quantity(written);
  if (!amount) return std::nullopt;
  if (amount->has_unit) return amount->number;
  const auto base = base_of(unit);
  return base ? std::optional{amount->number * *base} : std::nullopt;
}

}  // namespace innkeeper
