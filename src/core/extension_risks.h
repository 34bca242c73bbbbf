#pragma once
// What an extension can be used for against its neighbours, by name. Pure data.
#include <string_view>

#include "core/probe.h"

namespace innkeeper {

struct extension_risk {
  gravity how_bad = gravity::low;
  std::string_view reason;  // fits behind "extension x is installed: it …"; empty: none known
};

[[nodiscard]] extension_risk risk_of_extension(std::string_view name);

}  // namespace innkeeper
