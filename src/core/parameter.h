#pragma once
// Values of server settings: "256MB", "32768" in units of 8kB and "262144kB" are one value.
#include <optional>
#include <string>
#include <string_view>

namespace innkeeper {

// Is `written` (a manifest or configuration file) the same value as `setting` (pg_settings.setting, counted in `unit`)?
// `type` is pg_settings.vartype.
[[nodiscard]] bool same_parameter(std::string_view written, std::string_view setting, std::string_view unit,
                                  std::string_view type);

// A quantity as written, "10GB", "5min" or a number of `unit`s: bytes or milliseconds. std::nullopt where it is none.
[[nodiscard]] std::optional<double> parameter_amount(std::string_view written, std::string_view unit);

}  // namespace innkeeper
