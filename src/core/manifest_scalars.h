#pragma once
// What each kind of scalar takes: one row says it to people, to the JSON Schema and to the parser.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/duration.h"
#include "core/manifest_keys.h"

namespace innkeeper {

struct value_problem {
  std::string message;  // after the key's name: "must be …"
  std::string detail;
  std::string hint;
};

struct scalar_rule {
  value_kind kind;
  std::string_view noun;                                         // "a duration such as 500ms, 30s, 5m, 24h"
  std::string_view pattern;                                      // of the JSON Schema, between ^ and $
  bool takes_numbers;                                            // 15 as well as "15"
  std::optional<value_problem> (*check)(std::string_view text);  // null: the pattern's sense is checked elsewhere
};

[[nodiscard]] const scalar_rule& rule_of(value_kind kind);
// "a whole number from 1 to 65535", "one of owner, readwrite".
[[nodiscard]] std::string noun_of(const value_shape& shape);

// What is wrong with a scalar's text, after the environment's values were put in.
[[nodiscard]] std::optional<value_problem> check_scalar(const value_shape& shape, std::string_view text);

[[nodiscard]] std::optional<long> parse_integer(std::string_view text);
// "10GB", in PostgreSQL's units; the result in kB.
[[nodiscard]] std::optional<double> parse_disk_size(std::string_view text);
// In PostgreSQL's units, the largest that is exact: "30s", "5min", "1500ms", "0".
[[nodiscard]] std::string to_setting(std::chrono::milliseconds time);

}  // namespace innkeeper
