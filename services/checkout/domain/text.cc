#include "services/checkout/domain/text.h"

#include <charconv>
#include <cstdio>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>

namespace checkout {
namespace {

constexpr std::string_view hexadecimal = "0123456789abcdef";

std::string_view name_of(severity level) {
  switch (level) {
    case severity::debug:
      return "debug";
    case severity::info:
      return "info";
    case severity::warning:
      return "warning";
    case severity::error:
      return "error";
    case severity::fatal:
      return "fatal";
  }
  return "";
}

struct unit_row {
  std::string_view name;
  double milliseconds;
};
// The longer names first: "ms" is no "m".
constexpr std::array units{unit_row{"ms", 1}, unit_row{"us", 0.001}, unit_row{"h", 3600000}, unit_row{"m", 60000},
                           unit_row{"s", 1000}};

}  // namespace

std::string make_uuid(std::chrono::system_clock::time_point now, const std::array<unsigned char, 10>& randomness) {
  const auto ms =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  std::array<unsigned char, 16> bytes{};
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(ms >> (8 * (5 - i)));
  for (std::size_t i = 0; i < randomness.size(); ++i) bytes[6 + i] = randomness[i];
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x70U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += hexadecimal[bytes[i] >> 4U];
    text += hexadecimal[bytes[i] & 0x0FU];
  }
  return text;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash != (text[i] == '-')) return false;
    if (!is_dash && hexadecimal.find(text[i]) == std::string_view::npos) return false;
  }
  return true;
}

std::string masked_email(std::string_view email) {
  const auto at = email.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == email.size()) return "***";
  std::size_t first = 1;  // a character may have several bytes
  while (first < at && (static_cast<unsigned char>(email[first]) & 0xC0U) == 0x80) ++first;
  return std::string{email.substr(0, first)} + "***" + std::string{email.substr(at)};
}

std::string rfc3339(std::chrono::system_clock::time_point when) {
  const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(nanos / 1'000'000'000);
  std::tm broken{};
  gmtime_r(&seconds, &broken);
  std::array<char, 64> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &broken);
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%09dZ", static_cast<int>(nanos % 1'000'000'000));
  return std::string{text.data(), length} + fraction.data();
}

std::string log_line(severity level, std::string_view message, std::chrono::system_clock::time_point now,
                     const log_fields& fields) {
  nlohmann::ordered_json line;
  line["severity"] = name_of(level);
  line["message"] = message;
  line["timestamp"] = rfc3339(now);
  for (const auto& [name, value] : fields) line[name] = value;
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double total = 0;
  bool is_first = true;
  while (!text.empty()) {
    double number = 0;
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (problem != std::errc{} || !(number >= 0)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) {
      if (!is_first) return std::nullopt;
      total = number * 1000;
      break;
    }
    const unit_row* unit = nullptr;
    for (const auto& row : units) {
      if (unit == nullptr && text.starts_with(row.name)) unit = &row;
    }
    if (unit == nullptr) return std::nullopt;
    text.remove_prefix(unit->name.size());
    total += number * unit->milliseconds;
    is_first = false;
  }
  constexpr double longest = 1000.0 * 3600 * 24 * 366 * 100;
  if (total > longest) return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(total)};
}

}  // namespace checkout
