#pragma once
#include <string>
#include <string_view>

namespace innkeeper {

enum class digest { sha256, sha384 };

// In hexadecimal. Throws std::runtime_error where OpenSSL fails.
[[nodiscard]] std::string digest_hex(digest how, std::string_view text);
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace innkeeper
