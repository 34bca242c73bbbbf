#pragma once
// Env files as shells, Docker and Kubernetes read them: KEY=value lines. Only one's own keys are changed; every other
// byte stays as it was.
#include <optional>
#include <string>
#include <string_view>

#include "core/secret.h"

namespace innkeeper {

// The last assignment of the key, with `export` and quotes taken off; absent where there is none.
[[nodiscard]] std::optional<secret> read_env_key(std::string_view text, std::string_view key);

// The text with `key=value` in the place of the key's first line, further ones removed; else added at its end.
[[nodiscard]] secret patch_env_file(std::string_view text, std::string_view key, const secret& value);

// "cafe-backend" -> "CAFE_BACKEND".
[[nodiscard]] std::string to_env_name(std::string_view name);

}  // namespace innkeeper
