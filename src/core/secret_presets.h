#pragma once
// Sets of keys by which applications and operators find a PostgreSQL, each by the name of who began it. docs/secrets.md
// lists them from this table.
#include <string_view>
#include <vector>

#include "core/secret_declaration.h"

namespace innkeeper {

struct preset_key {
  std::string_view name;
  std::string_view content;  // a part or a template; with "=" before it, the text itself
  bool is_optional = false;  // left out where the connection has no such part
};

struct secret_preset {
  std::string_view name;
  std::string_view purpose;
  std::vector<preset_key> keys;
};

[[nodiscard]] const std::vector<secret_preset>& all_secret_presets();
[[nodiscard]] const secret_preset* find_secret_preset(std::string_view name);
[[nodiscard]] std::vector<secret_key> keys_of(const secret_preset& preset, const location& where);

// What stands in a place that names neither keys nor a preset: DATABASE_URL, a URI.
[[nodiscard]] std::vector<secret_key> default_secret_keys(const location& where);

}  // namespace innkeeper
