#include "core/digest.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace innkeeper {

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error{"OpenSSL could not compute SHA-256"};
  }
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const auto byte : digest) {
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

}  // namespace innkeeper
