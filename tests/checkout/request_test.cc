#include "services/checkout/domain/request.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace checkout {
namespace {

place_order_request good_request() {
  return {.user_id = "u1",
          .currency = "USD",
          .shipping_address = address{"1600 Amphitheatre Parkway", "Mountain View", "CA", "United States", 94043},
          .email = "someone@example.com",
          .card = credit_card{"4432801561520454", 672, 2039, 1}};
}

struct bad_request {
  std::string message;
  std::function<void(place_order_request&)> spoil;
};

TEST(request, is_refused_with_the_words_of_the_contract) {
  const std::string nul{"a\0b", 3};
  const std::string long_one(2049, 'x');
  const std::vector<bad_request> cases{
      {"user_id is required", [](auto& r) { r.user_id.clear(); }},
      {"unsupported currency \"\"", [](auto& r) { r.currency.clear(); }},
      {"unsupported currency \"usd\"", [](auto& r) { r.currency = "usd"; }},
      {"unsupported currency \"USDT\"", [](auto& r) { r.currency = "USDT"; }},
      {"shipping address is required", [](auto& r) { r.shipping_address.reset(); }},
      {"credit card is required", [](auto& r) { r.card.reset(); }},
      {"credit card is required", [](auto& r) { r.card->number.clear(); }},
      {"invalid user_id", [&](auto& r) { r.user_id = nul; }},
      {"invalid user_id", [&](auto& r) { r.user_id = long_one; }},
      {"invalid user_currency", [&](auto& r) { r.currency = nul; }},
      {"invalid street_address", [&](auto& r) { r.shipping_address->street = nul; }},
      {"invalid city", [&](auto& r) { r.shipping_address->city = long_one; }},
      {"invalid state", [&](auto& r) { r.shipping_address->state = nul; }},
      {"invalid country", [&](auto& r) { r.shipping_address->country = nul; }},
      {"invalid email", [&](auto& r) { r.email = long_one; }},
      {"invalid credit_card_number", [&](auto& r) { r.card->number = nul; }},
      {"invalid idempotency-key", [](auto& r) { r.idempotency_key = std::string(256, 'k'); }},
      {"invalid idempotency-key", [](auto& r) { r.idempotency_key = "k\n"; }},
      {"invalid idempotency-key", [](auto& r) { r.idempotency_key = "k\xc3\xa4"; }},
  };
  for (const auto& one : cases) {
    auto request = good_request();
    one.spoil(request);
    const auto refused = validate(request);
    ASSERT_TRUE(refused) << one.message;
    EXPECT_EQ(refused->message, one.message);
    EXPECT_EQ(refused->status, 3);
    EXPECT_EQ(refused->why, reason::invalid);
    EXPECT_FALSE(refused->may_retry);
  }
}

TEST(request, may_come_without_an_email_address_and_at_the_limits) {
  auto request = good_request();
  EXPECT_EQ(validate(request), std::nullopt);
  request.email.clear();
  request.idempotency_key = std::string(255, '~');
  request.shipping_address = address{};
  request.user_id = std::string(2048, 'u');
  EXPECT_EQ(validate(request), std::nullopt);
}

TEST(cart, is_refused_before_anything_is_bought) {
  EXPECT_EQ(validate(cart{}), cart_is_empty());
  for (const std::int32_t bad : {0, -1, 1'000'001, -2'000'000'000}) {
    EXPECT_EQ(validate(cart{{"A", 1}, {"P", bad}}), quantity_is_invalid("P")) << bad;
  }
  EXPECT_EQ(validate(cart{{"A", 1}, {"P", 1'000'000}}), std::nullopt);
  EXPECT_EQ(validate(cart{{"", 1}})->why, reason::product);
  EXPECT_EQ(validate(cart{{std::string{"a\0b", 3}, 1}})->why, reason::product);
}

TEST(request_hash, covers_who_where_and_in_which_currency) {
  const auto original = hash_of(good_request());
  EXPECT_EQ(hash_of(good_request()), original);
  const std::vector<std::function<void(place_order_request&)>> changes{
      [](auto& r) { r.user_id = "u2"; },
      [](auto& r) { r.currency = "EUR"; },
      [](auto& r) { r.email = "other@example.com"; },
      [](auto& r) { r.shipping_address->street += "x"; },
      [](auto& r) { r.shipping_address->city += "x"; },
      [](auto& r) { r.shipping_address->state += "x"; },
      [](auto& r) { r.shipping_address->country += "x"; },
      [](auto& r) { r.shipping_address->zip = -1; },
      [](auto& r) { std::swap(r.shipping_address->city, r.shipping_address->state); },
  };
  for (const auto& change : changes) {
    auto request = good_request();
    change(request);
    EXPECT_NE(hash_of(request), original);
  }
  auto same = good_request();
  same.card = credit_card{"5555555555554444", 1, 2040, 2};
  same.idempotency_key = "k";
  EXPECT_EQ(hash_of(same), original) << "neither card nor key";
}

TEST(request_hash, tells_fields_apart) {
  auto left = good_request();
  auto right = good_request();
  left.shipping_address->city = "ab";
  left.shipping_address->state = "c";
  right.shipping_address->city = "a";
  right.shipping_address->state = "bc";
  EXPECT_NE(hash_of(left), hash_of(right));
}

TEST(cart_hash, covers_products_and_quantities) {
  const cart items{{"A", 1}, {"B", 2}};
  EXPECT_EQ(hash_of(items), hash_of(cart{{"A", 1}, {"B", 2}}));
  EXPECT_NE(hash_of(items), hash_of(cart{{"A", 1}, {"B", 3}}));
  EXPECT_NE(hash_of(items), hash_of(cart{{"A", 1}}));
  EXPECT_NE(hash_of(items), hash_of(cart{{"A", 2}, {"B", 1}}));
}

TEST(answer_of_a_peer, is_kept_in_a_form_that_the_store_takes) {
  EXPECT_EQ(storable("AB-123"), "AB-123");
  EXPECT_EQ(storable(std::string_view{"a\0b", 3}), "ab");
  EXPECT_EQ(storable(std::string(2047, 'x') + "\xc3\xa4").size(), 2047U) << "no half character";
}

}  // namespace
}  // namespace checkout
