#pragma once
// The tables of manifest_keys.h for others than the parser: editors (JSON Schema) and people (the reference page).
#include <string>

namespace innkeeper {

// Draft 2020-12. Takes what the parser takes, except for what only the whole estate shows, such as names that collide.
[[nodiscard]] std::string manifest_json_schema();

// Every key of every table, in Markdown: the generated part of docs/manifest.md.
[[nodiscard]] std::string manifest_reference();

}  // namespace innkeeper
