#include "services/checkout/domain/old_logs.h"

#include <gtest/gtest.h>

namespace checkout {
namespace {

const std::string first_id = "01a224a2-91e8-7a33-9698-560473fb5b05";
const std::string second_id = "01a224a2-91e8-7a33-9698-560473fb5b06";

std::string at(int second, const std::string& message, const std::string& more = "") {
  return R"({"severity":"info","message":")" + message + R"(","timestamp":"2023-07-01T12:00:)" +
         (second < 10 ? "0" : "") + std::to_string(second) + R"(.5Z")" + more + "}";
}
std::string placed(int second, const std::string& order, const std::string& user) {
  return at(second, "order placed", R"(,"order":")" + order + R"(","session":")" + user + "\"");
}
std::string asked(int second, const std::string& user, const std::string& currency = "JPY") {
  return at(second, R"([PlaceOrder] user_id=\")" + user + R"(\" user_currency=\")" + currency + R"(\")");
}
std::string charged(int second, const std::string& units = "\\\"13303\\\"") {
  return at(second, R"(PaymentService#Charge invoked with request {\"amount\":{\"currency_code\":\"JPY\",\"units\":)" +
                        units +
                        R"(,\"nanos\":26979251},\"credit_card\":{\"credit_card_number\":\"4432801561520454\"}})");
}
std::string added(int second, const std::string& user, const std::string& product, int quantity) {
  return "2023-07-01T14:00:" + std::string{second < 10 ? "0" : ""} + std::to_string(second) +
         ".5+02:00       AddItemAsync called with userId=" + user + ", productId=" + product +
         ", quantity=" + std::to_string(quantity);
}
std::string emptied(int second, const std::string& user) {
  return at(second, "EmptyCartAsync called with userId=" + user);
}
std::string paid(int second, const std::string& transaction = "t-1") {
  return at(second, "payment went through (transaction_id: " + transaction + ")");
}
std::string mailed(int second, const std::string& to = "a@example.com") {
  return at(second, R"(order confirmation email sent to \")" + to + R"(\")");
}

std::vector<old_order> match(const std::vector<std::string>& lines) {
  std::vector<old_event> events;
  for (const auto& line : lines) {
    if (auto event = read_old_line(line)) events.push_back(std::move(*event));
  }
  return match_old_orders(std::move(events));
}

TEST(old_logs, become_an_order_with_all_that_they_say) {
  const auto orders = match({placed(9, first_id, "u"), added(1, "u", "OLD", 1), emptied(2, "u"),
                             added(3, "u", "MUG", 1), added(3, "v", "JAR", 1), added(4, "u", "MUG", 2), asked(5, "u"),
                             charged(6), paid(7), emptied(8, "u"), mailed(8)});
  ASSERT_EQ(orders.size(), 1U);
  const auto& one = orders[0];
  EXPECT_EQ(one.order_id, first_id);
  EXPECT_EQ(one.user_id, "u");
  EXPECT_EQ(one.placed_at.time_since_epoch(), std::chrono::milliseconds{1688212809500});
  EXPECT_EQ(one.currency, "JPY");
  EXPECT_EQ(one.total, (money{"JPY", 13303, 26979251})) << "from the request, not from the text that drops zeros";
  EXPECT_EQ(one.transaction_id, "t-1");
  EXPECT_EQ(one.email, "a@example.com");
  EXPECT_EQ(one.items, (cart{{"MUG", 3}}));
  EXPECT_TRUE(one.problems.empty());
}

TEST(old_logs, leave_unknown_what_two_orders_at_once_mix_up) {
  const auto orders = match(
      {asked(1, "u"), asked(2, "v", "EUR"), charged(3), paid(4), placed(5, first_id, "u"), placed(6, second_id, "v")});
  ASSERT_EQ(orders.size(), 2U);
  for (const auto& one : orders) {
    EXPECT_FALSE(one.total);
    EXPECT_EQ(one.transaction_id, "");
    EXPECT_EQ(one.problems.size(), 2U);  // and its items
  }
  EXPECT_EQ(orders[0].currency, "JPY");
  EXPECT_EQ(orders[1].currency, "EUR");
}

