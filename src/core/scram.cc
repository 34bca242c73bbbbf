#include "core/scram.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stringprep.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <vector>

#include "core/base64.h"

namespace innkeeper {
namespace {

using bytes = std::vector<unsigned char>;
using digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

constexpr std::string_view prefix = "SCRAM-SHA-256$";
constexpr int most_iterations = 10'000'000;  // more would be a way to keep us busy

struct verifier_parts {
  int iterations = 0;
  bytes salt;
  std::string_view keys;  // "<StoredKey>:<ServerKey>"
};

bool is_key(std::string_view text) {
  const auto key = from_base64(text);
  return key && key->size() == SHA256_DIGEST_LENGTH;
}

std::optional<verifier_parts> parts_of(std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  const auto colon = text.find(':');
  const auto dollar = text.find('$');
  if (colon == std::string_view::npos || dollar == std::string_view::npos || dollar < colon) return std::nullopt;
  verifier_parts parts;
  const auto* digits_end = text.data() + colon;
  const auto [end, error] = std::from_chars(text.data(), digits_end, parts.iterations);
  if (error != std::errc{} || end != digits_end || parts.iterations < 1 || parts.iterations > most_iterations)
    return std::nullopt;
  auto salt = from_base64(text.substr(colon + 1, dollar - colon - 1));
  if (!salt || salt->empty()) return std::nullopt;
  parts.salt = std::move(*salt);
  parts.keys = text.substr(dollar + 1);
  const auto between = parts.keys.find(':');
  if (between == std::string_view::npos || !is_key(parts.keys.substr(0, between)) ||
      !is_key(parts.keys.substr(between + 1)))
    return std::nullopt;
  return parts;
}

secret prepared(const secret& password) {
  const std::string& raw = password.expose();
  if (std::ranges::all_of(raw, [](unsigned char byte) { return byte < 0x80; })) return password;
  char* out = nullptr;
  const int outcome = stringprep_profile(raw.c_str(), &out, "SASLprep", STRINGPREP_NO_UNASSIGNED);
  if (outcome != STRINGPREP_OK) return password;
  secret text{std::string{out}};
  OPENSSL_cleanse(out, text.expose().size());
  free(out);
  // PostgreSQL does not let SASLprep leave nothing.
  return text.empty() ? password : text;
}

digest hmac(const digest& key, std::string_view text) {
  digest out{};
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
           text.size(), out.data(), nullptr) == nullptr)
    throw std::runtime_error{"OpenSSL could not compute an HMAC"};
  return out;
}

}  // namespace

secret scram_verifier(const secret& password, std::span<const unsigned char> salt, int iterations) {
  const secret text = prepared(password);
  digest salted{};
  if (PKCS5_PBKDF2_HMAC(text.expose().data(), static_cast<int>(text.expose().size()), salt.data(),
                        static_cast<int>(salt.size()), iterations, EVP_sha256(), static_cast<int>(salted.size()),
                        salted.data()) != 1)
    throw std::runtime_error{"OpenSSL could not compute PBKDF2"};
  digest client = hmac(salted, "Client Key");
  const digest server = hmac(salted, "Server Key");
  digest stored{};
  SHA256(client.data(), client.size(), stored.data());
  OPENSSL_cleanse(salted.data(), salted.size());
  OPENSSL_cleanse(client.data(), client.size());
  return secret{
      fmt::format("{}{}:{}${}:{}", prefix, iterations, to_base64(salt), to_base64(stored), to_base64(server))};
}

bool is_scram_verifier(std::string_view text) {
  return parts_of(text).has_value();
}

bool verifier_matches(const secret& password, const secret& verifier) {
  const std::string& theirs = verifier.expose();
  const auto parts = parts_of(theirs);
  if (!parts) return false;
  const secret ours = scram_verifier(password, parts->salt, parts->iterations);
  return ours.expose().size() == theirs.size() &&
         CRYPTO_memcmp(ours.expose().data(), theirs.data(), theirs.size()) == 0;
}

}  // namespace innkeeper
