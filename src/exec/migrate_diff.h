#pragma once
// Versions whose files were changed after they had run, as differences of their text.
#include <string>

#include "exec/migration_target.h"
#include "migration/history.h"

namespace innkeeper::exec {

// For people: a heading and a diff for each; "" where there is none. Throws exec::error and pg::error.
[[nodiscard]] std::string changed_since(const migration_target& target, const migration::stored_history& stored);

}  // namespace innkeeper::exec
