#pragma once
// The order that `-- innkeeper: requires` asks for. Pure.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "migration/reading.h"

namespace innkeeper::migration {

// Scripts come in the order of their files' names and leave it only for what they require, which runs before them.
// Names are looked for in `folder` ("tables/"), then from the root, where `ran_before` knows what is done by then.
// Cycles and unknown names are errors.
void order_by_requirements(reading& into, std::vector<script>& scripts, const std::string& folder,
                           const std::function<bool(std::string_view name)>& ran_before);

}  // namespace innkeeper::migration
