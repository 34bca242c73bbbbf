// Commits that are made together, and what must not go wrong there.
#include <algorithm>
#include <set>

#include "tests/checkout_store/store_test.h"

namespace checkout {
namespace {

class group_commit_test : public order_store_test {
 protected:
  // While it lives no order can be recorded.
  class closed_table {
   public:
    closed_table()
        : session_{innkeeper::pg::connection::open(server_->admin(database_),
                                                   {.kind = innkeeper::pg::session_kind::service})} {
      session_.query("BEGIN");
      session_.query("LOCK TABLE orders IN SHARE MODE");
    }
    void open() { session_.query("ROLLBACK"); }

   private:
    innkeeper::pg::connection session_;
  };
  static constexpr auto waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";

  // Each in a thread of its own: true, false, or what failed.
  std::vector<std::string> record_at_once(const std::vector<order>& orders) {
    const auto read_at = store_.now(soon());
    std::vector<std::string> ends(orders.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      threads.emplace_back([&, i] {
        try {
          ends[i] = store_.record(orders[i], read_at, soon()) ? "recorded" : "not recorded";
        } catch (const store_error& problem) {
          ends[i] = problem.what();
        }
      });
    }
    for (auto& one : threads) one.join();
    return ends;
  }
};

TEST_F(group_commit_test, takes_together_what_came_while_a_commit_was_running) {
  std::vector<order> orders;
  for (int i = 0; i < 40; ++i) orders.push_back(an_order());
  const auto before = pool_.metrics().acquired_total;
  closed_table closed;
  std::thread opener{[&] {
    EXPECT_TRUE(becomes(waiting, "1"));
    std::this_thread::sleep_for(100ms);  // the others are queued by now; were they not, more than two groups came
    closed.open();
  }};
  const auto ends = record_at_once(orders);
  opener.join();
  for (const auto& one : ends) EXPECT_EQ(one, "recorded");
  for (const auto& one : orders) EXPECT_EQ(status_of(one), "pending");
  EXPECT_LE(pool_.metrics().acquired_total - before, 4U) << "the time, the first, and the others";
}

TEST_F(group_commit_test, lets_no_bad_order_fail_its_neighbours) {
  std::vector<order> orders;
  for (int i = 0; i < 30; ++i) orders.push_back(an_order());
  orders[7].currency = "bad";
  orders[8].user_id = orders[9].user_id;
  orders[20].lines[0].item.quantity = 0;
  closed_table closed;
  std::thread opener{[&] {
    EXPECT_TRUE(becomes(waiting, "1"));
    std::this_thread::sleep_for(100ms);
    closed.open();
  }};
  const auto ends = record_at_once(orders);
  opener.join();
  int recorded = 0;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (i == 7 || i == 20) {
      EXPECT_NE(ends[i].find("[23514]"), std::string::npos) << ends[i];
      EXPECT_EQ(status_of(orders[i]), "");
    } else if (i == 8 || i == 9) {
      recorded += ends[i] == "recorded" ? 1 : 0;
    } else {
      EXPECT_EQ(ends[i], "recorded") << i;
    }
  }
  EXPECT_EQ(recorded, 1) << "of the two that one user placed";
}

TEST_F(group_commit_test, lets_a_row_that_is_locked_hold_up_nobody_for_long) {
  const auto locked = in_status(order_status::pending);
  const auto other = in_status(order_status::pending);
  auto session =
      innkeeper::pg::connection::open(server_->admin(database_), {.kind = innkeeper::pg::session_kind::service});
  session.query("BEGIN");
  session.query("SELECT FROM orders WHERE order_id = '" + locked.order_id + "' FOR UPDATE");
  std::thread stuck{[&] {
    EXPECT_THROW((void)store_.advance(change_of(locked, order_status::pending, order_status::paid), soon()),
                 store_error);
  }};
  EXPECT_TRUE(becomes(waiting, "1"));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(store_.advance(change_of(other, order_status::pending, order_status::paid), soon()));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  stuck.join();
  session.query("ROLLBACK");
  EXPECT_TRUE(store_.advance(change_of(locked, order_status::pending, order_status::paid), soon()));
}

TEST_F(group_commit_test, is_over_at_each_callers_deadline) {
  const auto start = store_.now(soon());
  closed_table closed;
  std::thread first{[&] { EXPECT_THROW((void)record(an_order()), store_error); }};
  EXPECT_TRUE(becomes(waiting, "1"));
  try {
    (void)store_.record(an_order(), start, std::chrono::steady_clock::now() + 100ms);
    FAIL() << "it was recorded";
  } catch (const store_error& problem) {
    EXPECT_FALSE(problem.outcome_is_unknown()) << "it never left";
  }
  first.join();
  closed.open();
}

// Whoever was told that an order is recorded finds it after the server died, though all but a group's last transaction
// committed without waiting.
TEST_F(group_commit_test, reports_nothing_that_a_servers_death_could_undo) {
  std::mutex guard;
  std::set<std::string> acknowledged;
  std::atomic<bool> is_over{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 24; ++i) {
    threads.emplace_back([&] {
      while (!is_over) {
        const auto one = an_order();
        try {
          if (!record(one)) continue;
        } catch (const store_error&) {
          return;
        }
        const std::lock_guard lock{guard};
        acknowledged.insert(one.order_id);
      }
    });
  }
  EXPECT_TRUE(innkeeper::test::eventually([&] {
    const std::lock_guard lock{guard};
    return acknowledged.size() > 300;
  }));
  server_->kill9();
  is_over = true;
  for (auto& one : threads) one.join();
  server_->recover();
  std::string list;
  for (const auto& one : acknowledged) list += (list.empty() ? "'" : ", '") + one + "'";
  EXPECT_EQ(ask("SELECT count(*) FROM orders WHERE order_id IN (" + list + ")"), std::to_string(acknowledged.size()));
}

// A commit whose wait for the synchronous standby is cancelled succeeds, with a warning.
TEST_F(group_commit_test, takes_no_cancelled_wait_for_a_standby_as_done) {
  ask("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  server_->reload();
  ASSERT_TRUE(becomes("SHOW synchronous_standby_names", "nobody"));
  const std::string waits = " FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = 'orderservice'";
  for (const int count : {1, 5}) {
    SCOPED_TRACE(count);
    std::vector<std::thread> threads;
    std::atomic<int> unknown{0};
    std::atomic<int> left{count};
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&] {
        try {
          (void)record(an_order());
        } catch (const store_error& problem) {
          unknown += problem.outcome_is_unknown() ? 1 : 0;
        }
        --left;
      });
    }
    while (left > 0) {
      ask("SELECT count(pg_cancel_backend(pid))" + waits);
      std::this_thread::sleep_for(20ms);
    }
    for (auto& one : threads) one.join();
    EXPECT_EQ(unknown, count);
  }
  ask("ALTER SYSTEM RESET synchronous_standby_names");
  server_->reload();
  EXPECT_TRUE(becomes("SHOW synchronous_standby_names", ""));
  store_.settle(soon());
  EXPECT_TRUE(record(an_order()));
}

