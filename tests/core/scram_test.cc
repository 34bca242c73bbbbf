#include "core/scram.h"

#include <gtest/gtest.h>

#include <vector>

namespace innkeeper {
namespace {

std::vector<unsigned char> salt_of(std::string_view text) {
  return {text.begin(), text.end()};
}

// Made by libpq 15's PQencryptPasswordConn.
TEST(scram, verifiers_made_by_libpq_match_their_password_only) {
  const secret verifier{
      "SCRAM-SHA-256$4096:Blyfxd2LgLTnCNgDjjDtww==$hcDD7bAF9MOskVuHmcWLM+CNqO+XEnno/"
      "ysD7+ZBGbY=:b4UD52+1hBlzYEU4XM6SPogv96J9xBdkgMVldtHUsps="};
  EXPECT_TRUE(verifier_matches(secret{"pencil"}, verifier));
  EXPECT_FALSE(verifier_matches(secret{"Pencil"}, verifier));
  EXPECT_FALSE(verifier_matches(secret{""}, verifier));
}

TEST(scram, a_verifier_matches_the_password_it_was_made_of) {
  const auto salt = salt_of("0123456789abcdef");
  for (const std::string_view password : {"a", "it's;2 @50%", "\x01 control", "pässwörd", "密码🔑", "\xff\xfe raw"}) {
    const secret verifier = scram_verifier(secret{std::string{password}}, salt);
    EXPECT_TRUE(is_scram_verifier(verifier.expose()));
    EXPECT_TRUE(verifier_matches(secret{std::string{password}}, verifier)) << password;
    EXPECT_FALSE(verifier_matches(secret{std::string{password} + "x"}, verifier)) << password;
  }
}

TEST(scram, passwords_that_saslprep_calls_equal_are_equal) {
  const auto salt = salt_of("0123456789abcdef");
  const auto same = [&](std::string a, std::string b) {
    return scram_verifier(secret{std::move(a)}, salt) == scram_verifier(secret{std::move(b)}, salt);
  };
  EXPECT_TRUE(same("I\xc2\xadX", "IX"));    // soft hyphen
  EXPECT_TRUE(same("\xe2\x85\xa8", "IX"));  // roman nine
  EXPECT_TRUE(
      same("a\xc2\xa0"
           "b",
           "a b"));                            // no-break space
  EXPECT_TRUE(same("e\xcc\x81", "\xc3\xa9"));  // combining accent
  EXPECT_FALSE(same("\xc2\xad", ""));          // nothing would be left: taken raw
  EXPECT_FALSE(
      same("\xd8\xa7"
           "1\xc2\xad",
           "\xd8\xa7"
           "1"));  // a bidirectional mix is refused: taken raw
}

TEST(scram, what_is_no_verifier_is_told_apart) {
  const std::string good = scram_verifier(secret{"a"}, salt_of("0123456789abcdef"), 2).expose();
  EXPECT_TRUE(is_scram_verifier(good));
  for (const std::string_view bad :
       {"", "md53175bce1d3201d16594cebf9d7eb3f9d", "SCRAM-SHA-256$", "SCRAM-SHA-256$4096", "SCRAM-SHA-256$4096:",
        "SCRAM-SHA-256$4096:$:", "SCRAM-SHA-256$x:YQ==$YQ==:YQ==", "SCRAM-SHA-256$4096:YQ==$YQ==:YQ=="})
    EXPECT_FALSE(is_scram_verifier(bad)) << bad;
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(is_scram_verifier(good.substr(0, length))) << length;
  EXPECT_FALSE(is_scram_verifier("SCRAM-SHA-256$999999999:" + good.substr(good.find(':') + 1)));
  EXPECT_FALSE(verifier_matches(secret{"a"}, secret{good + "\n"}));
}

}  // namespace
}  // namespace innkeeper
