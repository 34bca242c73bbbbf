#pragma once
// timestamptz as PostgreSQL prints it in ISO style, and as it reads it. Pure.
#include <optional>
#include <string>
#include <string_view>

#include "innkeeper/types.h"

namespace innkeeper {

// "2024-05-01 12:00:00.5+02", "0044-03-15 12:00:00-00:01:15 BC", "infinity"; without an offset it is UTC.
[[nodiscard]] std::optional<timestamp> parse_timestamp(std::string_view text);
[[nodiscard]] std::string to_timestamp_text(timestamp one);  // in UTC

}  // namespace innkeeper
