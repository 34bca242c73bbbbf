#include "services/checkout/peers/peers.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "services/checkout/proto/hipstershop.grpc.pb.h"
#include "services/checkout/wire/convert.h"

namespace checkout {
namespace {

using clock = std::chrono::system_clock;

constexpr std::size_t most_lines_at_once = 8;

std::shared_ptr<grpc::Channel> connect(const std::string& address) {
  grpc::ChannelArguments options;
  // No retries of gRPC's own: a charge must never be sent twice, and reads are retried here.
  options.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // The peers are next door, whatever the environment says of proxies.
  options.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  options.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  options.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  options.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // A node that vanished answers nothing, and its connection would count as ready until TCP gives up, after a quarter
  // of an hour: with keepalive on, what was sent and isn't acknowledged ends it (TCP_USER_TIMEOUT). Servers in Go close
  // connections that ask more often than every five minutes.
  options.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 300'000);
  options.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  options.SetMaxReceiveMessageSize(16 << 20);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), options);
}

void prepare(grpc::ClientContext& context, const call_scope& scope, std::chrono::milliseconds timeout) {
  for (const auto& [name, value] : scope.metadata) context.AddMetadata(name, value);
  context.set_deadline(std::min(scope.latest, clock::now() + timeout));
}

peer_failure failure_of(const grpc::Status& status) {
  return {static_cast<int>(status.error_code()), status.error_message()};
}

bool may_try_again(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE;
}

// `call(context)`, and once more where it could not be delivered.
template <class Call>
grpc::Status read(const call_scope& scope, std::chrono::milliseconds timeout, Call call) {
  grpc::Status status;
  for (int attempt = 0; attempt < 2; ++attempt) {
    grpc::ClientContext context;
    prepare(context, scope, timeout);
    status = call(context);
    if (!may_try_again(status)) break;
  }
  return status;
}

template <class Request>
void fill_parcel(const address& to, const cart& items, Request& request) {
  to_wire(to, *request.mutable_address());
  for (const auto& line : items) to_wire(line, *request.add_items());
}

// Asks for the prices of all lines, a few at once; each is GetProduct, then Convert.
class price_reader {
 public:
  price_reader(hipstershop::ProductCatalogService::Stub& catalogue, hipstershop::CurrencyService::Stub& currency,
               std::string to, const call_scope& scope, std::chrono::milliseconds timeout)
      : catalogue_{catalogue}, currency_{currency}, to_{std::move(to)}, scope_{scope}, timeout_{timeout} {}

  std::vector<price_answer> run(const cart& items) {
    lines_.resize(items.size());
    std::unique_lock lock{guard_};
    for (std::size_t i = 0; i < items.size(); ++i) {
      changed_.wait(lock, [&] { return running_ < most_lines_at_once; });
      if (has_failed_) break;  // the order can't be placed anyway
      ++running_;
      lines_[i] = std::make_unique<line>();
      lines_[i]->product_request.set_id(items[i].product_id);
      lock.unlock();
      ask_product(*lines_[i]);
      lock.lock();
    }
    changed_.wait(lock, [&] { return running_ == 0; });
    std::vector<price_answer> answers;
    for (const auto& one : lines_) {
      if (one) answers.push_back(one->answer);
    }
    return answers;
  }

 private:
  struct line {
    std::unique_ptr<grpc::ClientContext> context;
    bool was_tried = false;
    hipstershop::GetProductRequest product_request;
    hipstershop::Product product;
    hipstershop::CurrencyConversionRequest conversion_request;
    hipstershop::Money converted;
    price_answer answer;
  };

  void ask_product(line& one) {
    one.context = std::make_unique<grpc::ClientContext>();
    prepare(*one.context, scope_, timeout_);
    catalogue_.async()->GetProduct(one.context.get(), &one.product_request, &one.product,
                                   [this, &one](grpc::Status status) {
                                     if (try_again(one, status)) return ask_product(one);
                                     if (!status.ok()) return finish(one, status);
                                     one.answer.price = from_wire(one.product.price_usd());
                                     *one.conversion_request.mutable_from() = one.product.price_usd();
                                     one.conversion_request.set_to_code(to_);
                                     one.was_tried = false;
                                     ask_conversion(one);
                                   });
  }

  void ask_conversion(line& one) {
    one.context = std::make_unique<grpc::ClientContext>();
    prepare(*one.context, scope_, timeout_);
    currency_.async()->Convert(one.context.get(), &one.conversion_request, &one.converted,
                               [this, &one](grpc::Status status) {
                                 if (try_again(one, status)) return ask_conversion(one);
                                 if (status.ok()) one.answer.converted = from_wire(one.converted);
                                 finish(one, status);
                               });
  }

  static bool try_again(line& one, const grpc::Status& status) {
    return may_try_again(status) && !std::exchange(one.was_tried, true);
  }

  void finish(line& one, const grpc::Status& status) {
    const std::lock_guard lock{guard_};
    if (!status.ok()) {
      one.answer.failure = failure_of(status);
      has_failed_ = true;
    }
    --running_;
    changed_.notify_one();
  }

  hipstershop::ProductCatalogService::Stub& catalogue_;
  hipstershop::CurrencyService::Stub& currency_;
  const std::string to_;
  const call_scope& scope_;
  const std::chrono::milliseconds timeout_;
  std::vector<std::unique_ptr<line>> lines_;
  std::mutex guard_;
  std::condition_variable changed_;
  std::size_t running_ = 0;
  bool has_failed_ = false;
};

}  // namespace

