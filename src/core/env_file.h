#pragma once
// Env files: KEY=value lines as `sh` sources them and systemd's EnvironmentFile= reads them, which is the one format
// that is written here (docs/secrets.md). Only one's own keys are changed; every other byte stays as it was. A comment
// for each owner, "# innkeeper " and its mark, says what was written for it.
#include <map>
#include <string>
#include <string_view>

#include "core/placed_secret.h"
#include "core/secret.h"

namespace innkeeper {

// Letters, digits and _, no digit first.
[[nodiscard]] bool is_env_name(std::string_view name);

// Each key's last assignment, with `export`, quotes and backslashes taken off. What no shell could read, such as a
// quote that is never closed, is taken as it stands up to the line's end.
[[nodiscard]] placed_values read_env_file(std::string_view text);

// The text with these keys as the owner's: each in the place of its first line, further ones removed, new ones at the
// end; without keys of the owner that are not among them. The same text where nothing differs.
[[nodiscard]] secret patch_env_file(std::string_view text, const std::map<std::string, secret>& keys,
                                    std::string_view owner);

// Bare where that means the same to everybody, `docker --env-file` included; else in single quotes, or in double ones
// where the value holds a single one.
[[nodiscard]] secret env_quoted(const secret& value);

// "cafe-backend" -> "CAFE_BACKEND".
[[nodiscard]] std::string to_env_name(std::string_view name);

}  // namespace innkeeper
