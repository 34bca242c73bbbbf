#include "services/checkout/domain/refusal.h"

#include <gtest/gtest.h>

#include <set>

namespace checkout {
namespace {

const peer_failure down{code::unavailable, "failed to connect to ipv4:10.0.0.7:7070"};

struct row {
  refusal got;
  int status;
  std::string prefix;
  std::string why;
};

TEST(refusal, has_the_status_message_and_reason_of_the_contract) {
  const row rows[] = {
      {cart_failed(down), 13, "cart failure: failed to get user cart during checkout: ", "cart"},
      {product_failed("OLJCESPC7Z", down), 13, "failed to prepare order: failed to get product #\"OLJCESPC7Z\"",
       "product"},
      {price_not_converted("P", "EUR", true), 13, "failed to prepare order: failed to convert price of \"P\" to EUR",
       "currency"},
      {quote_failed(down), 13, "shipping quote failure: failed to get shipping quote: ", "quote"},
      {quote_not_converted(down), 13,
       "failed to convert shipping cost to currency: failed to convert currency: ", "currency"},
      {card_was_refused({400, "no"}), 13, "failed to charge card: could not charge the card: ", "card_refused"},
      {payment_is_unavailable(), 13, "failed to charge card: could not charge the card: ", "payment_unavailable"},
      {payment_is_unknown(down), 13, "failed to charge card: could not charge the card: ", "payment_unknown"},
      {shipping_failed(down), 14, "shipping error: shipment failed: ", "shipping"},
      {store_failed(), 14, "order store unavailable", "store"},
      {user_is_required(), 3, "user_id is required", "invalid"},
      {currency_is_unsupported("XXX"), 3, "unsupported currency \"XXX\"", "invalid"},
      {address_is_required(), 3, "shipping address is required", "invalid"},
      {card_is_required(), 3, "credit card is required", "invalid"},
      {field_is_invalid("email"), 3, "invalid email", "invalid"},
      {cart_is_empty(), 9, "cart is empty", "cart_empty"},
      {quantity_is_invalid("P"), 9, "invalid quantity for \"P\"", "invalid"},
      {key_was_reused(), 3, "idempotency key reused", "key_reused"},
      {order_is_under_way("7", true), 10, "order 7 is being processed", "in_progress"},
      {total_failed(), 13, "failed to compute order total", "money"},
      {caller_gave_up(true), 4, "", ""},
      {caller_gave_up(false), 1, "", ""},
  };
  for (const auto& one : rows) {
    EXPECT_EQ(one.got.status, one.status) << one.got.message;
    EXPECT_TRUE(one.got.message.starts_with(one.prefix)) << one.got.message;
    EXPECT_EQ(to_string(one.got.why), one.why) << one.got.message;
  }
}

TEST(refusal, tells_nothing_of_the_inside) {
  for (const auto& one : {cart_failed(down), product_failed("P", down), quote_failed(down), quote_not_converted(down),
                          payment_is_unknown(down), shipping_failed(down)}) {
    EXPECT_EQ(one.message.find("10.0.0.7"), std::string::npos) << one.message;
  }
  EXPECT_EQ(shipping_failed(down).message,
            "shipping error: shipment failed: rpc error: code = Unavailable desc = service unavailable");
}

TEST(refusal, keeps_no_digit_of_a_card) {
  const auto told = card_was_refused({400, "Your credit card (ending 4242) expired on 1/2020"});
  EXPECT_EQ(told.message,
            "failed to charge card: could not charge the card: rpc error: code = Code(400) desc = "
            "Your credit card (ending ****) expired on */****");
  EXPECT_LT(card_was_refused({400, std::string(5000, 'x')}).message.size(), 500U);
}

TEST(refusal, says_when_to_try_again) {
  EXPECT_TRUE(cart_failed(down).may_retry);
  EXPECT_FALSE(product_failed("P", {code::not_found, ""}).may_retry);
  EXPECT_TRUE(store_failed().may_retry);
  EXPECT_TRUE(shipping_failed(down).may_retry);
  EXPECT_FALSE(card_was_refused({400, ""}).may_retry);
  EXPECT_FALSE(payment_is_unknown(down).may_retry);
  EXPECT_TRUE(payment_is_unavailable().may_retry);
}

TEST(charge, is_judged_by_its_integer_status) {
  const std::set<int> refused{400, 3, 5, 7, 9, 11, 12, 16};
  for (int status = -1; status < 600; ++status) {
    const auto wanted = status == 0                ? charge_outcome::charged
                        : refused.contains(status) ? charge_outcome::refused
                                                   : charge_outcome::unknown;
    EXPECT_EQ(judge_charge(status), wanted) << status;
  }
}

}  // namespace
}  // namespace checkout
