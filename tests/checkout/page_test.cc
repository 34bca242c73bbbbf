#include "services/checkout/domain/page.h"

#include <gtest/gtest.h>

namespace checkout {
namespace {

const page_end some_end{
    std::chrono::sys_time<std::chrono::microseconds>{std::chrono::microseconds{1'234'567'890'123'456}},
    "01a224a2-91e8-7a33-9698-560473fb5b05"};

TEST(page_token, says_where_a_page_ends) {
  EXPECT_EQ(to_token(some_end), "000462d53c8abac001a224a291e87a339698560473fb5b05");
  EXPECT_EQ(parse_token(to_token(some_end)), some_end);
}

TEST(page_token, is_refused_when_it_is_none_of_ours) {
  const auto good = to_token(some_end);
  for (const auto& bad : {std::string{}, good.substr(1), good + "0", "z" + good.substr(1), good.substr(0, 47) + "g",
                          std::string(48, 'f'), std::string(48, '-'), "+" + good.substr(1)}) {
    EXPECT_EQ(parse_token(bad), std::nullopt) << bad;
  }
}

TEST(page_size, is_twenty_or_what_is_asked_for_up_to_a_hundred) {
  EXPECT_EQ(page_size_of(0), 20);
  EXPECT_EQ(page_size_of(1), 1);
  EXPECT_EQ(page_size_of(100), 100);
  EXPECT_EQ(page_size_of(101), 100);
  EXPECT_EQ(page_size_of(-1), std::nullopt);
}

}  // namespace
}  // namespace checkout
