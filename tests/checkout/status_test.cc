#include "services/checkout/domain/status.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

namespace checkout {
namespace {

using enum order_status;
constexpr std::array every_status{pending, paid, confirmed, rejected, abandoned, payment_unknown, refund_due};

TEST(order_status, changes_only_as_the_contract_says) {
  const std::set<std::pair<order_status, order_status>> allowed{
      {pending, paid},   {pending, rejected}, {pending, abandoned},    {pending, payment_unknown},
      {paid, confirmed}, {paid, refund_due},  {payment_unknown, paid}, {payment_unknown, abandoned},
  };
  for (const auto from : every_status) {
    for (const auto to : every_status) {
      EXPECT_EQ(may_become(from, to), allowed.contains({from, to})) << to_string(from) << " -> " << to_string(to);
    }
  }
  EXPECT_EQ(transitions().size(), allowed.size());
}

TEST(order_status, ends_where_the_contract_says) {
  for (const auto one : {confirmed, rejected, abandoned, refund_due}) EXPECT_TRUE(is_final(one)) << to_string(one);
  for (const auto one : {pending, paid, payment_unknown}) EXPECT_FALSE(is_final(one)) << to_string(one);
}

TEST(order_status, is_known_by_its_name) {
  for (const auto one : every_status) EXPECT_EQ(parse_status(to_string(one)), one);
  EXPECT_EQ(parse_status("shipped"), std::nullopt);
  EXPECT_EQ(parse_status(""), std::nullopt);
}

TEST(order_status, is_drawn_in_the_readme_as_it_is) {
  std::ifstream in{INNKEEPER_SOURCE_DIR "/services/checkout/README.md"};
  const std::string readme{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_NE(readme.find("```mermaid\n" + transition_diagram() + "```"), std::string::npos) << transition_diagram();
}

}  // namespace
}  // namespace checkout
