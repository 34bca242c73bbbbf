#include "core/base64.h"

#include <openssl/evp.h>

namespace innkeeper {

std::string to_base64(std::span<const unsigned char> data) {
  std::string text(4 * ((data.size() + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), data.data(), static_cast<int>(data.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string to_base64(std::string_view text) {
  return to_base64(std::span{reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}

std::optional<std::vector<unsigned char>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::vector<unsigned char> data(text.size() / 4 * 3);
  const int length =
      EVP_DecodeBlock(data.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  data.resize(data.size() - (text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0));
  if (to_base64(data) != text) return std::nullopt;
  return data;
}

}  // namespace innkeeper
