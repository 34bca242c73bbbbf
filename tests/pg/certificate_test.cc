// Certificates are made and read as PostgreSQL's clients and OpenSSL's own rules want them.
#include "exec/certificate.h"

#include <gtest/gtest.h>

#include "exec/error.h"
#include "tests/support/tls_lab.h"

namespace innkeeper::exec {
namespace {

using test::days_from_now;

TEST(certificate, of_an_authority_and_what_it_signs_can_be_read_back) {
  const auto when = days_from_now(30);
  const auto authority = make_authority("Innkeeper 2026", when);
  const auto seen = read_certificate(authority.certificate);
  EXPECT_EQ(seen.serial.size(), 32U);
  const certificate_facts of_authority{"Innkeeper 2026", "Innkeeper 2026", {}, when.begins, when.ends, seen.serial};
  EXPECT_EQ(seen, of_authority);
  EXPECT_TRUE(is_whole(authority));
  EXPECT_TRUE(is_signed_by(authority.certificate, authority.certificate));

  const auto server = make_server_certificate(authority, {"localhost", "db, CN=x", "127.0.0.1", "::1"}, when);
  const auto seen_of_server = read_certificate(server.certificate);
  EXPECT_NE(seen_of_server.serial, seen.serial);
  const certificate_facts of_server{"localhost", "Innkeeper 2026", {"localhost", "db, CN=x", "127.0.0.1", "::1"},
                                    when.begins, when.ends,        seen_of_server.serial};
  EXPECT_EQ(seen_of_server, of_server);
  EXPECT_TRUE(is_whole(server));
  EXPECT_TRUE(is_signed_by(server.certificate, authority.certificate));

  const auto client = make_client_certificate(authority, {"Größe/CN=postgres, O=x"}, when);
  EXPECT_EQ(read_certificate(client.certificate).subject, "Größe/CN=postgres, O=x");
  EXPECT_EQ(read_certificates(authority.certificate + client.certificate).size(), 2U);
}

TEST(certificate, that_belongs_to_another_key_or_authority_is_told) {
  const auto when = days_from_now(30);
  const auto one = make_authority("one", when);
  const auto other = make_authority("one", when);
  EXPECT_NE(one.certificate, other.certificate);
  EXPECT_FALSE(is_whole({one.certificate, other.key}));
  EXPECT_FALSE(is_signed_by(make_server_certificate(one, {"a"}, when).certificate, other.certificate));
}

TEST(certificate, that_is_none_is_refused) {
  const auto code_of = [](auto work) {
    try {
      (void)work();
    } catch (const error& failed) {
      return failed.code();
    }
    return exit_code::ok;
  };
  EXPECT_EQ(code_of([] { return read_certificate("no PEM"); }), exit_code::invalid);
  EXPECT_EQ(code_of([] { return read_certificates(""); }), exit_code::invalid);
  EXPECT_EQ(code_of([] { return is_whole({"", secret{""}}); }), exit_code::invalid);
}

// SEQUENCE { version 0, ecPublicKey on P-256 …
TEST(certificate, has_a_key_for_java_too) {
  const auto der = to_pkcs8(make_authority("one", days_from_now(30)).key).expose();
  EXPECT_EQ(der.substr(0, 1), "\x30");
  EXPECT_NE(der.find("\x2a\x86\x48\xce\x3d\x03\x01\x07"), std::string::npos);
}

}  // namespace
}  // namespace innkeeper::exec
