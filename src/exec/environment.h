#pragma once
// The process's environment, as the core takes it.
#include "core/manifest_environment.h"

namespace innkeeper::exec {

[[nodiscard]] environment_lookup process_environment();

}  // namespace innkeeper::exec
