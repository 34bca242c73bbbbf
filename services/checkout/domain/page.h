#pragma once
// Where a page of a user's orders ends, as an opaque token: the next one begins after it.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace checkout {

struct page_end {
  std::chrono::sys_time<std::chrono::microseconds> created_at;
  std::string order_id;

  friend bool operator==(const page_end&, const page_end&) = default;
};

[[nodiscard]] std::string to_token(const page_end& end);
// Nothing for what is no token of ours.
[[nodiscard]] std::optional<page_end> parse_token(std::string_view token);

// How many orders a page has: 20 where nothing is asked for, at most 100; nothing for a negative number.
[[nodiscard]] std::optional<int> page_size_of(int asked);

}  // namespace checkout
