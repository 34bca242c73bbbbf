#include "cli/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace innkeeper::cli {
namespace {

std::string_view code_of(color one) {
  switch (one) {
    case color::green:
      return "32";
    case color::yellow:
      return "33";
    case color::red:
      return "31";
    case color::magenta:
      return "35";
    case color::bold:
      return "1";
    case color::dim:
      return "2";
  }
  return "0";
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::string paint(std::string_view text, color with, bool colored) {
  return colored ? fmt::format("\x1b[{}m{}\x1b[0m", code_of(with), text) : std::string{text};
}

std::string text_table::text(std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string all;
  for (const auto& row : rows_) {
    std::string line{indent};
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    while (line.ends_with(' ')) line.pop_back();
    all += line + "\n";
  }
  return all;
}

std::string counted(long count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

std::string human_bytes(long long bytes) {
  static constexpr std::array units{"kB", "MB", "GB", "TB"};
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string human_duration(std::chrono::milliseconds duration) {
  if (duration.count() < 1000) return fmt::format("{} ms", duration.count());
  return fmt::format("{:.1f} s", static_cast<double>(duration.count()) / 1000);
}

}  // namespace innkeeper::cli
