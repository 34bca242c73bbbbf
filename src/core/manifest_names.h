#pragma once
// What nobody spelled: servers, databases, schemas and users of services. Then what only the whole estate shows: names
// that collide, sharing that is not declared, references that lead nowhere.
#include "core/manifest_problems.h"
#include "core/manifest_reader.h"

namespace innkeeper {

[[nodiscard]] estate complete_estate(estate_draft draft, manifest_problems& problems);

}  // namespace innkeeper
