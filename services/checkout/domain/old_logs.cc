#include "services/checkout/domain/old_logs.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "services/checkout/domain/request.h"
#include "services/checkout/domain/text.h"

namespace checkout {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto longest_order = 60s;  // from the question to the answer

// "2023-07-01T12:00:00.123456789Z", also with an offset.
std::optional<log_time> read_time(std::string_view text) {
  std::tm parts{};
  int read = 0;
  const std::string copy{text};
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                  &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &read) != 6) {
    return std::nullopt;
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  std::int64_t micros = static_cast<std::int64_t>(timegm(&parts)) * 1'000'000;
  auto rest = text.substr(static_cast<std::size_t>(read));
  if (rest.starts_with(".")) {
    std::int64_t unit = 100'000;
    rest.remove_prefix(1);
    for (; !rest.empty() && rest[0] >= '0' && rest[0] <= '9'; rest.remove_prefix(1), unit /= 10) {
      micros += (rest[0] - '0') * unit;
    }
  }
  int hours = 0;
  int minutes = 0;
  if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
    if (std::sscanf(std::string{rest.substr(1)}.c_str(), "%2d:%2d", &hours, &minutes) != 2) return std::nullopt;
    const std::int64_t offset = (hours * 60 + minutes) * std::int64_t{60'000'000};
    micros += rest[0] == '+' ? -offset : offset;
  }
  return log_time{std::chrono::microseconds{micros}};
}

std::optional<log_time> time_of(const json& line) {
  for (const char* name : {"timestamp", "time", "Timestamp"}) {
    const auto found = line.find(name);
    if (found == line.end()) continue;
    if (found->is_string()) return read_time(found->get<std::string>());
    if (found->is_number_integer()) {
      const auto milliseconds = found->get<std::int64_t>();
      constexpr std::int64_t year_9999 = 253'402'300'800'000;
      if (milliseconds < 0 || milliseconds >= year_9999) return std::nullopt;
      return log_time{std::chrono::milliseconds{milliseconds}};
    }
  }
  return std::nullopt;
}

// What stands in `text` between the two, after which it goes on behind them.
std::optional<std::string> take(std::string_view& text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == std::string_view::npos) return std::nullopt;
  const auto from = start + before.size();
  const auto end = after.empty() ? text.size() : text.find(after, from);
  if (end == std::string_view::npos) return std::nullopt;
  std::string found{text.substr(from, end - from)};
  text.remove_prefix(std::min(text.size(), end + after.size()));
  return found;
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The request has a card, too: only the amount is looked at.
std::optional<money> amount_in(std::string_view request) {
  const auto whole = json::parse(request, nullptr, false);
  if (!whole.is_object() || !whole.contains("amount") || !whole["amount"].is_object()) return std::nullopt;
  const auto& amount = whole["amount"];
  money read;
  if (const auto code = amount.find("currency_code"); code != amount.end() && code->is_string()) {
    read.currency = code->get<std::string>();
  }
  // int64 is a string in JSON made of protobuf.
  if (const auto units = amount.find("units"); units != amount.end()) {
    const auto number = units->is_string()           ? number_in<std::int64_t>(units->get<std::string>())
                        : units->is_number_integer() ? std::optional{units->get<std::int64_t>()}
                                                     : std::nullopt;
    if (!number) return std::nullopt;
    read.units = *number;
  }
  if (const auto nanos = amount.find("nanos"); nanos != amount.end() && nanos->is_number_integer()) {
    read.nanos = nanos->get<std::int32_t>();
  }
  if (!is_valid(read) || is_negative(read) || !looks_like_currency(read.currency)) return std::nullopt;
  return read;
}

