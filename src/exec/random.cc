#include "exec/random.h"

#include <openssl/crypto.h>
#include <sys/random.h>

#include <cerrno>
#include <span>
#include <string_view>

#include "exec/error.h"

namespace innkeeper::exec {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

void fill(std::span<unsigned char> into) {
  while (!into.empty()) {
    const ssize_t got = getrandom(into.data(), into.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw error{exit_code::our_bug, "the operating system gave no random bytes"};
    into = into.subspan(static_cast<std::size_t>(got));
  }
}

std::string random_characters(std::size_t count) {
  // The largest multiple of the alphabet's size that fits a byte: bytes above it would favour the first letters.
  constexpr std::size_t fair = 256 / alphabet.size() * alphabet.size();
  std::string text;
  text.reserve(count);
  std::array<unsigned char, 64> bytes{};
  while (text.size() < count) {
    fill(bytes);
    for (const auto byte : bytes) {
      if (byte < fair && text.size() < count) text += alphabet[byte % alphabet.size()];
    }
  }
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return text;
}

}  // namespace

secret generate_password() {
  return secret{random_characters(32)};
}

std::array<unsigned char, scram_salt_bytes> random_salt() {
  std::array<unsigned char, scram_salt_bytes> salt{};
  fill(salt);
  return salt;
}

std::string random_name() {
  return random_characters(16);
}

}  // namespace innkeeper::exec
