#include "core/password_truth.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <stdexcept>

#include "core/scram.h"

namespace innkeeper {
namespace {

std::string hex_digest(const std::string& text, const EVP_MD* kind) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, kind, nullptr) != 1) return {};
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

bool is_md5(const secret& verifier) {
  return verifier.expose().starts_with("md5");
}

// 0 for what is no SCRAM verifier.
int iterations_of(const secret& verifier) {
  const std::string& text = verifier.expose();
  const auto begin = text.find('$');
  const auto end = text.find(':');
  if (!text.starts_with("SCRAM-SHA-256$") || end == std::string::npos) return 0;
  int iterations = 0;
  if (std::from_chars(text.data() + begin + 1, text.data() + end, iterations).ec != std::errc{}) return 0;
  return iterations;
}

bool is_outdated(const secret& on_server, const secret& kept) {
  return is_md5(on_server) || iterations_of(on_server) < iterations_of(kept);
}

password_truth whose_change(const fact<secret>& on_server, const known_secret& here) {
  if (!here.remembered) return password_truth::differs;
  const auto& last = here.remembered->fingerprint;
  const bool kept_is_as_it_was = fingerprint_of(here.verifier) == last;
  if (kept_is_as_it_was) return password_truth::server_drifted;
  // Unseen, the server is taken to hold what we last knew.
  const bool server_is_as_it_was = !on_server.has_value() || fingerprint_of(on_server.value()) == last;
  return server_is_as_it_was ? password_truth::secret_drifted : password_truth::both_drifted;
}

}  // namespace

password_truth truth_of(const fact<secret>& on_server, const known_secret& here) {
  if (here.is == known_secret::state::unreadable) return password_truth::unreadable;
  if (on_server.is_absent()) return password_truth::not_set;
  if (here.is == known_secret::state::absent) return password_truth::not_known_here;
  if (on_server.has_value()) {
    if (on_server.value() == here.verifier) return password_truth::in_step;
    if (here.fits_server.has_value() && here.fits_server.value()) {
      return is_outdated(on_server.value(), here.verifier) ? password_truth::hash_outdated : password_truth::in_step;
    }
    return whose_change(on_server, here);
  }
  if (!here.log_in_works.has_value()) return password_truth::unknown;
  return here.log_in_works.value() ? password_truth::in_step : whose_change(on_server, here);
}

std::string_view topic_of(password_truth one) {
  switch (one) {
    case password_truth::in_step:
    case password_truth::unknown:
    case password_truth::not_set:
      return "";
    case password_truth::not_known_here:
      return "password.not_known_here";
    case password_truth::unreadable:
      return "password.unreadable";
    case password_truth::server_drifted:
      return "password.server_drifted";
    case password_truth::secret_drifted:
      return "password.secret_drifted";
    case password_truth::both_drifted:
      return "password.both_drifted";
    case password_truth::differs:
      return "password.differs";
    case password_truth::hash_outdated:
      return "password.hash_outdated";
  }
  return "";
}

std::string fingerprint_of(const secret& verifier) {
  auto hex = hex_digest("innkeeper fingerprint\n" + verifier.expose(), EVP_sha256());
  if (hex.empty()) throw std::runtime_error{"OpenSSL could not compute SHA-256"};
  return hex;
}

bool password_fits(const secret& password, const role_name& role, const secret& verifier) {
  if (!is_md5(verifier)) return verifier_matches(password, verifier);
  const secret ours{"md5" + hex_digest(password.expose() + role.value, EVP_md5())};
  const auto& theirs = verifier.expose();
  return ours.expose().size() == theirs.size() &&
         CRYPTO_memcmp(ours.expose().data(), theirs.data(), theirs.size()) == 0;
}

std::string hash_words(const secret& verifier) {
  if (is_md5(verifier)) return "md5";
  return fmt::format("SCRAM with {} iterations", iterations_of(verifier));
}

}  // namespace innkeeper
