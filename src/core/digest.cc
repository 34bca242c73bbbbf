#include "core/digest.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace innkeeper {

std::string digest_hex(digest how, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int size = 0;
  const auto* algorithm = how == digest::sha256 ? EVP_sha256() : EVP_sha384();
  if (EVP_Digest(text.data(), text.size(), sum.data(), &size, algorithm, nullptr) != 1) {
    throw std::runtime_error{"OpenSSL could not compute a digest"};
  }
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += digits[sum.at(i) >> 4U];
    hex += digits[sum.at(i) & 15U];
  }
  return hex;
}

std::string sha256_hex(std::string_view text) {
  return digest_hex(digest::sha256, text);
}

}  // namespace innkeeper