struct peers::connections {
  connections(const peer_addresses& addresses, const peer_times& allowed)
      : times{allowed},
        payment_channel{connect(addresses.payment)},
        shipping{hipstershop::ShippingService::NewStub(connect(addresses.shipping))},
        catalogue{hipstershop::ProductCatalogService::NewStub(connect(addresses.catalogue))},
        cart{hipstershop::CartService::NewStub(connect(addresses.cart))},
        currency{hipstershop::CurrencyService::NewStub(connect(addresses.currency))},
        email{hipstershop::EmailService::NewStub(connect(addresses.email))},
        payment{hipstershop::PaymentService::NewStub(payment_channel)} {}

  const peer_times times;
  const std::shared_ptr<grpc::Channel> payment_channel;
  const std::unique_ptr<hipstershop::ShippingService::Stub> shipping;
  const std::unique_ptr<hipstershop::ProductCatalogService::Stub> catalogue;
  const std::unique_ptr<hipstershop::CartService::Stub> cart;
  const std::unique_ptr<hipstershop::CurrencyService::Stub> currency;
  const std::unique_ptr<hipstershop::EmailService::Stub> email;
  const std::unique_ptr<hipstershop::PaymentService::Stub> payment;
};

peers::peers(const peer_addresses& addresses, const peer_times& times)
    : to_{std::make_unique<connections>(addresses, times)} {}

peers::~peers() = default;

answer<cart> peers::get_cart(const std::string& user_id, const call_scope& scope) {
  hipstershop::GetCartRequest request;
  request.set_user_id(user_id);
  hipstershop::Cart items;
  const auto status =
      read(scope, to_->times.read, [&](auto& context) { return to_->cart->GetCart(&context, request, &items); });
  if (!status.ok()) return failure_of(status);
  return from_wire(items);
}

std::vector<price_answer> peers::get_prices(const cart& items, const std::string& currency, const call_scope& scope) {
  return price_reader{*to_->catalogue, *to_->currency, currency, scope, to_->times.read}.run(items);
}

answer<money> peers::get_quote(const address& to, const cart& items, const call_scope& scope) {
  hipstershop::GetQuoteRequest request;
  fill_parcel(to, items, request);
  hipstershop::GetQuoteResponse quote;
  const auto status =
      read(scope, to_->times.read, [&](auto& context) { return to_->shipping->GetQuote(&context, request, &quote); });
  if (!status.ok()) return failure_of(status);
  return from_wire(quote.cost_usd());
}

answer<money> peers::convert(const money& from, const std::string& currency, const call_scope& scope) {
  hipstershop::CurrencyConversionRequest request;
  to_wire(from, *request.mutable_from());
  request.set_to_code(currency);
  hipstershop::Money converted;
  const auto status = read(scope, to_->times.read,
                           [&](auto& context) { return to_->currency->Convert(&context, request, &converted); });
  if (!status.ok()) return failure_of(status);
  return from_wire(converted);
}

bool peers::is_payment_ready(const call_scope& scope) {
  return to_->payment_channel->WaitForConnected(std::min(scope.latest, clock::now() + to_->times.payment_ready));
}

answer<std::string> peers::charge(const std::string& order_id, const money& total, const credit_card& card,
                                  const call_scope& scope) {
  hipstershop::ChargeRequest request;
  to_wire(total, *request.mutable_amount());
  to_wire(card, *request.mutable_credit_card());
  grpc::ClientContext context;
  prepare(context, scope, to_->times.charge);
  context.AddMetadata("idempotency-key", order_id);
  hipstershop::ChargeResponse response;
  const auto status = to_->payment->Charge(&context, request, &response);
  if (!status.ok()) return failure_of(status);
  return storable(response.transaction_id());
}

answer<std::string> peers::ship(const std::string& order_id, const address& to, const cart& items,
                                const call_scope& scope) {
  hipstershop::ShipOrderRequest request;
  fill_parcel(to, items, request);
  grpc::ClientContext context;
  prepare(context, scope, to_->times.ship);
  context.AddMetadata("idempotency-key", order_id);
  hipstershop::ShipOrderResponse response;
  const auto status = to_->shipping->ShipOrder(&context, request, &response);
  if (!status.ok()) return failure_of(status);
  return storable(response.tracking_id());
}

answer<nothing> peers::empty_cart(const std::string& user_id, const call_scope& scope) {
  hipstershop::EmptyCartRequest request;
  request.set_user_id(user_id);
  grpc::ClientContext context;
  prepare(context, scope, to_->times.empty_cart);
  hipstershop::Empty response;
  const auto status = to_->cart->EmptyCart(&context, request, &response);
  if (!status.ok()) return failure_of(status);
  return nothing{};
}

answer<nothing> peers::send_confirmation(const stored_order& placed, const call_scope& scope) {
  hipstershop::SendOrderConfirmationRequest request;
  request.set_email(placed.email);
  to_wire(placed, *request.mutable_order());
  grpc::ClientContext context;
  prepare(context, scope, to_->times.email);
  hipstershop::Empty response;
  const auto status = to_->email->SendOrderConfirmation(&context, request, &response);
  if (!status.ok()) return failure_of(status);
  return nothing{};
}

}  // namespace checkout
