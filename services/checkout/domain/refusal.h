#pragma once
// How a failure looks to the caller: gRPC status, message, and why. Codes and the beginnings of messages are those of
// the service that this one takes the place of; nothing internal stands in them, since the shop shows them to shoppers.
#include <string>
#include <string_view>

namespace checkout {

// gRPC's codes as integers: the payment service sends 400, which no enumeration holds.
namespace code {
inline constexpr int ok = 0, cancelled = 1, unknown = 2, invalid_argument = 3, deadline_exceeded = 4, not_found = 5,
                     permission_denied = 7, resource_exhausted = 8, failed_precondition = 9, aborted = 10,
                     out_of_range = 11, unimplemented = 12, internal = 13, unavailable = 14, data_loss = 15,
                     unauthenticated = 16, card_refused = 400;
}  // namespace code

enum class reason {
  none,  // the caller itself gave up
  cart_service,
  product,
  currency,
  quote,
  card_refused,
  payment_unavailable,
  payment_unknown,
  shipping,
  store,
  invalid,
  cart_empty,
  key_reused,
  in_progress,
  arithmetic,
  overloaded
};
[[nodiscard]] std::string_view to_string(reason why);  // as in checkout-reason
[[nodiscard]] reason parse_reason(std::string_view name);

struct refusal {
  int status = code::internal;
  std::string message;
  reason why = reason::none;
  bool may_retry = false;
  std::string order_id;  // of the order that was recorded; empty: none

  friend bool operator==(const refusal&, const refusal&) = default;
};

// A peer's answer that isn't OK.
struct peer_failure {
  int status = code::unknown;
  std::string message;  // the peer's own, or gRPC's; may hold what nobody else should see
};

// "Unavailable", "Code(400)": as the callers know them.
[[nodiscard]] std::string code_name(int status);
// "rpc error: code = Unavailable desc = service unavailable": a text of ours for each code.
[[nodiscard]] std::string describe(const peer_failure& failure);

[[nodiscard]] refusal cart_failed(const peer_failure& failure);
[[nodiscard]] refusal product_failed(std::string_view product_id, const peer_failure& failure);
[[nodiscard]] refusal price_not_converted(std::string_view product_id, std::string_view currency, bool may_retry);
[[nodiscard]] refusal quote_failed(const peer_failure& failure);
[[nodiscard]] refusal quote_not_converted(const peer_failure& failure);
[[nodiscard]] refusal total_failed();
[[nodiscard]] refusal card_was_refused(const peer_failure& failure);
[[nodiscard]] refusal payment_is_unavailable();
[[nodiscard]] refusal payment_is_unknown(const peer_failure& failure);
[[nodiscard]] refusal shipping_failed(const peer_failure& failure);
[[nodiscard]] refusal store_failed();
[[nodiscard]] refusal user_is_required();
[[nodiscard]] refusal currency_is_unsupported(std::string_view currency);
[[nodiscard]] refusal address_is_required();
[[nodiscard]] refusal card_is_required();
[[nodiscard]] refusal field_is_invalid(std::string_view name);
[[nodiscard]] refusal cart_is_empty();
[[nodiscard]] refusal quantity_is_invalid(std::string_view product_id);
[[nodiscard]] refusal key_was_reused();
[[nodiscard]] refusal order_is_under_way(std::string_view order_id, bool may_retry);
[[nodiscard]] refusal caller_gave_up(bool deadline_passed);
[[nodiscard]] refusal service_is_overloaded();
[[nodiscard]] refusal service_is_ending();

// What the answer to a charge says about the money.
enum class charge_outcome { charged, refused, unknown };
[[nodiscard]] charge_outcome judge_charge(int status);

}  // namespace checkout
