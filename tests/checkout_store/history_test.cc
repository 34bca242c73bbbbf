// A user's past orders, page by page.
#include "services/checkout/store/postgres_history.h"

#include "tests/checkout_store/store_test.h"

namespace checkout {
namespace {

class order_history_test : public order_store_test {
 protected:
  // Confirmed orders of one user, oldest first, two of them always of the same moment.
  std::vector<std::string> place(const std::string& user, int count) {
    std::vector<std::string> orders;
    for (int i = 0; i < count; ++i) {
      const auto one = an_order(user);
      EXPECT_TRUE(record(one));
      bring(one, order_status::confirmed);
      ask("UPDATE orders SET open_cart = NULL, created_at = timestamptz '2026-01-01 00:00:00.123456Z' + " +
          std::to_string(i / 2) + " * interval '1 second' WHERE order_id = '" + one.order_id + "'");
      orders.push_back(one.order_id);
    }
    return orders;
  }
  [[nodiscard]] static page_end end_of(const past_order& one) {
    return {std::chrono::floor<std::chrono::microseconds>(one.what.created_at), one.what.order_id};
  }

  postgres_history history_{pool_};
};

TEST_F(order_history_test, comes_in_pages_newest_first_and_misses_none) {
  const auto placed = place("reader", 7);
  for (const int size : {1, 2, 3, 7, 8}) {
    std::vector<std::string> seen;
    std::optional<page_end> after;
    for (;;) {
      const auto page = history_.list("reader", size, after, soon());
      for (const auto& one : page) seen.push_back(one.what.order_id);
      if (page.size() < static_cast<std::size_t>(size)) break;
      after = end_of(page.back());
    }
    EXPECT_EQ(seen, (std::vector<std::string>{placed.rbegin(), placed.rend()})) << size;
  }
}

TEST_F(order_history_test, has_paid_and_confirmed_orders_of_this_user_whole) {
  using enum order_status;
  const auto whole = in_status(paid);
  const auto listed = history_.list(whole.user_id, 20, std::nullopt, soon());
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(static_cast<const order&>(listed[0].what), whole);
  EXPECT_TRUE(listed[0].has_total && listed[0].has_shipping_cost && listed[0].has_address);
  EXPECT_EQ(listed[0].has_cost, (std::vector<bool>{true, true}));
  EXPECT_TRUE(history_.get(whole.user_id, whole.order_id, soon()));
  EXPECT_FALSE(history_.get("another", whole.order_id, soon()));
  for (const auto status : {pending, rejected, abandoned, payment_unknown, refund_due}) {
    const auto one = in_status(status);
    EXPECT_TRUE(history_.list(one.user_id, 20, std::nullopt, soon()).empty()) << to_string(status);
    EXPECT_FALSE(history_.get(one.user_id, one.order_id, soon()));
  }
}

TEST_F(order_history_test, says_what_is_not_known_of_an_old_order) {
  ask("INSERT INTO orders (order_id, user_id, status, source) "
      "VALUES ('00000000-0000-4000-8000-000000000001', 'old', 'confirmed', 'backfill')");
  ask("INSERT INTO order_items (order_id, line_no, product_id, quantity) "
      "VALUES ('00000000-0000-4000-8000-000000000001', 1, 'MUG', 2)");
  const auto old = history_.list("old", 20, std::nullopt, soon());
  ASSERT_EQ(old.size(), 1U);
  EXPECT_FALSE(old[0].has_total || old[0].has_shipping_cost || old[0].has_address);
  EXPECT_EQ(old[0].has_cost, std::vector<bool>{false});
  EXPECT_EQ(old[0].what.lines[0].item, (cart_line{"MUG", 2}));
}

}  // namespace
}  // namespace checkout
