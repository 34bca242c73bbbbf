#include "services/checkout/server/fulfilment.h"

#include <algorithm>
#include <thread>

#include "services/checkout/server/log.h"

namespace checkout {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

refusal of_order(refusal one, const std::string& order_id) {
  one.order_id = order_id;
  return one;
}

// The row itself is refused (class 23), now and later.
bool is_of_the_row(const store_error& problem) {
  return problem.sqlstate().starts_with("23");
}

}  // namespace

void tell_confirmation(const stored_order& placed, const answer<nothing>& sent) {
  const auto to = masked_email(placed.email);
  const log_fields fields{{"order_id", placed.order_id}};
  if (const auto* failure = std::get_if<peer_failure>(&sent)) {
    log::warning("failed to send order confirmation to \"" + to + "\": " + describe(*failure), fields);
  } else {
    log::info("order confirmation email sent to \"" + to + "\"", fields);
  }
}

fulfilment::fulfilment(peers& via, order_store& store, const saga_times& times, std::function<void()> on_confirmed)
    : peers_{via}, store_{store}, times_{times}, on_confirmed_{std::move(on_confirmed)} {}

stored_order fulfilment::charge(const order& recorded, const credit_card& card, const call_scope& scope) {
  const auto answer = peers_.charge(recorded.order_id, recorded.total, card, scope.without_deadline());
  if (const auto* transaction_id = std::get_if<std::string>(&answer)) {
    log::info("payment went through (transaction_id: " + *transaction_id + ")", {{"order_id", recorded.order_id}});
    advance({.order_id = recorded.order_id,
             .from = order_status::pending,
             .to = order_status::paid,
             .transaction_id = *transaction_id});
    stored_order paid{recorded};
    paid.status = order_status::paid;
    paid.transaction_id = *transaction_id;
    return paid;
  }
  const auto& failure = std::get<peer_failure>(answer);
  const bool was_refused = judge_charge(failure.status) == charge_outcome::refused;
  const auto told = of_order(was_refused ? card_was_refused(failure) : payment_is_unknown(failure), recorded.order_id);
  log::warning(was_refused ? "the card was refused" : "nobody knows whether the card was charged",
               {{"order_id", recorded.order_id}, {"code", code_name(failure.status)}});
  try {
    advance({.order_id = recorded.order_id,
             .from = order_status::pending,
             .to = was_refused ? order_status::rejected : order_status::payment_unknown,
             .told = told});
  } catch (const refused&) {
    // What the caller hears of its card stays true; recovery takes the order for payment_unknown.
  }
  throw refused{told};
}

stored_order fulfilment::ship(stored_order paid, const call_scope& scope) {
  const auto answer = peers_.ship(paid.order_id, paid.shipping_address, items_of(paid), scope.without_deadline());
  if (const auto* failure = std::get_if<peer_failure>(&answer)) {
    log::warning("shipment failed", {{"order_id", paid.order_id}, {"code", code_name(failure->status)}});
    try {
      store_.release(paid.order_id, clock::now() + times_.store_timeout);
    } catch (const store_error&) {
      // Its lease runs out by itself.
    }
    throw refused{of_order(shipping_failed(*failure), paid.order_id)};
  }
  paid.tracking_id = std::get<std::string>(answer);
  auto done = advance({.order_id = paid.order_id,
                       .from = order_status::paid,
                       .to = order_status::confirmed,
                       .transaction_id = paid.transaction_id,
                       .tracking_id = paid.tracking_id});
  on_confirmed_();
  if (!done.by_us) return *done.as_it_is;
  log::info("order " + paid.order_id + " saved to database successfully", {{"order_id", paid.order_id}});
  paid.status = order_status::confirmed;
  return paid;
}

fulfilment::changed fulfilment::advance(const change& one) {
  const log_fields fields{{"order_id", one.order_id}, {"transaction_id", one.transaction_id.value_or("")}};
  auto until = clock::now() + times_.store_retry;
  auto pause = 20ms;
  bool is_first = true;
  for (;;) {
    try {
      if (const auto done = try_to_advance(one)) return *done;
      break;
    } catch (const store_error& problem) {
      if (is_of_the_row(problem)) until = clock::now();
      if (is_first || clock::now() >= until) {
        log::error("order " + one.order_id + " could not be saved as " + std::string{to_string(one.to)} + ": " +
                       problem.what() + (clock::now() < until ? "; trying again" : ""),
                   fields);
      }
      is_first = false;
      if (clock::now() >= until) break;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min<std::chrono::milliseconds>(pause * 2, 500ms);
  }
  log::error("order " + one.order_id + " is not saved as " + std::string{to_string(one.to)}, fields);
  throw refused{of_order(store_failed(), one.order_id)};
}

// Nothing where the order went another way.
std::optional<fulfilment::changed> fulfilment::try_to_advance(const change& one) {
  if (store_.advance(one, clock::now() + times_.store_timeout)) return changed{};
  auto found = store_.find(one.order_id, clock::now() + times_.store_timeout);
  if (!found || found->status != one.to) return std::nullopt;
  if (one.transaction_id && found->transaction_id != *one.transaction_id) return std::nullopt;
  store_.settle(clock::now() + times_.store_timeout);
  const bool by_us = found->tracking_id == one.tracking_id.value_or("");  // an answer that was lost on its way
  return changed{by_us, std::move(found)};
}

}  // namespace checkout
