#include "core/password_truth.h"

#include <gtest/gtest.h>

#include <array>

#include "core/scram.h"

namespace innkeeper {
namespace {

secret verifier_of(const std::string& password, unsigned char salt, int iterations = scram_iterations) {
  std::array<unsigned char, scram_salt_bytes> bytes{};
  bytes.fill(salt);
  return scram_verifier(secret{password}, bytes, iterations);
}

known_secret kept(const secret& verifier) {
  return {.is = known_secret::state::present, .verifier = verifier};
}

known_secret remembering(known_secret one, const secret& verifier) {
  one.remembered = {fingerprint_of(verifier), "2026-11-21 15:40 UTC", "alice@build-7"};
  return one;
}

TEST(password_truth, tells_whose_hand_it_was) {
  const auto ours = verifier_of("ours", 1);
  const auto theirs = verifier_of("theirs", 2);
  const auto other = verifier_of("other", 3);
  EXPECT_EQ(truth_of(ours, kept(ours)), password_truth::in_step);
  EXPECT_EQ(truth_of(absent_fact{}, kept(ours)), password_truth::not_set);
  EXPECT_EQ(truth_of(ours, {}), password_truth::not_known_here);
  EXPECT_EQ(truth_of(ours, {.is = known_secret::state::unreadable}), password_truth::unreadable);
  EXPECT_EQ(truth_of(theirs, kept(ours)), password_truth::differs);
  EXPECT_EQ(truth_of(theirs, remembering(kept(ours), ours)), password_truth::server_drifted);
  EXPECT_EQ(truth_of(ours, remembering(kept(theirs), ours)), password_truth::secret_drifted);
  EXPECT_EQ(truth_of(other, remembering(kept(theirs), ours)), password_truth::both_drifted);
}

TEST(password_truth, takes_another_salt_of_the_same_password_for_right) {
  auto here = remembering(kept(verifier_of("same", 1)), verifier_of("same", 1));
  here.fits_server = true;
  EXPECT_EQ(truth_of(verifier_of("same", 9), here), password_truth::in_step);
  EXPECT_EQ(truth_of(verifier_of("same", 9, 8192), here), password_truth::in_step);
  EXPECT_EQ(truth_of(verifier_of("same", 9, 1000), here), password_truth::hash_outdated);
  EXPECT_EQ(truth_of(secret{"md5abc"}, here), password_truth::hash_outdated);
}

TEST(password_truth, is_found_by_log_in_where_verifiers_are_closed) {
  const auto ours = verifier_of("ours", 1);
  auto here = kept(ours);
  EXPECT_EQ(truth_of(unknown_fact{}, here), password_truth::unknown);
  here.log_in_works = true;
  EXPECT_EQ(truth_of(unknown_fact{}, here), password_truth::in_step);
  here.log_in_works = false;
  EXPECT_EQ(truth_of(unknown_fact{}, here), password_truth::differs);
  EXPECT_EQ(truth_of(unknown_fact{}, remembering(here, ours)), password_truth::server_drifted);
  EXPECT_EQ(truth_of(unknown_fact{}, remembering(here, verifier_of("former", 4))), password_truth::secret_drifted);
}

TEST(password_truth, checks_both_kinds_of_verifiers) {
  EXPECT_TRUE(password_fits(secret{"sesame"}, {"cafe_user"}, verifier_of("sesame", 5)));
  EXPECT_FALSE(password_fits(secret{"sesame"}, {"cafe_user"}, verifier_of("other", 5)));
  // SELECT 'md5' || md5('sesame' || 'cafe_user')
  EXPECT_TRUE(password_fits(secret{"sesame"}, {"cafe_user"}, secret{"md5acd89cf90e3282b501c304c6fbf345c3"}));
  EXPECT_FALSE(password_fits(secret{"sesame"}, {"erp_user"}, secret{"md5acd89cf90e3282b501c304c6fbf345c3"}));
  EXPECT_EQ(hash_words(secret{"md5abc"}), "md5");
  EXPECT_EQ(hash_words(verifier_of("sesame", 5, 1000)), "SCRAM with 1000 iterations");
}

TEST(password_truth, keeps_fingerprints_that_say_nothing) {
  const auto verifier = verifier_of("sesame", 5);
  EXPECT_EQ(fingerprint_of(verifier), fingerprint_of(verifier_of("sesame", 5)));
  EXPECT_NE(fingerprint_of(verifier), fingerprint_of(verifier_of("sesame", 6)));
  EXPECT_EQ(fingerprint_of(verifier).size(), 64U);
  EXPECT_EQ(verifier.expose().find(fingerprint_of(verifier)), std::string::npos);
}

}  // namespace
}  // namespace innkeeper