TEST_F(group_commit_test, waits_for_the_disk_whatever_the_log_in_is_set_to) {
  ask("ALTER ROLE orderservice SET synchronous_commit = off");
  innkeeper::pool pool{pool_options()};
  postgres_store store{pool, {}, {}};
  EXPECT_TRUE(store.record(an_order(), store.now(soon()), soon()));
  EXPECT_EQ(pool.execute("SHOW synchronous_commit").front()[0].as<std::string>(), "on");
  ask("ALTER ROLE orderservice RESET synchronous_commit");
}

// Its statement sees the world as it was when it began; the order in its way was there, and then its cart was emptied.
TEST_F(group_commit_test, records_no_cart_that_was_emptied_while_it_waited) {
  const auto first = in_status(order_status::confirmed);
  const auto tasks = store_.claim_outbox(outbox_kind::empty_cart, 100, soon());
  const auto mine =
      std::find_if(tasks.begin(), tasks.end(), [&](const auto& one) { return one.of.order_id == first.order_id; });
  ASSERT_NE(mine, tasks.end());
  const auto read_at = store_.now(soon());
  auto session =
      innkeeper::pg::connection::open(server_->admin(database_), {.kind = innkeeper::pg::session_kind::service});
  session.query("BEGIN");
  session.query("UPDATE order_outbox SET done_at = clock_timestamp() WHERE id = " + std::to_string(mine->id));
  session.query("UPDATE orders SET open_cart = NULL WHERE order_id = '" + first.order_id + "'");
  bool is_recorded = true;
  std::thread second{[&] { is_recorded = store_.record(an_order(first.user_id), read_at, soon()); }};
  EXPECT_TRUE(becomes(waiting, "1"));
  session.query("COMMIT");
  second.join();
  EXPECT_FALSE(is_recorded);
}

