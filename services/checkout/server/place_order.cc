#include "services/checkout/server/place_order.h"

#include <openssl/rand.h>

#include <algorithm>
#include <thread>

#include "services/checkout/server/log.h"

namespace checkout {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto poll_interval = 25ms;

std::string new_order_id() {
  std::array<unsigned char, 10> randomness{};
  if (RAND_bytes(randomness.data(), static_cast<int>(randomness.size())) != 1) {
    throw std::runtime_error{"OpenSSL gives no randomness"};
  }
  return make_uuid(std::chrono::system_clock::now(), randomness);
}

// The same to the shopper: cart, currency, address and total.
bool is_same_order(const order& left, const order& right) {
  return left.currency == right.currency && left.shipping_address == right.shipping_address &&
         left.total == right.total && items_of(left) == items_of(right);
}

refusal under_way(const stored_order& other) {
  return order_is_under_way(other.order_id, other.status != order_status::payment_unknown);
}

}  // namespace

// Of calls to the store before the charge: a store that is away is no secret to a caller who is still there.
template <class Question>
auto place_order::ask_store(const order_call& call, Question question) const {
  try {
    return question();
  } catch (const store_error& problem) {
    log::error(std::string{"order store unavailable: "} + problem.what());
    fail(call, store_failed());
  }
}

place_order::place_order(peers& via, order_store* store, fulfilment* afterwards, const saga_times& times)
    : peers_{via}, store_{store}, afterwards_{afterwards}, times_{times} {}

stored_order place_order::run(const order_call& call) {
  log::info("[PlaceOrder] user_id=\"" + storable(call.request.user_id) + "\" user_currency=\"" +
            storable(call.request.currency) + "\"");
  if (const auto bad = validate(call.request)) throw refused{*bad};
  return store_ != nullptr ? run_with_store(call) : run_without_store(call);
}

// Another session's commit shows before it is durable, and what was acknowledged must not be lost with it.
stored_order place_order::acknowledge(const order_call& call, stored_order confirmed) {
  ask_store(call, [&] { store_->settle(store_deadline(call)); });
  return confirmed;
}

stored_order place_order::run_with_store(const order_call& call) {
  const auto& key = call.request.idempotency_key;
  if (!key.empty()) {
    if (const auto earlier = find_by_key(call)) return answer_again(call, *earlier);
  }
  const moment until = clock::now() + times_.duplicate_wait;
  for (;;) {
    std::optional<prepared> one;
    try {
      one = prepare(call);
    } catch (const refused& problem) {
      if (problem.value().why != reason::cart_empty) throw;
      if (key.empty()) {
        if (auto earlier = replay(call)) return acknowledge(call, std::move(*earlier));
      } else if (const auto meanwhile = find_by_key(call)) {
        return answer_again(call, *meanwhile);
      }
      throw;
    }
    require_payment(call);
    auto done = record(call, *one, until);
    if (done.how == outcome::answered) return std::move(*done.answer);
    if (done.how == outcome::outdated) {
      // Where the store's clock went back, as after a failover, every cart looks older than its last emptying for a
      // while.
      if (clock::now() >= until) throw refused{order_is_under_way(one->draft.order_id, true)};
      std::this_thread::sleep_for(poll_interval);
      continue;
    }
    auto paid = afterwards_->charge(one->draft, *call.request.card, call.scope);
    return afterwards_->ship(std::move(paid), call.scope);
  }
}