std::optional<old_line> read_message(std::string_view text, const json& fields) {
  if (text == "order placed") {
    const auto order = fields.find("order");
    const auto session = fields.find("session");
    if (order == fields.end() || session == fields.end() || !order->is_string() || !session->is_string()) {
      return std::nullopt;
    }
    placed_line placed{order->get<std::string>(), session->get<std::string>()};
    std::transform(placed.order_id.begin(), placed.order_id.end(), placed.order_id.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (!is_uuid(placed.order_id) || placed.user_id.empty() || !is_storable(placed.user_id)) return std::nullopt;
    return placed;
  }
  if (text.starts_with("[PlaceOrder] ")) {
    const auto user = take(text, "user_id=\"", "\"");
    const auto currency = take(text, "user_currency=\"", "\"");
    if (!user || !currency) return std::nullopt;
    return asked_line{*user, *currency};
  }
  if (text.starts_with("payment went through ")) {
    const auto transaction = take(text, "(transaction_id: ", ")");
    if (!transaction || !is_storable(*transaction)) return std::nullopt;
    return paid_line{*transaction};
  }
  if (text.starts_with("order confirmation email sent to ")) {
    const auto email = take(text, "sent to \"", "\"");
    if (!email || !is_storable(*email) || email->find("***") != std::string::npos) return std::nullopt;
    return mailed_line{*email};
  }
  if (text.find("#Charge invoked with request ") != std::string_view::npos) {
    const auto request = take(text, "#Charge invoked with request ", "");
    const auto amount = amount_in(*request);
    if (!amount) return std::nullopt;
    return charged_line{*amount};
  }
  if (text.find("AddItemAsync called with ") != std::string_view::npos) {
    const auto user = take(text, "userId=", ", productId=");
    const auto product = take(text, "", ", quantity=");
    const auto quantity = number_in<std::int32_t>(text.substr(0, text.find_first_not_of("-0123456789")));
    if (!user || !product || !quantity || !is_storable(*product)) return std::nullopt;
    return added_line{*user, {*product, *quantity}};
  }
  if (text.find("EmptyCartAsync called with ") != std::string_view::npos) {
    const auto user = take(text, "userId=", "");
    return emptied_line{user.value_or("")};
  }
  return std::nullopt;
}

constexpr const char* mixed_up = "another order was under way: amount, transaction and e-mail can't be told apart";

// One order from the question to the answer.
struct span_of_time {
  log_time from;
  log_time to;
};

// What carts hold, as the lines go by.
class carts {
 public:
  void see(const old_line& line) {
    if (const auto* emptied = std::get_if<emptied_line>(&line)) items_.erase(emptied->user_id);
    const auto* added = std::get_if<added_line>(&line);
    if (added == nullptr) return;
    auto& lines = items_[added->user_id];
    const auto same = std::find_if(lines.begin(), lines.end(),
                                   [&](const auto& one) { return one.product_id == added->item.product_id; });
    if (same == lines.end()) {
      lines.push_back(added->item);
    } else {
      same->quantity += added->item.quantity;
    }
  }
  // Nothing where a quantity can't be.
  [[nodiscard]] cart of(const std::string& user_id) const {
    const auto found = items_.find(user_id);
    return found == items_.end() || validate(found->second) ? cart{} : found->second;
  }

 private:
  std::map<std::string, cart> items_;
};

// The last question of each user's, with the cart that it was about.
struct question {
  log_time at;
  std::string currency;
  cart items;
};

// Which of them were under way while another was. They are in the order of their ends.
std::vector<bool> find_overlaps(const std::vector<span_of_time>& spans) {
  std::vector<bool> overlaps(spans.size());
  for (std::size_t i = 1; i < spans.size(); ++i) {
    if (spans[i - 1].to >= spans[i].from) overlaps[i] = true;
  }
  auto earliest = log_time::max();  // beginning of all that end later
  for (std::size_t i = spans.size(); i-- > 0;) {
    if (earliest <= spans[i].to) overlaps[i] = true;
    earliest = std::min(earliest, spans[i].from);
  }
  return overlaps;
}

// Amount, transaction and e-mail of the only order that was under way.
void take_payment(old_order& one, const span_of_time& span, const std::vector<old_event>& events) {
  int charges = 0;
  std::set<std::string> transactions;
  std::set<std::string> emails;
  bool had_company = false;  // of an order that came to nothing
  auto event = std::lower_bound(events.begin(), events.end(), span.from,
                                [](const auto& each, log_time from) { return each.at < from; });
  for (; event != events.end() && event->at <= span.to; ++event) {
    if (const auto* asked = std::get_if<asked_line>(&event->what)) had_company |= asked->user_id != one.user_id;
    if (const auto* paid = std::get_if<paid_line>(&event->what)) transactions.insert(paid->transaction_id);
    if (const auto* mailed = std::get_if<mailed_line>(&event->what)) emails.insert(mailed->email);
    const auto* charged = std::get_if<charged_line>(&event->what);
    if (charged == nullptr || charged->amount.currency != one.currency) continue;
    ++charges;
    one.total = charged->amount;
  }
  if (had_company) {
    one.total.reset();
    one.problems.emplace_back(mixed_up);
    return;
  }
  if (charges > 1) one.total.reset();  // a card that was refused before
  if (!one.total) {
    one.problems.emplace_back(charges == 0 ? "no line of the payment service has its amount"
                                           : "several charges: its amount can't be told");
  }
  if (transactions.size() == 1) one.transaction_id = *transactions.begin();
  if (transactions.size() != 1) {
    one.problems.emplace_back(transactions.empty() ? "no line has its transaction"
                                                   : "several transactions: which was its own can't be told");
  }
  if (emails.size() == 1) one.email = *emails.begin();
  if (emails.size() > 1) one.problems.emplace_back("several e-mails: which was its own can't be told");
}

}  // namespace

