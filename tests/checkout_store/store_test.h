#pragma once
// A server with the estate's schema, a log-in with the rights that the service has, and orders to put there.
#include <gtest/gtest.h>
#include <innkeeper/pool.h>
#include <innkeeper/schema.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "core/conninfo.h"
#include "pg/connection.h"
#include "services/checkout/domain/request.h"
#include "services/checkout/domain/text.h"
#include "services/checkout/store/postgres_store.h"
#include "tests/support/postgres_fixture.h"

namespace checkout {

using namespace std::chrono_literals;

class order_store_test : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<innkeeper::test::cluster>(
        innkeeper::test::cluster_options{.settings = {{"max_connections", "100"}}, .tcp = true});
    database_ = server_->fresh_database();
    innkeeper::schema_options schema;
    schema.url = url_of(server_->admin(database_));
    schema.service = "checkout";
    schema.files = INNKEEPER_SOURCE_DIR "/examples/online-boutique/checkout/schema";
    const auto report = innkeeper::initialise_schema(schema);
    ASSERT_EQ(report.state, innkeeper::schema_state::ready) << report.error;
    ask("CREATE ROLE orderservice LOGIN");
    ask("GRANT SELECT, INSERT, UPDATE, DELETE ON orders, order_items, order_outbox TO orderservice");
    ask("GRANT SELECT, INSERT ON order_events TO orderservice");
    ask("GRANT SELECT, UPDATE, USAGE ON SEQUENCE order_commits_seq TO orderservice");
    ask("REVOKE EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) FROM PUBLIC");  // as Innkeeper does
  }
  static void TearDownTestSuite() { server_.reset(); }

  static std::string url_of(const innkeeper::conninfo& target) {
    return innkeeper::print_conninfo(target, innkeeper::dialect::keyword).text->expose();
  }
  // As the superuser: the first value of the first row.
  static std::string ask(const std::string& sql) {
    const auto rows =
        innkeeper::pg::connection::open(server_->admin(database_), {.kind = innkeeper::pg::session_kind::service})
            .query(sql);
    return rows.empty() ? "" : rows.text(0, 0);
  }
  [[nodiscard]] static bool becomes(const std::string& sql, const std::string& answer) {
    return innkeeper::test::eventually([&] { return ask(sql) == answer; });
  }

  [[nodiscard]] static innkeeper::pool_options pool_options() {
    innkeeper::pool_options options;
    options.connection.url = url_of(server_->login("orderservice", "", database_));
    options.connection = store_connection(options.connection);
    return options;
  }

  // Some order of a user of its own.
  [[nodiscard]] static order an_order(const std::string& user = "") {
    static std::atomic<unsigned> count{0};
    const unsigned number = ++count;
    std::array<unsigned char, 10> tail{};
    tail[8] = static_cast<unsigned char>(number >> 8U);
    tail[9] = static_cast<unsigned char>(number);
    order one{.order_id = make_uuid(std::chrono::system_clock::now(), tail),
              .user_id = user.empty() ? "user " + std::to_string(number) : user,
              .email = "someone@example.com",
              .currency = "EUR",
              .shipping_address = {"Straße 1; DROP", "Köln", "", "Germany", 50667},
              .lines = {{{"OLJCESPC7Z", 2}, {"EUR", 17, 682441398}}, {{"6E92ZMYYFZ", 1}, {"EUR", 7, 952233525}}},
              .shipping_cost = {"EUR", 7, 952233525}};
    one.total = total_of(one.shipping_cost, one.lines).value();
    one.request_hash[0] = static_cast<unsigned char>(number);
    return one;
  }

  [[nodiscard]] static moment soon() { return std::chrono::steady_clock::now() + 10s; }
  [[nodiscard]] bool record(const order& one) { return store_.record(one, store_.now(soon()), soon()); }

  // A recorded order, brought to `status` by the shortest way.
  order in_status(order_status status) {
    auto one = an_order();
    EXPECT_TRUE(record(one));
    bring(one, status);
    return one;
  }
  void bring(const order& one, order_status status) {
    using enum order_status;
    if (status == pending) return;
    const bool was_paid = status == confirmed || status == refund_due;
    if (was_paid) bring(one, paid);
    EXPECT_TRUE(store_.advance(change_of(one, was_paid ? paid : pending, status), soon()));
  }
  static change change_of(const order& one, order_status from, order_status to) {
    change made{.order_id = one.order_id, .from = from, .to = to};
    if (to == order_status::paid) made.transaction_id = "t-" + one.order_id;
    if (to == order_status::confirmed) made.tracking_id = "p-" + one.order_id;
    return made;
  }
  [[nodiscard]] static std::string status_of(const order& one) {
    return ask("SELECT status FROM orders WHERE order_id = '" + one.order_id + "'");
  }

  static std::unique_ptr<innkeeper::test::cluster> server_;
  static std::string database_;
  innkeeper::pool pool_{pool_options()};
  postgres_store store_{pool_, {}, {.lanes = 1}};
};

}  // namespace checkout
