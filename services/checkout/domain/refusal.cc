#include "services/checkout/domain/refusal.h"

#include <algorithm>
#include <array>

namespace checkout {
namespace {

struct code_row {
  int status;
  std::string_view name;
  std::string_view description;
};

constexpr std::array codes{
    code_row{0, "OK", "ok"},
    code_row{1, "Canceled", "call canceled"},
    code_row{2, "Unknown", "unknown error"},
    code_row{3, "InvalidArgument", "request not accepted"},
    code_row{4, "DeadlineExceeded", "deadline exceeded"},
    code_row{5, "NotFound", "not found"},
    code_row{6, "AlreadyExists", "exists already"},
    code_row{7, "PermissionDenied", "permission denied"},
    code_row{8, "ResourceExhausted", "resources exhausted"},
    code_row{9, "FailedPrecondition", "request not possible"},
    code_row{10, "Aborted", "call aborted"},
    code_row{11, "OutOfRange", "out of range"},
    code_row{12, "Unimplemented", "not implemented"},
    code_row{13, "Internal", "internal error"},
    code_row{14, "Unavailable", "service unavailable"},
    code_row{15, "DataLoss", "data loss"},
    code_row{16, "Unauthenticated", "not authenticated"},
};

const code_row* find_code(int status) {
  const auto* found = std::find_if(codes.begin(), codes.end(), [&](const auto& row) { return row.status == status; });
  return found == codes.end() ? nullptr : found;
}

bool is_temporary(int status) {
  return status == code::unavailable || status == code::deadline_exceeded || status == code::resource_exhausted ||
         status == code::aborted;
}

// The payment service says which card it was and when it expired. The shopper may know why; four digits of a card are
// nothing to keep.
std::string without_digits(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }, '*');
  constexpr std::size_t longest = 300;
  if (text.size() > longest) {
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
    text.resize(end);
  }
  return text;
}

std::string quoted(std::string_view text) {
  return "\"" + std::string{text} + "\"";
}

constexpr std::string_view charge_prefix = "failed to charge card: could not charge the card: ";

}  // namespace

std::string_view to_string(reason why) {
  switch (why) {
    case reason::none:
      return "";
    case reason::cart_service:
      return "cart";
    case reason::product:
      return "product";
    case reason::currency:
      return "currency";
    case reason::quote:
      return "quote";
    case reason::card_refused:
      return "card_refused";
    case reason::payment_unavailable:
      return "payment_unavailable";
    case reason::payment_unknown:
      return "payment_unknown";
    case reason::shipping:
      return "shipping";
    case reason::store:
      return "store";
    case reason::invalid:
      return "invalid";
    case reason::cart_empty:
      return "cart_empty";
    case reason::key_reused:
      return "key_reused";
    case reason::in_progress:
      return "in_progress";
    case reason::arithmetic:
      return "money";
    case reason::overloaded:
      return "overloaded";
  }
  return "";
}

reason parse_reason(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(reason::overloaded); ++i) {
    if (to_string(static_cast<reason>(i)) == name) return static_cast<reason>(i);
  }
  return reason::none;
}

std::string code_name(int status) {
  const auto* row = find_code(status);
  return row != nullptr ? std::string{row->name} : "Code(" + std::to_string(status) + ")";
}

std::string describe(const peer_failure& failure) {
  const auto* row = find_code(failure.status);
  return "rpc error: code = " + code_name(failure.status) +
         " desc = " + std::string{row != nullptr ? row->description : "request not accepted"};
}

refusal cart_failed(const peer_failure& failure) {
  return {code::internal, "cart failure: failed to get user cart during checkout: " + describe(failure),
          reason::cart_service, is_temporary(failure.status)};
}

refusal product_failed(std::string_view product_id, const peer_failure& failure) {
  return {code::internal, "failed to prepare order: failed to get product #" + quoted(product_id), reason::product,
          is_temporary(failure.status)};
}

refusal price_not_converted(std::string_view product_id, std::string_view currency, bool may_retry) {
  return {code::internal,
          "failed to prepare order: failed to convert price of " + quoted(product_id) + " to " + std::string{currency},
          reason::currency, may_retry};
}

refusal quote_failed(const peer_failure& failure) {
  return {code::internal, "shipping quote failure: failed to get shipping quote: " + describe(failure), reason::quote,
          is_temporary(failure.status)};
}

refusal quote_not_converted(const peer_failure& failure) {
  return {code::internal,
          "failed to convert shipping cost to currency: failed to convert currency: " + describe(failure),
          reason::currency, is_temporary(failure.status)};
}

refusal total_failed() {
  return {code::internal, "failed to compute order total", reason::arithmetic, false};
}

refusal card_was_refused(const peer_failure& failure) {
  return {code::internal,
          std::string{charge_prefix} + "rpc error: code = " + code_name(failure.status) +
              " desc = " + without_digits(failure.message),
          reason::card_refused, false};
}

refusal payment_is_unavailable() {
  return {code::internal, std::string{charge_prefix} + describe({code::unavailable, ""}), reason::payment_unavailable,
          true};
}

refusal payment_is_unknown(const peer_failure& failure) {
  return {code::internal, std::string{charge_prefix} + describe(failure), reason::payment_unknown, false};
}

refusal shipping_failed(const peer_failure& failure) {
  return {code::unavailable, "shipping error: shipment failed: " + describe(failure), reason::shipping, true};
}

refusal store_failed() {
  return {code::unavailable, "order store unavailable", reason::store, true};
}

refusal user_is_required() {
  return {code::invalid_argument, "user_id is required", reason::invalid, false};
}

refusal currency_is_unsupported(std::string_view currency) {
  return {code::invalid_argument, "unsupported currency " + quoted(currency), reason::invalid, false};
}

refusal address_is_required() {
  return {code::invalid_argument, "shipping address is required", reason::invalid, false};
}

refusal card_is_required() {
  return {code::invalid_argument, "credit card is required", reason::invalid, false};
}

refusal field_is_invalid(std::string_view name) {
  return {code::invalid_argument, "invalid " + std::string{name}, reason::invalid, false};
}

refusal cart_is_empty() {
  return {code::failed_precondition, "cart is empty", reason::cart_empty, false};
}

refusal quantity_is_invalid(std::string_view product_id) {
  return {code::failed_precondition, "invalid quantity for " + quoted(product_id), reason::invalid, false};
}

refusal key_was_reused() {
  return {code::invalid_argument, "idempotency key reused", reason::key_reused, false};
}

refusal order_is_under_way(std::string_view order_id, bool may_retry) {
  return {code::aborted, "order " + std::string{order_id} + " is being processed", reason::in_progress, may_retry,
          std::string{order_id}};
}

refusal caller_gave_up(bool deadline_passed) {
  if (deadline_passed) return {code::deadline_exceeded, "deadline exceeded before the order was placed"};
  return {code::cancelled, "call canceled before the order was placed"};
}

refusal service_is_overloaded() {
  return {code::unavailable, "too many orders at once", reason::overloaded, true};
}

refusal service_is_ending() {
  return {code::unavailable, "the service is shutting down", reason::overloaded, true};
}

charge_outcome judge_charge(int status) {
  switch (status) {
    case code::ok:
      return charge_outcome::charged;
    case code::card_refused:
    case code::invalid_argument:
    case code::not_found:
    case code::permission_denied:
    case code::failed_precondition:
    case code::out_of_range:
    case code::unimplemented:
    case code::unauthenticated:
      return charge_outcome::refused;
    default:
      return charge_outcome::unknown;
  }
}

}  // namespace checkout