// Whoever was refused meanwhile, or was mailed late, left lines, too.
TEST(old_logs, take_nothing_that_may_be_anothers) {
  const auto beside_a_refused_one =
      match({asked(1, "u"), asked(2, "v"), charged(3), paid(4), mailed(4), placed(5, first_id, "u")}).at(0);
  EXPECT_FALSE(beside_a_refused_one.total);
  EXPECT_EQ(beside_a_refused_one.transaction_id, "");
  EXPECT_EQ(beside_a_refused_one.email, "");
  EXPECT_EQ(beside_a_refused_one.problems.size(), 2U);  // and its items

  const auto beside_late_lines = match({asked(1, "u"), mailed(1, "late@example.com"), charged(2), paid(2, "late"),
                                        paid(4), mailed(4), placed(5, first_id, "u")})
                                     .at(0);
  EXPECT_TRUE(beside_late_lines.total);
  EXPECT_EQ(beside_late_lines.transaction_id, "");
  EXPECT_EQ(beside_late_lines.email, "");
  EXPECT_EQ(beside_late_lines.problems.size(), 3U);
}

TEST(old_logs, say_what_is_missing) {
  const auto nothing_else = match({placed(5, first_id, "u"), placed(6, first_id, "u")});
  ASSERT_EQ(nothing_else.size(), 1U) << "each once";
  EXPECT_EQ(nothing_else[0].problems.size(), 2U);
  const auto twice =
      match({added(1, "u", "MUG", 1), asked(1, "u"), charged(2), charged(3), paid(3), placed(5, first_id, "u")});
  EXPECT_FALSE(twice.at(0).total) << "which of the two was it?";
  const auto late = match(
      {asked(1, "u"), charged(2), at(59, "x"),
       R"({"message":"order placed","order":")" + first_id + R"(","session":"u","timestamp":"2023-07-01T12:05:00Z"})"});
  EXPECT_EQ(late.at(0).currency, "") << "another question than this order's";
}

TEST(old_logs, are_read_as_kubectl_and_pino_write_them) {
  const auto pino =
      read_old_line(R"x({"level":30,"time":1688212800123,"message":"payment went through (transaction_id: t)"})x");
  ASSERT_TRUE(pino);
  EXPECT_EQ(pino->at.time_since_epoch(), std::chrono::milliseconds{1688212800123});
  EXPECT_TRUE(read_old_line("2023-07-01T12:00:00.123456789Z " + paid(1)));
  EXPECT_TRUE(read_old_line("2023-07-01T12:00:00Z AddItemAsync called with userId=a b, productId=c, quantity=-3"));
}

TEST(old_logs, have_lines_that_say_nothing) {
  const std::vector<std::string> lines{
      "",
      "{",
      "{}",
      "[]",
      "null",
      "2023",
      "2023-07-01T12:00:00Z",
      "2023-07-01T12:00:00Z ",
      at(1, "hello"),
      at(1, "order placed"),
      placed(1, "no uuid", "u"),
      placed(1, first_id, ""),
      charged(1, "1.5"),
      charged(1, "{}"),
      at(1, "PaymentService#Charge invoked with request {"),
      at(1, "[PlaceOrder] user_id=1"),
      at(1, "AddItemAsync called with userId=u, productId=p, quantity=many"),
      R"x({"time":16882128212803000,"message":"payment went through (transaction_id: t)"})x",
      R"x({"time":-1,"message":"payment went through (transaction_id: t)"})x",
      at(1, R"(order confirmation email sent to \"a***@example.com\")"),
      R"({"message":"order placed"})"};
  for (const auto& line : lines) EXPECT_FALSE(read_old_line(line)) << line;
}

TEST(old_logs, keep_no_card) {
  const auto event = read_old_line(charged(1));
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<charged_line>(event->what).amount, (money{"JPY", 13303, 26979251}));
}

}  // namespace
}  // namespace checkout
