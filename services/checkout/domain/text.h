#pragma once
// Small texts: order ids, masked e-mail addresses, log lines, durations.
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace checkout {

// Version 7 of RFC 9562, lower case, 36 characters: milliseconds, then randomness. They sort by time.
[[nodiscard]] std::string make_uuid(std::chrono::system_clock::time_point now,
                                    const std::array<unsigned char, 10>& randomness);
[[nodiscard]] bool is_uuid(std::string_view text);

// "a***@example.com"; an address without a name or a domain is "***".
[[nodiscard]] std::string masked_email(std::string_view email);

enum class severity { debug, info, warning, error, fatal };
using log_fields = std::vector<std::pair<std::string, std::string>>;

// One JSON object without line feed: severity, message, timestamp (RFC 3339, nanoseconds, UTC), then the fields. Bytes
// that are no UTF-8 are replaced.
[[nodiscard]] std::string log_line(severity level, std::string_view message, std::chrono::system_clock::time_point now,
                                   const log_fields& fields = {});
[[nodiscard]] std::string rfc3339(std::chrono::system_clock::time_point when);

// "300s", "250ms", "5m", "1h", "2h45m", "1.5s"; a number alone is seconds. Nothing for what is none or is negative.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace checkout
