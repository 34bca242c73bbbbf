#pragma once
// SCRAM-SHA-256 verifiers in the form of pg_authid.rolpassword,
// SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey> (RFC 5802, 5803), so that PostgreSQL never sees a password
// in clear. Passwords are prepared by SASLprep (RFC 4013) as PostgreSQL does it: ASCII as it is, and what SASLprep
// refuses, or isn't UTF-8, as its raw bytes. libidn prepares: it is small and has the very profile; ICU has it too and
// weighs a hundred times as much.
#include <span>
#include <string>
#include <string_view>

#include "core/secret.h"

namespace innkeeper {

inline constexpr std::size_t scram_salt_bytes = 16;
inline constexpr int scram_iterations = 4096;  // PostgreSQL's default

// Takes one to three milliseconds. Throws std::runtime_error only where OpenSSL cannot do its part.
[[nodiscard]] secret scram_verifier(const secret& password, std::span<const unsigned char> salt,
                                    int iterations = scram_iterations);

[[nodiscard]] bool is_scram_verifier(std::string_view text);

// Recomputes with the verifier's own salt and iterations; false for what is no SCRAM verifier.
[[nodiscard]] bool verifier_matches(const secret& password, const secret& verifier);

}  // namespace innkeeper