stored_order place_order::run_without_store(const order_call& call) {
  stored_order placed{prepare(call).draft};
  require_payment(call);
  const auto scope = call.scope.without_deadline();
  const auto charged = peers_.charge(placed.order_id, placed.total, *call.request.card, scope);
  if (const auto* failure = std::get_if<peer_failure>(&charged)) {
    const bool was_refused = judge_charge(failure->status) == charge_outcome::refused;
    throw refused{was_refused ? card_was_refused(*failure) : payment_is_unknown(*failure)};
  }
  placed.transaction_id = std::get<std::string>(charged);
  log::info("payment went through (transaction_id: " + placed.transaction_id + ")", {{"order_id", placed.order_id}});
  const auto shipped = peers_.ship(placed.order_id, placed.shipping_address, items_of(placed), scope);
  if (const auto* failure = std::get_if<peer_failure>(&shipped)) {
    log::error("charged and not shipped", {{"order_id", placed.order_id}, {"transaction_id", placed.transaction_id}});
    auto told = shipping_failed(*failure);
    told.may_retry = false;  // nobody remembers: it would be a second charge
    throw refused{told};
  }
  placed.tracking_id = std::get<std::string>(shipped);
  placed.status = order_status::confirmed;
  (void)peers_.empty_cart(placed.user_id, scope);
  if (!placed.email.empty()) tell_confirmation(placed, peers_.send_confirmation(placed, scope));
  return placed;
}

// Steps 2 to 5.
place_order::prepared place_order::prepare(const order_call& call) {
  const auto& request = call.request;
  order draft{.order_id = new_order_id(),
              .user_id = request.user_id,
              .email = request.email,
              .currency = request.currency,
              .shipping_address = *request.shipping_address,
              .idempotency_key = request.idempotency_key,
              .request_hash = hash_of(request)};
  store_time cart_read_at;
  if (store_ != nullptr) cart_read_at = ask_store(call, [&] { return store_->now(store_deadline(call)); });
  const auto in_cart = peers_.get_cart(request.user_id, call.scope);
  if (const auto* failure = std::get_if<peer_failure>(&in_cart)) fail(call, cart_failed(*failure));
  const auto& items = std::get<cart>(in_cart);
  if (const auto bad = validate(items)) throw refused{*bad};
  draft.lines = price(call, items);
  draft.shipping_cost = shipping_cost(call, items);
  const auto total = total_of(draft.shipping_cost, draft.lines);
  if (!total) throw refused{total_failed()};
  draft.total = *total;
  return {std::move(draft), cart_read_at};
}

std::vector<order_line> place_order::price(const order_call& call, const cart& items) {
  const auto& currency = call.request.currency;
  const auto prices = peers_.get_prices(items, currency, call.scope);
  std::vector<order_line> lines;
  for (std::size_t i = 0; i < prices.size(); ++i) {
    const auto& one = prices[i];
    const auto& product_id = items[i].product_id;
    if (!one.price) fail(call, product_failed(product_id, *one.failure));
    if (!one.converted) {
      fail(call, price_not_converted(
                     product_id, currency,
                     one.failure->status == code::unavailable || one.failure->status == code::deadline_exceeded));
    }
    switch (judge_conversion(*one.price, *one.converted, currency)) {
      case conversion::good:
        break;
      case conversion::unsupported_currency:
        throw refused{currency_is_unsupported(currency)};
      case conversion::failed:
        throw refused{price_not_converted(product_id, currency, false)};
    }
    lines.push_back({items[i], *one.converted});
  }
  return lines;
}

money place_order::shipping_cost(const order_call& call, const cart& items) {
  const auto quote = peers_.get_quote(*call.request.shipping_address, items, call.scope);
  if (const auto* failure = std::get_if<peer_failure>(&quote)) fail(call, quote_failed(*failure));
  const auto& dollars = std::get<money>(quote);
  const auto converted = peers_.convert(dollars, call.request.currency, call.scope);
  if (const auto* failure = std::get_if<peer_failure>(&converted)) fail(call, quote_not_converted(*failure));
  const auto& cost = std::get<money>(converted);
  switch (judge_conversion(dollars, cost, call.request.currency)) {
    case conversion::good:
      return cost;
    case conversion::unsupported_currency:
      throw refused{currency_is_unsupported(call.request.currency)};
    case conversion::failed:
      break;
  }
  throw refused{quote_not_converted({code::internal, ""})};
}

