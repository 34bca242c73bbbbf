#pragma once
// X.509 certificates with elliptic keys (P-256), made and read by OpenSSL's own functions: no program, no file, no
// clock. What can't be read throws exec::error (65), what OpenSSL can't do 70.
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/name.h"
#include "core/secret.h"

namespace innkeeper::exec {

struct key_pair {
  std::string certificate;  // PEM
  secret key;               // PEM, PKCS #8, without a password
};

struct certificate_facts {
  std::string subject;             // common name
  std::string issuer;              // common name
  std::vector<std::string> names;  // the hosts that it is for: DNS names, then addresses
  std::chrono::sys_seconds begins;
  std::chrono::sys_seconds ends;
  std::string serial;  // in hexadecimal; no two of an authority are alike

  friend bool operator==(const certificate_facts&, const certificate_facts&) = default;
};

struct validity {
  std::chrono::sys_seconds begins;
  std::chrono::sys_seconds ends;
};

[[nodiscard]] key_pair make_authority(std::string_view name, const validity& when);
// `names`: DNS names and addresses, as connection strings write them.
[[nodiscard]] key_pair make_server_certificate(const key_pair& authority, const std::vector<std::string>& names,
                                               const validity& when);
// PostgreSQL's method "cert" compares the common name with the role's.
[[nodiscard]] key_pair make_client_certificate(const key_pair& authority, const role_name& role, const validity& when);
// The same over a key that is there. Throws exec::error (65) where that can't be read.
[[nodiscard]] std::string certify_client(const key_pair& authority, const role_name& role, const validity& when,
                                         const secret& key);

// The first certificate of a PEM text.
[[nodiscard]] certificate_facts read_certificate(std::string_view pem);
// All of them.
[[nodiscard]] std::vector<certificate_facts> read_certificates(std::string_view pem);

// Do certificate and key belong together?
[[nodiscard]] bool is_whole(const key_pair& pair);
// By signature; whether it is valid today is another question.
[[nodiscard]] bool is_signed_by(std::string_view certificate, std::string_view authority);

// The key as the .pk8 file that pgJDBC wants: PKCS #8, DER.
[[nodiscard]] secret to_pkcs8(const secret& key);

}  // namespace innkeeper::exec
