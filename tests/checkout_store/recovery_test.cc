// What recovery and the outbox take, and leave to others.
#include <algorithm>

#include "tests/checkout_store/store_test.h"

namespace checkout {
namespace {

class store_recovery_test : public order_store_test {
 protected:
  store_recovery_test() {
    // What earlier tests left is nobody's any more.
    ask("UPDATE orders SET lease_until = NULL");
    ask("DELETE FROM order_outbox");
  }
  // Its lease ran out, long ago.
  static void expire(const order& one) {
    ask("UPDATE orders SET lease_until = now() - interval '1 hour' WHERE order_id = '" + one.order_id + "'");
  }
  static void age(const order& one, const std::string& interval) {
    const std::string then = " = now() - interval '" + interval + "' WHERE order_id = '" + one.order_id + "'; ";
    ask("DO $$BEGIN SET LOCAL session_replication_role = replica; UPDATE orders SET updated_at" + then +
        "UPDATE order_events SET at" + then + "END$$");
  }
};

TEST_F(store_recovery_test, takes_pending_orders_for_unknown_when_their_lease_ran_out) {
  const auto fresh = in_status(order_status::pending);
  const auto stale = in_status(order_status::pending);
  expire(stale);
  EXPECT_EQ(store_.give_up_pending(soon()), std::vector<std::string>{stale.order_id});
  EXPECT_EQ(status_of(stale), "payment_unknown");
  EXPECT_EQ(status_of(fresh), "pending");
  EXPECT_EQ(
      ask("SELECT actor FROM order_events WHERE to_status = 'payment_unknown' AND order_id = '" + stale.order_id + "'"),
      "recovery");
  EXPECT_TRUE(store_.give_up_pending(soon()).empty());
}

TEST_F(store_recovery_test, ships_paid_orders_that_nobody_is_at_work_on_each_by_one_replica) {
  std::vector<std::string> wanted;
  for (int i = 0; i < 20; ++i) {
    const auto one = in_status(order_status::paid);
    expire(one);
    age(one, "1 minute");
    wanted.push_back(one.order_id);
  }
  const auto at_work = in_status(order_status::paid);
  std::vector<std::string> taken;
  std::mutex guard;
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) {
    replicas.emplace_back([&] {
      for (;;) {
        const auto mine = store_.claim_paid(3, soon());
        if (mine.empty()) return;
        const std::lock_guard lock{guard};
        for (const auto& one : mine) taken.push_back(one.order_id);
      }
    });
  }
  for (auto& one : replicas) one.join();
  std::sort(taken.begin(), taken.end());
  std::sort(wanted.begin(), wanted.end());
  EXPECT_EQ(taken, wanted);
  EXPECT_FALSE(store_.claim(at_work.order_id, soon()));
  store_.release(at_work.order_id, soon());
  EXPECT_TRUE(store_.claim(at_work.order_id, soon()));
}

TEST_F(store_recovery_test, waits_longer_before_each_try_to_ship) {
  const auto one = in_status(order_status::paid);
  age(one, "2 seconds");
  store_.release(one.order_id, soon());  // the first try failed just now
  EXPECT_TRUE(store_.claim_paid(10, soon()).empty()) << "two seconds after the charge: as long again";
}

TEST_F(store_recovery_test, gives_shipping_up_after_a_day) {
  const auto today = in_status(order_status::paid);
  const auto old = in_status(order_status::paid);
  for (const auto& one : {today, old}) expire(one);
  age(today, "23 hours");
  age(old, "25 hours");
  EXPECT_EQ(store_.give_up_shipping(soon()), std::vector<std::string>{old.order_id});
  EXPECT_EQ(status_of(old), "refund_due");
}

TEST_F(store_recovery_test, sends_what_is_owed_until_it_is_done) {
  const auto one = in_status(order_status::confirmed);
  auto tasks = store_.claim_outbox(outbox_kind::email, 10, soon());
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].of.order_id, one.order_id);
  EXPECT_EQ(tasks[0].of.lines, one.lines);
  EXPECT_TRUE(store_.claim_outbox(outbox_kind::email, 10, soon()).empty()) << "somebody is at it";
  store_.postpone(tasks[0], "Unavailable", soon());
  EXPECT_TRUE(store_.claim_outbox(outbox_kind::email, 10, soon()).empty()) << "not at once";
  EXPECT_EQ(ask("SELECT last_error FROM order_outbox WHERE kind = 'email'"), "Unavailable");
  ask("UPDATE order_outbox SET next_at = now()");
  tasks = store_.claim_outbox(outbox_kind::email, 10, soon());
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].attempts, 2);
  store_.finish(tasks[0], soon());
  ask("UPDATE order_outbox SET next_at = now()");
  EXPECT_TRUE(store_.claim_outbox(outbox_kind::email, 10, soon()).empty());
  EXPECT_EQ(store_.claim_outbox(outbox_kind::empty_cart, 10, soon()).size(), 1U);
}

}  // namespace
}  // namespace checkout
