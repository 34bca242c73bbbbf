#pragma once
// What stands in a place where applications find their secrets: keys, and whose each of them is. Where the place itself
// doesn't keep that apart, a line for each owner does, in the place or beside it:
//
//   cafe-erp/cafe DATABASE_URL:2f0c5a1b9d3e4f60 CAFE_REDIS_ADDR:77aa01c2e5b49d18
//
// with a fingerprint of what was written last, so that what another hand changed later shows.
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/secret.h"

namespace innkeeper {

struct placed_value {
  secret value;
  std::string owner;        // "estate/service" for which Innkeeper wrote it; empty: another hand's
  bool is_altered = false;  // ours by its mark, and another hand changed it since

  friend bool operator==(const placed_value&, const placed_value&) = default;
};

using placed_values = std::map<std::string, placed_value>;

struct place_mark {
  std::string owner;
  std::map<std::string, std::string> fingerprints;  // of each key; "OLD,NEW" while one is being replaced

  friend bool operator==(const place_mark&, const place_mark&) = default;
};

[[nodiscard]] std::optional<place_mark> parse_place_mark(std::string_view line);
[[nodiscard]] std::string print_place_mark(const place_mark& one);

// Worth nothing to whoever can't read the value itself: it is cut, and stands where that stands.
[[nodiscard]] std::string placed_fingerprint(const std::string& key, const secret& value);
[[nodiscard]] place_mark mark_for(std::string_view owner, const std::map<std::string, secret>& keys);
// Says of each value that the mark names whose it is; values that are gone are gone.
void claim(placed_values& values, const place_mark& mark);

}  // namespace innkeeper