// What fails from here on is no longer "payment is down" but "nobody knows".
void place_order::require_payment(const order_call& call) {
  if (!peers_.is_payment_ready(call.scope)) fail(call, payment_is_unavailable());
  require_caller(call);
}

place_order::recording place_order::record(const order_call& call, const prepared& one, moment until) {
  for (;;) {
    require_caller(call);
    if (try_to_record(call, one)) return {};
    const auto obstacle = ask_store(call, [&] { return store_->find_obstacle(one.draft, store_deadline(call)); });
    if (!obstacle) return {outcome::outdated, {}};  // the cart was emptied, or the obstacle is gone
    // Ours, recorded when nobody heard of it, and recovery was faster: it was never charged, but who could tell?
    if (obstacle->order_id == one.draft.order_id) throw refused{under_way(*obstacle)};
    if (auto other = answer_by(call, one.draft, *obstacle, until)) return {outcome::answered, std::move(other)};
  }
}

// Recording is repeatable: the order's number tells whether it was done.
bool place_order::try_to_record(const order_call& call, const prepared& one) {
  const auto& draft = one.draft;
  const moment until = clock::now() + times_.store_timeout;
  bool may_be_there = false;
  for (;;) {
    try {
      const moment deadline = std::min(until, store_deadline(call));
      if (store_->record(draft, one.cart_read_at, deadline)) return true;
      if (!may_be_there) return false;
      const auto found = store_->find(draft.order_id, deadline);
      if (!found) return false;
      store_->settle(deadline);
      return found->status == order_status::pending;
    } catch (const store_error& problem) {
      may_be_there = may_be_there || problem.outcome_is_unknown();
      if (may_be_there && clock::now() < until && !call.has_gone()) {
        std::this_thread::sleep_for(poll_interval);
        continue;
      }
      log::error(std::string{"order store unavailable: "} + problem.what(), {{"order_id", draft.order_id}});
      if (may_be_there) {
        const std::lock_guard lock{guard_};
        leftovers_.push_back({draft.order_id, clock::now() + times_.lease});
      }
      fail(call, store_failed());
    }
  }
}

void place_order::abandon_leftovers() {
  std::vector<leftover> orders;
  {
    const std::lock_guard lock{guard_};
    orders.swap(leftovers_);
  }
  std::exception_ptr first_problem;
  std::vector<leftover> remaining;
  for (const auto& one : orders) {
    try {
      if (!is_over(one)) remaining.push_back(one);
    } catch (const store_error&) {
      if (!first_problem) first_problem = std::current_exception();
      remaining.push_back(one);
    }
  }
  {
    const std::lock_guard lock{guard_};
    leftovers_.insert(leftovers_.end(), remaining.begin(), remaining.end());
  }
  if (first_problem) std::rethrow_exception(first_problem);
}

// What isn't there may still come, as long as the server may be at work on it.
bool place_order::is_over(const leftover& one) {
  const auto soon = [&] { return clock::now() + times_.store_timeout; };
  if (store_->advance({.order_id = one.order_id,
                       .from = order_status::pending,
                       .to = order_status::abandoned,
                       .told = store_failed()},
                      soon())) {
    return true;
  }
  return store_->find(one.order_id, soon()).has_value() || clock::now() >= one.latest;
}

