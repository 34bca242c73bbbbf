#include "exec/random.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace innkeeper::exec {
namespace {

TEST(random, passwords_are_32_letters_and_digits_and_never_repeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = generate_password().expose();
    EXPECT_EQ(text.size(), 32U);
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
              std::string::npos);
    EXPECT_TRUE(seen.insert(text).second);
  }
}

// 64,000 characters over 62 kinds: about 1032 of each, standard deviation 32. A modulo without rejection would give the
// first eight letters 1250 each.
TEST(random, every_character_is_as_likely_as_any_other) {
  std::map<char, int> counts;
  for (int i = 0; i < 2000; ++i) {
    const secret password = generate_password();
    for (const char one : password.expose()) ++counts[one];
  }
  EXPECT_EQ(counts.size(), 62U);
  for (const auto& [one, count] : counts) {
    EXPECT_GT(count, 1032 - 6 * 32) << one;
    EXPECT_LT(count, 1032 + 6 * 32) << one;
  }
}

TEST(random, salts_differ) {
  EXPECT_NE(random_salt(), random_salt());
}

}  // namespace
}  // namespace innkeeper::exec
