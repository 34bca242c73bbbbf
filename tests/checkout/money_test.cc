#include "services/checkout/domain/money.h"

#include <gmpxx.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <random>

#include "services/checkout/domain/order.h"

namespace checkout {
namespace {

constexpr auto most = std::numeric_limits<std::int64_t>::max();
constexpr auto least = std::numeric_limits<std::int64_t>::min();

money usd(std::int64_t units, std::int32_t nanos) {
  return {"USD", units, nanos};
}

order_line line_of(std::int32_t quantity, money cost) {
  return {{"P", quantity}, std::move(cost)};
}

TEST(money, adds_up_orders_as_the_contract_says) {
  EXPECT_EQ(total_of(usd(8, 990000000), {line_of(2, usd(19, 990000000)), line_of(1, usd(8, 990000000))}),
            usd(57, 960000000));
  const auto eur = [](std::int64_t units, std::int32_t nanos) { return money{"EUR", units, nanos}; };
  EXPECT_EQ(total_of(eur(7, 952233525), {line_of(2, eur(17, 682441398))}), eur(43, 317116321));
  EXPECT_EQ(total_of(eur(7, 952233525),
                     {line_of(2, eur(17, 682441398)), line_of(10, eur(7, 952233525)), line_of(3, eur(4, 856258293))}),
            eur(137, 408226450));
  const auto yen = total_of({"JPY", 1005, 162317560}, {line_of(1, {"JPY", 12297, 864661691})});
  EXPECT_EQ(yen, (money{"JPY", 13303, 26979251}));
  EXPECT_EQ(to_decimal(*yen), "13303.026979251");
}

TEST(money, carries_and_borrows) {
  EXPECT_EQ(add(usd(2, 200000000), usd(2, 900000000)), usd(5, 100000000));
  EXPECT_EQ(add(usd(-2, -200000000), usd(-2, -900000000)), usd(-5, -100000000));
  EXPECT_EQ(add(usd(11, 100000000), usd(-2, -9000000)), usd(9, 91000000));
  EXPECT_EQ(add(usd(0, 500000000), usd(0, 300000000)), usd(0, 800000000));
  EXPECT_EQ(add(usd(0, 500000000), usd(0, -700000000)), usd(0, -200000000));
}

TEST(money, multiplies_without_a_loop) {
  EXPECT_EQ(multiply(usd(0, 300000000), 3), usd(0, 900000000));
  EXPECT_EQ(multiply(usd(5, 490000000), 0), usd(0, 0));
  EXPECT_EQ(multiply(usd(5, 490000000), -1), usd(-5, -490000000));
  EXPECT_EQ(multiply(usd(most, 999999999), std::numeric_limits<std::int32_t>::min()), std::nullopt);
}

TEST(money, refuses_what_does_not_fit) {
  EXPECT_EQ(add(usd(most, 0), usd(1, 0)), std::nullopt);
  EXPECT_EQ(add(usd(most, 500000000), usd(0, 500000000)), std::nullopt);
  EXPECT_EQ(add(usd(least, 0), usd(-1, 0)), std::nullopt);
  EXPECT_EQ(add(usd(most, 999999999), usd(-1, 0)), usd(most - 1, 999999999));
  EXPECT_EQ(multiply(usd(most, 0), 2), std::nullopt);
}

TEST(money, refuses_other_and_absent_currencies) {
  EXPECT_EQ(add(usd(1, 0), {"EUR", 1, 0}), std::nullopt);
  EXPECT_EQ(add({"", 1, 0}, {"", 1, 0}), std::nullopt);
  EXPECT_EQ(multiply({"", 1, 0}, 2), std::nullopt);
}

TEST(money, refuses_invalid_operands) {
  for (const auto& bad : {usd(1, -1), usd(-1, 1), usd(0, 1000000000), usd(0, -1000000000)}) {
    EXPECT_FALSE(is_valid(bad));
    EXPECT_EQ(add(bad, usd(0, 0)), std::nullopt);
    EXPECT_EQ(add(usd(0, 0), bad), std::nullopt);
    EXPECT_EQ(multiply(bad, 1), std::nullopt);
    EXPECT_EQ(total_of(bad, {}), std::nullopt);
  }
}

TEST(money, is_printed_with_nine_decimals) {
  EXPECT_EQ(to_decimal(usd(0, 0)), "0.000000000");
  EXPECT_EQ(to_decimal(usd(0, -1)), "-0.000000001");
  EXPECT_EQ(to_decimal(usd(-12, -340000000)), "-12.340000000");
  EXPECT_EQ(to_decimal(usd(most, 999999999)), "9223372036854775807.999999999");
  EXPECT_EQ(to_decimal(usd(least, 0)), "-9223372036854775808.000000000");
}

TEST(money, judges_what_the_currency_service_answers) {
  const auto price = usd(8, 990000000);
  EXPECT_EQ(judge_conversion(price, {"CHF", 340, 799999999}, "CHF"), conversion::good);
  EXPECT_EQ(judge_conversion(price, {"XXX", 0, 0}, "XXX"), conversion::unsupported_currency);
  EXPECT_EQ(judge_conversion(price, {"", 0, 0}, "XXX"), conversion::unsupported_currency);
  EXPECT_EQ(judge_conversion(usd(0, 0), {"EUR", 0, 0}, "EUR"), conversion::good);
  EXPECT_EQ(judge_conversion(price, {"USD", 8, 0}, "EUR"), conversion::failed);
  EXPECT_EQ(judge_conversion(price, {"EUR", -8, 0}, "EUR"), conversion::failed);
  EXPECT_EQ(judge_conversion(price, {"EUR", 0, -8}, "EUR"), conversion::failed);
  EXPECT_EQ(judge_conversion(price, {"EUR", 1, -8}, "EUR"), conversion::failed);
  EXPECT_EQ(judge_conversion(price, {"EUR", 0, 1000000000}, "EUR"), conversion::failed);
}

TEST(money, knows_what_a_currency_code_looks_like) {
  EXPECT_TRUE(looks_like_currency("JPY"));
  for (const char* bad : {"", "usd", "US", "USDT", "U D", "U1D"}) EXPECT_FALSE(looks_like_currency(bad)) << bad;
}

// Against exact rational arithmetic, which knows neither units nor nanos.
class exact_amounts {
 public:
  money amount() {
    money one = usd(number(), static_cast<std::int32_t>(random_() % 1'000'000'000));
    if (random_() % 4 == 0) one.nanos = random_() % 2 == 0 ? 0 : 999'999'999;
    if (one.units < 0 || (one.units == 0 && random_() % 2 == 0)) one.nanos = -one.nanos;
    return one;
  }
  // As many near the ends of what fits as in the middle.
  std::int64_t number() {
    const auto any = static_cast<std::int64_t>(random_());
    switch (random_() % 5) {
      case 0:
        return any % 100;
      case 1:
        return most - (any & 3);
      case 2:
        return least + (any & 3);
      case 3:
        return any % 1'000'000;
      default:
        return any;
    }
  }
  std::int32_t quantity() { return static_cast<std::int32_t>(number()); }

 private:
  std::mt19937_64 random_{20260101};
};

mpq_class exact(const money& amount) {
  const mpq_class units{mpz_class{std::to_string(amount.units)}};
  return units + mpq_class{amount.nanos, 1'000'000'000};
}

// The units truncated towards zero fit into 64 bits.
bool fits(const mpq_class& value) {
  const mpz_class units = value.get_num() / value.get_den();  // towards zero
  return units >= mpz_class{std::to_string(least)} && units <= mpz_class{std::to_string(most)};
}

mpq_class canonical(mpq_class value) {
  value.canonicalize();
  return value;
}

TEST(money, agrees_with_rational_arithmetic) {
  exact_amounts random;
  const int cases = std::getenv("INNKEEPER_TEST_ALL") != nullptr ? 2'000'000 : 100'000;
  int results = 0;
  for (int i = 0; i < cases; ++i) {
    const auto left = random.amount();
    const auto right = random.amount();
    const auto quantity = random.quantity();
    const mpq_class sum = canonical(exact(left)) + canonical(exact(right));
    const auto got = add(left, right);
    ASSERT_EQ(got.has_value(), fits(sum)) << to_decimal(left) << " + " << to_decimal(right);
    if (got) {
      ASSERT_TRUE(is_valid(*got));
      ASSERT_EQ(canonical(exact(*got)), sum) << to_decimal(left) << " + " << to_decimal(right);
      ++results;
    }
    const mpq_class product = canonical(exact(left)) * quantity;
    const auto multiplied = multiply(left, quantity);
    ASSERT_EQ(multiplied.has_value(), fits(product)) << to_decimal(left) << " x " << quantity;
    if (multiplied) {
      ASSERT_TRUE(is_valid(*multiplied));
      ASSERT_EQ(canonical(exact(*multiplied)), product) << to_decimal(left) << " x " << quantity;
      ++results;
    }
  }
  EXPECT_GT(results, cases / 2);
}

}  // namespace
}  // namespace checkout
