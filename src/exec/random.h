#pragma once
// The operating system's randomness, the only one in the program. Throws exec::error (70) where it has none.
#include <array>
#include <string>

#include "core/scram.h"
#include "core/secret.h"

namespace innkeeper::exec {

// 32 letters and digits, each as likely as any other: 190 bits, and no dialect needs to quote them.
[[nodiscard]] secret generate_password();
[[nodiscard]] std::array<unsigned char, scram_salt_bytes> random_salt();
// For names that must not collide, such as those of temporary files.
[[nodiscard]] std::string random_name();

}  // namespace innkeeper::exec