std::optional<old_event> read_old_line(std::string_view line) {
  const auto brace = line.find('{');
  if (!line.empty() && brace != std::string_view::npos && line.find_first_not_of(" \t") == brace) {
    const auto fields = json::parse(line, nullptr, false);
    if (!fields.is_object()) return std::nullopt;
    const auto at = time_of(fields);
    for (const char* name : {"message", "Message", "msg"}) {
      const auto found = fields.find(name);
      if (!at || found == fields.end() || !found->is_string()) continue;
      auto what = read_message(found->get<std::string>(), fields);
      if (!what) return std::nullopt;
      return old_event{*at, std::move(*what)};
    }
    return std::nullopt;
  }
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto at = read_time(line.substr(0, space));
  if (!at) return std::nullopt;
  const auto rest = line.substr(space + 1);
  if (rest.starts_with("{")) {  // JSON behind kubectl's time
    auto inner = read_old_line(rest);
    if (inner) return inner;
  }
  const auto start = rest.find_first_not_of(" \t");
  auto what = start == std::string_view::npos ? std::nullopt : read_message(rest.substr(start), json::object());
  if (!what) return std::nullopt;
  return old_event{*at, std::move(*what)};
}

std::vector<old_order> match_old_orders(std::vector<old_event> events) {
  std::stable_sort(events.begin(), events.end(), [](const auto& one, const auto& other) { return one.at < other.at; });
  std::vector<old_order> orders;
  std::vector<span_of_time> spans;
  std::set<std::string> known;
  std::map<std::string, question> questions;
  carts all;
  for (const auto& event : events) {
    all.see(event.what);
    if (const auto* asked = std::get_if<asked_line>(&event.what)) {
      questions[asked->user_id] = {event.at, asked->currency, all.of(asked->user_id)};
    }
    const auto* placed = std::get_if<placed_line>(&event.what);
    if (placed == nullptr || !known.insert(placed->order_id).second) continue;
    old_order one{.order_id = placed->order_id, .user_id = placed->user_id, .placed_at = event.at};
    const auto asked = questions.find(one.user_id);
    if (asked != questions.end() && asked->second.at >= event.at - longest_order) {
      spans.push_back({asked->second.at, event.at});
      if (looks_like_currency(asked->second.currency)) one.currency = asked->second.currency;
      one.items = asked->second.items;
    } else {
      spans.push_back({event.at - longest_order, event.at});
    }
    if (one.currency.empty()) one.problems.emplace_back("no line of the checkout service asks for it");
    if (one.items.empty()) one.problems.emplace_back("no line of the cart service has its items");
    orders.push_back(std::move(one));
  }
  const auto overlaps = find_overlaps(spans);
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (orders[i].currency.empty()) continue;
    if (overlaps[i]) {
      orders[i].problems.emplace_back(mixed_up);
    } else {
      take_payment(orders[i], spans[i], events);
    }
  }
  return orders;
}

}  // namespace checkout
