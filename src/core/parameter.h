#pragma once
// Values of server settings: "256MB", "32768" in units of 8kB and "262144kB" are one value.
#include <string>
#include <string_view>

namespace innkeeper {

// Is `written` (a manifest or configuration file) the same value as `setting` (pg_settings.setting, counted in `unit`)?
// `type` is pg_settings.vartype.
[[nodiscard]] bool same_parameter(std::string_view written, std::string_view setting, std::string_view unit,
                                  std::string_view type);

}  // namespace innkeeper
