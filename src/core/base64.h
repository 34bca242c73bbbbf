#pragma once
// Base64 with padding, as SCRAM verifiers and Kubernetes Secrets have it (RFC 4648, section 4).
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace innkeeper {

[[nodiscard]] std::string to_base64(std::span<const unsigned char> data);
[[nodiscard]] std::string to_base64(std::string_view text);

// Nothing where it isn't exactly what to_base64() makes of some bytes.
[[nodiscard]] std::optional<std::vector<unsigned char>> from_base64(std::string_view text);

}  // namespace innkeeper