// A store with one connection, which the test gets between two groups: an order that waits for the table, the test that
// waits for its connection, and a group that waits for both.
class between_groups_test : public group_commit_test {
 protected:
  static innkeeper::pool_options one_connection() {
    auto options = pool_options();
    options.max_open = 1;
    return options;
  }

  // How each order of the group ended, after `work` had the connection.
  template <class Work>
  std::vector<bool> run(const std::vector<std::chrono::milliseconds>& times, Work work) {
    const auto read_at = store_of_one_.now(soon());
    const auto place = [&](std::chrono::milliseconds time) {
      try {
        return store_of_one_.record(an_order(), read_at, std::chrono::steady_clock::now() + time);
      } catch (const store_error&) {
        return false;
      }
    };
    closed_table closed;
    std::thread first{[&] { EXPECT_TRUE(place(10s)); }};
    EXPECT_TRUE(becomes(waiting, "1"));
    std::thread between{[&] {
      const auto session = one_.acquire();
      work(*session);
    }};
    EXPECT_TRUE(innkeeper::test::eventually([&] { return one_.metrics().waiting == 1; }));
    std::vector<char> recorded(times.size());
    std::vector<std::thread> group;
    for (std::size_t i = 0; i < times.size(); ++i) {
      group.emplace_back([&, i] { recorded[i] = place(times[i]) ? 1 : 0; });
    }
    std::this_thread::sleep_for(100ms);  // they are queued by then
    closed.open();
    first.join();
    between.join();
    for (auto& one : group) one.join();
    return {recorded.begin(), recorded.end()};
  }

  innkeeper::pool one_{one_connection()};
  postgres_store store_of_one_{one_, {}, {.lanes = 1}};
};

TEST_F(between_groups_test, nobody_without_time_fails_the_others) {
  // Whoever of them came first.
  const auto first = run({500ms, 4s, 4s, 4s}, [](auto&) { std::this_thread::sleep_for(900ms); });
  EXPECT_EQ(first, (std::vector<bool>{false, true, true, true}));
  const auto last = run({4s, 4s, 4s, 500ms}, [](auto&) { std::this_thread::sleep_for(900ms); });
  EXPECT_EQ(last, (std::vector<bool>{true, true, true, false}));
}

// A statement that has to be prepared anew runs after the wait for all.
TEST_F(between_groups_test, what_was_prepared_anew_is_waited_for_again) {
  ask("ALTER SYSTEM SET wal_writer_delay = '10s'");
  server_->reload();
  ASSERT_TRUE(becomes("SHOW wal_writer_delay", "10s"));
  const auto recorded = run({4s, 4s, 4s}, [](auto& session) {
    session.execute("SELECT set_config('synchronous_commit', 'on', true), setval('order_commits_seq', 1)");
    session.execute("DEALLOCATE ALL");
  });
  EXPECT_EQ(recorded, (std::vector<bool>{true, true, true}));
  EXPECT_EQ(ask("SELECT pg_current_wal_insert_lsn() - pg_current_wal_flush_lsn()"), "0");
  ask("ALTER SYSTEM RESET wal_writer_delay");
  server_->reload();
}

}  // namespace
}  // namespace checkout