// What another order means for this call: its answer, nothing (then T1 is tried again), or a refusal.
std::optional<stored_order> place_order::answer_by(const order_call& call, const order& draft,
                                                   const stored_order& obstacle, moment until) {
  if (!draft.idempotency_key.empty() && obstacle.idempotency_key == draft.idempotency_key) {
    return answer_again(call, obstacle);
  }
  const auto other = wait_while_pending(call, obstacle, until);
  if (items_of(other) != items_of(draft)) return std::nullopt;  // it only was in the way
  // Who has a key gets that key's answer, now and later: another order can't be it.
  const bool is_same = draft.idempotency_key.empty() && is_same_order(other, draft);
  switch (other.status) {
    case order_status::confirmed:
      // The cart was ordered, and is not emptied yet: for the shopper it is empty.
      if (is_same) return acknowledge(call, other);
      if (other.holds_cart) throw refused{cart_is_empty()};
      return std::nullopt;
    case order_status::paid:
      if (is_same) return carry_on(call, other, until);
      throw refused{under_way(other)};
    case order_status::rejected:
    case order_status::abandoned:
      if (is_same && other.told) throw refused{*other.told};
      return std::nullopt;
    case order_status::pending:
    case order_status::payment_unknown:
      throw refused{under_way(other)};
    case order_status::refund_due:
      return std::nullopt;
  }
  return std::nullopt;
}

stored_order place_order::answer_again(const order_call& call, const stored_order& earlier) {
  if (earlier.request_hash != hash_of(call.request)) throw refused{key_was_reused()};
  switch (earlier.status) {
    case order_status::confirmed:
      return acknowledge(call, earlier);
    case order_status::paid:
      return carry_on(call, earlier, clock::now() + times_.duplicate_wait);
    case order_status::rejected:
    case order_status::abandoned: {
      auto told = earlier.told.value_or(payment_is_unavailable());
      told.order_id = earlier.order_id;
      throw refused{told};
    }
    case order_status::refund_due: {
      auto told = shipping_failed({code::unavailable, ""});
      told.order_id = earlier.order_id;
      told.may_retry = false;
      throw refused{told};
    }
    case order_status::pending:
    case order_status::payment_unknown:
      break;
  }
  throw refused{under_way(earlier)};
}

stored_order place_order::carry_on(const order_call& call, stored_order paid, moment until) {
  for (;;) {
    if (ask_store(call, [&] { return store_->claim(paid.order_id, store_deadline(call)); })) {
      return afterwards_->ship(std::move(paid), call.scope);
    }
    const auto now = ask_store(call, [&] { return store_->find(paid.order_id, store_deadline(call)); });
    if (now && now->status == order_status::confirmed) return acknowledge(call, *now);
    if (!now || now->status != order_status::paid || clock::now() >= until) throw refused{under_way(paid)};
    require_caller(call);
    std::this_thread::sleep_for(poll_interval);
  }
}

std::optional<stored_order> place_order::find_by_key(const order_call& call) {
  const auto& asked = call.request;
  return ask_store(call,
                   [&] { return store_->find_by_key(asked.user_id, asked.idempotency_key, store_deadline(call)); });
}

std::optional<stored_order> place_order::replay(const order_call& call) {
  if (times_.replay_window == 0ms) return std::nullopt;
  return ask_store(call, [&] {
    return store_->find_replay(call.request.user_id, hash_of(call.request), times_.replay_window, store_deadline(call));
  });
}

stored_order place_order::wait_while_pending(const order_call& call, stored_order other, moment until) {
  while (other.status == order_status::pending) {
    if (clock::now() >= until) throw refused{under_way(other)};
    require_caller(call);
    std::this_thread::sleep_for(poll_interval);
    auto now = ask_store(call, [&] { return store_->find(other.order_id, store_deadline(call)); });
    if (!now) break;
    other = std::move(*now);
  }
  return other;
}

moment place_order::store_deadline(const order_call& call) const {
  const auto left = call.scope.latest - std::chrono::system_clock::now();
  return clock::now() + std::min<clock::duration>(left, times_.store_timeout);
}

void place_order::require_caller(const order_call& call) const {
  const bool is_late = std::chrono::system_clock::now() >= call.scope.latest;
  if (is_late || call.has_gone()) throw refused{caller_gave_up(is_late)};
}

// A peer's failure after the caller's end is the caller's.
void place_order::fail(const order_call& call, refusal why) const {
  require_caller(call);
  throw refused{std::move(why)};
}

}  // namespace checkout
