#include "library/timestamp_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

namespace innkeeper {
namespace {

using std::chrono::microseconds;

// std::chrono's years end at 32767, PostgreSQL's at 294276. The calendar repeats every 400 years.
constexpr std::int64_t years_of_cycle = 400;
constexpr std::int64_t days_of_cycle = 146'097;

struct date {
  std::int64_t year;  // 0 is 1 BC
  unsigned month;
  unsigned day;
};

constexpr std::int64_t floor_divide(std::int64_t number, std::int64_t by) {
  return number / by - (number % by < 0 ? 1 : 0);
}

std::optional<std::int64_t> days_of(const date& one) {
  const auto cycle = floor_divide(one.year, years_of_cycle);
  const std::chrono::year_month_day day{
      std::chrono::year{static_cast<int>(one.year - cycle * years_of_cycle + years_of_cycle)},
      std::chrono::month{one.month}, std::chrono::day{one.day}};
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days{day}.time_since_epoch().count() + (cycle - 1) * days_of_cycle;
}

date date_of(std::int64_t days) {
  const auto cycle = floor_divide(days, days_of_cycle);
  const std::chrono::sys_days within{std::chrono::days{static_cast<int>(days - cycle * days_of_cycle)}};
  const std::chrono::year_month_day day{within};
  return {int{day.year()} + cycle * years_of_cycle, unsigned{day.month()}, unsigned{day.day()}};
}

// Takes from the front of a text.
class reader {
 public:
  explicit reader(std::string_view text) : text_{text} {}

  [[nodiscard]] bool is_at_end() const { return text_.empty(); }
  bool skip(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  std::optional<std::int64_t> number(std::size_t least_digits, std::size_t most_digits) {
    std::size_t digits = 0;
    while (digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9') ++digits;
    if (digits < least_digits || digits > most_digits) return std::nullopt;
    std::int64_t value = 0;
    std::from_chars(text_.data(), text_.data() + digits, value);
    text_.remove_prefix(digits);
    return value;
  }
  // ".5" is half a second.
  std::int64_t fraction() {
    if (!skip(".")) return 0;
    std::int64_t micro = 0;
    std::int64_t unit = 100'000;
    for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; text_.remove_prefix(1), unit /= 10) {
      micro += (text_.front() - '0') * unit;
    }
    return micro;
  }

 private:
  std::string_view text_;
};

std::optional<std::int64_t> read_days(reader& from, bool is_before_christ) {
  const auto year = from.number(4, 6);
  if (!year || !from.skip("-")) return std::nullopt;
  const auto month = from.number(2, 2);
  if (!month || !from.skip("-")) return std::nullopt;
  const auto day = from.number(2, 2);
  if (!day) return std::nullopt;
  return days_of({is_before_christ ? 1 - *year : *year, static_cast<unsigned>(*month), static_cast<unsigned>(*day)});
}

// Seconds of "12:30", "12:30:15" or "12".
std::optional<std::int64_t> read_clock(reader& from) {
  const auto hours = from.number(2, 2);
  if (!hours) return std::nullopt;
  std::int64_t seconds = *hours * 3600;
  for (const std::int64_t unit : {60, 1}) {
    if (!from.skip(":")) break;
    const auto part = from.number(2, 2);
    if (!part) return std::nullopt;
    seconds += *part * unit;
  }
  return seconds;
}

std::optional<std::int64_t> read_offset(reader& from) {
  const int sign = from.skip("+") ? 1 : from.skip("-") ? -1 : 0;
  if (sign == 0) return 0;
  const auto seconds = read_clock(from);
  return seconds ? std::optional{sign * *seconds} : std::nullopt;
}

}  // namespace

std::optional<timestamp> parse_timestamp(std::string_view text) {
  if (text == "infinity") return timestamp::max();
  if (text == "-infinity") return timestamp::min();
  // The year says which calendar day it is, so that BC has to be known first.
  const bool is_before_christ = text.ends_with(" BC");
  if (is_before_christ) text.remove_suffix(3);
  reader from{text};
  const auto days = read_days(from, is_before_christ);
  if (!days || !from.skip(" ")) return std::nullopt;
  const auto clock = read_clock(from);
  const auto micro = from.fraction();
  const auto offset = read_offset(from);
  if (!clock || !offset || !from.is_at_end()) return std::nullopt;
  const std::int64_t seconds = *days * 86'400 + *clock - *offset;
  std::int64_t all = 0;
  if (__builtin_mul_overflow(seconds, 1'000'000, &all) || __builtin_add_overflow(all, micro, &all)) return std::nullopt;
  return timestamp{microseconds{all}};
}

std::string to_timestamp_text(timestamp one) {
  if (one == timestamp::max()) return "infinity";
  if (one == timestamp::min()) return "-infinity";
  constexpr std::int64_t day_length = 86'400'000'000;
  const auto days = floor_divide(one.time_since_epoch().count(), day_length);
  const auto rest = one.time_since_epoch().count() - days * day_length;
  const auto date = date_of(days);
  const auto seconds = rest / 1'000'000;
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}+00{}", date.year > 0 ? date.year : 1 - date.year,
                     date.month, date.day, seconds / 3600, seconds / 60 % 60, seconds % 60, rest % 1'000'000,
                     date.year > 0 ? "" : " BC");
}

}  // namespace innkeeper
