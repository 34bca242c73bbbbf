#pragma once
// Times as people write them. Pure.
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace innkeeper {

// "512", "1.5", then whatever follows it; nothing where no number begins.
[[nodiscard]] std::optional<std::pair<double, std::string_view>> split_number(std::string_view text);

// "500ms", "30s", "5m", "24h", "7d", "0".
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// As parse_duration, and a number alone means seconds.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration_or_seconds(std::string_view text);

}  // namespace innkeeper
