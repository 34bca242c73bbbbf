#pragma once
#include <string>
#include <string_view>

namespace innkeeper {

// SHA-256 in hexadecimal. Throws std::runtime_error where OpenSSL fails.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace innkeeper
