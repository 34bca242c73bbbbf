// What the store keeps of an order, and how an order changes.
#include "tests/checkout_store/store_test.h"

namespace checkout {

std::unique_ptr<innkeeper::test::cluster> order_store_test::server_;
std::string order_store_test::database_;

namespace {

TEST_F(order_store_test, gives_back_what_was_recorded) {
  auto one = an_order();
  one.idempotency_key = "key ~1";
  ASSERT_TRUE(record(one));
  const auto found = store_.find(one.order_id, soon());
  ASSERT_TRUE(found);
  EXPECT_EQ(static_cast<const order&>(*found), one);
  EXPECT_EQ(found->status, order_status::pending);
  EXPECT_TRUE(found->is_leased);
  EXPECT_TRUE(found->holds_cart);
  EXPECT_EQ(store_.find_by_key(one.user_id, one.idempotency_key, soon())->order_id, one.order_id);
  EXPECT_FALSE(store_.find_by_key("another", one.idempotency_key, soon()));
  EXPECT_EQ(ask("SELECT total_amount FROM orders WHERE order_id = '" + one.order_id + "'"), "51.269349846");
}

TEST_F(order_store_test, changes_an_order_by_every_row_of_the_table_and_writes_its_event) {
  for (const auto& row : transitions()) {
    SCOPED_TRACE(std::string{to_string(row.from)} + " -> " + std::string{to_string(row.to)});
    const auto one = in_status(row.from);
    auto made = change_of(one, row.from, row.to);
    made.actor = "tester";
    made.told = refusal{13, "said", reason::card_refused, true, ""};
    EXPECT_TRUE(store_.advance(made, soon()));
    EXPECT_EQ(status_of(one), to_string(row.to));
    EXPECT_EQ(ask("SELECT actor || ' ' || from_status || ' ' || to_status FROM order_events WHERE order_id = '" +
                  one.order_id + "' ORDER BY id DESC LIMIT 1"),
              "tester " + std::string{to_string(row.from)} + " " + std::string{to_string(row.to)});
    const auto found = store_.find(one.order_id, soon());
    EXPECT_EQ(found->told, (refusal{13, "said", reason::card_refused, true, one.order_id}));
    EXPECT_FALSE(store_.advance(made, soon())) << "it is no longer in that status";
    EXPECT_EQ(found->transaction_id.empty(), row.to != order_status::paid && row.from != order_status::paid);
    EXPECT_EQ(found->tracking_id.empty(), row.to != order_status::confirmed);
  }
}

// A peer's yes is one, whatever it names the transaction and the parcel.
TEST_F(order_store_test, takes_an_empty_number_for_a_number) {
  const auto one = in_status(order_status::pending);
  auto paid = change_of(one, order_status::pending, order_status::paid);
  paid.transaction_id = "";
  ASSERT_TRUE(store_.advance(paid, soon()));
  auto confirmed = change_of(one, order_status::paid, order_status::confirmed);
  confirmed.transaction_id = "";
  confirmed.tracking_id = "";
  ASSERT_TRUE(store_.advance(confirmed, soon()));
  EXPECT_EQ(status_of(one), "confirmed");
}

TEST_F(order_store_test, refuses_every_change_that_is_not_in_the_table) {
  using enum order_status;
  const auto one = in_status(confirmed);
  for (const auto from : {pending, paid, confirmed, rejected, abandoned, payment_unknown, refund_due}) {
    for (const auto to : {pending, paid, confirmed, rejected, abandoned, payment_unknown, refund_due}) {
      if (may_become(from, to)) continue;
      EXPECT_THROW((void)store_.advance(change_of(one, from, to), soon()), std::logic_error);
    }
  }
  EXPECT_EQ(status_of(one), "confirmed");
}

TEST_F(order_store_test, owes_a_mail_and_an_empty_cart_for_a_confirmed_order) {
  const auto with_mail = in_status(order_status::confirmed);
  const auto owed = "SELECT string_agg(kind, ' ' ORDER BY kind) FROM order_outbox WHERE order_id = '";
  EXPECT_EQ(ask(owed + with_mail.order_id + "'"), "email empty_cart");
  auto without = an_order();
  without.email.clear();
  ASSERT_TRUE(record(without));
  bring(without, order_status::confirmed);
  EXPECT_EQ(ask(owed + without.order_id + "'"), "empty_cart");
}

TEST_F(order_store_test, records_one_pending_order_per_user) {
  const auto first = in_status(order_status::pending);
  auto second = an_order(first.user_id);
  second.lines.pop_back();
  EXPECT_FALSE(record(second));
  EXPECT_EQ(store_.find_obstacle(second, soon())->order_id, first.order_id);
  bring(first, order_status::rejected);
  EXPECT_TRUE(record(second));
}

TEST_F(order_store_test, records_one_order_per_key) {
  auto first = an_order();
  first.idempotency_key = "k";
  ASSERT_TRUE(record(first));
  bring(first, order_status::rejected);
  auto second = an_order(first.user_id);
  second.idempotency_key = "k";
  EXPECT_FALSE(record(second));
  EXPECT_EQ(store_.find_obstacle(second, soon())->order_id, first.order_id);
}

TEST_F(order_store_test, records_one_order_per_cart_until_it_was_emptied) {
  const auto first = in_status(order_status::confirmed);
  const auto again = an_order(first.user_id);
  EXPECT_FALSE(record(again));
  EXPECT_EQ(store_.find_obstacle(again, soon())->order_id, first.order_id);
  const auto before = store_.now(soon());
  for (const auto& task : store_.claim_outbox(outbox_kind::empty_cart, 100, soon())) store_.finish(task, soon());
  EXPECT_FALSE(store_.record(again, before, soon())) << "the cart was read before it was emptied";
  EXPECT_FALSE(store_.find_obstacle(again, soon()));
  EXPECT_TRUE(record(again));
}

TEST_F(order_store_test, finds_the_order_just_confirmed_for_a_while) {
  const auto one = in_status(order_status::confirmed);
  EXPECT_EQ(store_.find_replay(one.user_id, one.request_hash, 60s, soon())->order_id, one.order_id);
  EXPECT_FALSE(store_.find_replay(one.user_id, one.request_hash, 0ms, soon()));
  EXPECT_FALSE(store_.find_replay(one.user_id, digest{1, 2, 3}, 60s, soon()));
  const auto rejected = in_status(order_status::rejected);
  EXPECT_FALSE(store_.find_replay(rejected.user_id, rejected.request_hash, 60s, soon()));
}

TEST_F(order_store_test, is_in_no_trouble_or_says_which_rights_it_lacks) {
  EXPECT_EQ(store_.trouble(soon()), "");
  ask("REVOKE INSERT ON order_events FROM orderservice");
  ask("REVOKE UPDATE ON SEQUENCE order_commits_seq FROM orderservice");
  const auto told = store_.trouble(soon());
  EXPECT_NE(told.find("the log-in lacks "), std::string::npos) << told;
  EXPECT_NE(told.find("INSERT on order_events"), std::string::npos) << told;
  EXPECT_NE(told.find("UPDATE on order_commits_seq"), std::string::npos) << told;
  ask("GRANT INSERT ON order_events TO orderservice");
  ask("GRANT UPDATE ON SEQUENCE order_commits_seq TO orderservice");
  EXPECT_EQ(store_.trouble(soon()), "");
}

TEST_F(order_store_test, says_nothing_of_rows_in_its_errors) {
  auto one = an_order();
  one.currency = "nonsense";
  try {
    (void)record(one);
    FAIL() << "it was recorded";
  } catch (const store_error& problem) {
    const std::string text{problem.what()};
    EXPECT_NE(text.find("[23514]"), std::string::npos) << text;
    EXPECT_EQ(text.find("someone"), std::string::npos) << text;
    EXPECT_FALSE(problem.outcome_is_unknown());
  }
}

}  // namespace
}  // namespace checkout
