#pragma once
// The six services that an order needs, over gRPC in clear. Every call has a deadline of its own; what a caller left of
// its own counts where it is earlier. Reads are tried once more where a peer wasn't to be reached; nothing else is ever
// sent twice. May be used from any thread.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "services/checkout/domain/order.h"
#include "services/checkout/domain/refusal.h"
#include "services/checkout/domain/request.h"

namespace checkout {

struct peer_addresses {  // host:port
  std::string shipping;
  std::string catalogue;
  std::string cart;
  std::string currency;
  std::string email;
  std::string payment;
};

struct peer_times {
  std::chrono::milliseconds read{3000};
  std::chrono::milliseconds charge{10000};
  std::chrono::milliseconds ship{5000};
  std::chrono::milliseconds empty_cart{2000};
  std::chrono::milliseconds email{5000};
  std::chrono::milliseconds payment_ready{1000};  // for the connection, before anything is recorded
};

// What goes along with every call that is made for a caller.
struct call_scope {
  std::vector<std::pair<std::string, std::string>> metadata;                         // traceparent, tracestate, baggage
  std::chrono::system_clock::time_point latest{std::chrono::hours{24 * 365 * 200}};  // the caller's deadline
  [[nodiscard]] call_scope without_deadline() const { return {metadata}; }
};

template <class Value>
using answer = std::variant<Value, peer_failure>;
struct nothing {};

// Of one cart line: what the catalogue asks for it in dollars, and what that is in the user's currency.
struct price_answer {
  std::optional<money> price;      // absent: the catalogue failed
  std::optional<money> converted;  // absent: the currency service failed, or wasn't asked
  std::optional<peer_failure> failure;
};

class peers {
 public:
  // Connects to nobody yet.
  peers(const peer_addresses& addresses, const peer_times& times);
  peers(const peers&) = delete;
  peers& operator=(const peers&) = delete;
  ~peers();

  [[nodiscard]] answer<cart> get_cart(const std::string& user_id, const call_scope& scope);
  // In the cart's order; at most eight lines are asked for at once.
  [[nodiscard]] std::vector<price_answer> get_prices(const cart& items, const std::string& currency,
                                                     const call_scope& scope);
  [[nodiscard]] answer<money> get_quote(const address& to, const cart& items, const call_scope& scope);
  [[nodiscard]] answer<money> convert(const money& from, const std::string& currency, const call_scope& scope);

  // Whether a charge could be sent now. Waits for the connection for a while.
  [[nodiscard]] bool is_payment_ready(const call_scope& scope);
  [[nodiscard]] answer<std::string> charge(const std::string& order_id, const money& total, const credit_card& card,
                                           const call_scope& scope);
  [[nodiscard]] answer<std::string> ship(const std::string& order_id, const address& to, const cart& items,
                                         const call_scope& scope);

  [[nodiscard]] answer<nothing> empty_cart(const std::string& user_id, const call_scope& scope);
  [[nodiscard]] answer<nothing> send_confirmation(const stored_order& placed, const call_scope& scope);

 private:
  struct connections;
  std::unique_ptr<connections> to_;
};

}  // namespace checkout
