#include "services/checkout/server/service.h"

#include "services/checkout/server/log.h"
#include "services/checkout/wire/convert.h"

namespace checkout {
namespace {

// gRPC writes log-style names in lower case.
std::string metadata(const grpc::CallbackServerContext& context, const std::string& name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end() ? "" : std::string{found->second.data(), found->second.size()};
}

call_scope scope_of(const grpc::CallbackServerContext& context) {
  call_scope scope;
  for (const char* name : {"traceparent", "tracestate", "baggage"}) {
    if (auto value = metadata(context, name); !value.empty()) scope.metadata.emplace_back(name, std::move(value));
  }
  // "Never" is a time that arithmetic overflows on.
  if (context.deadline() < scope.latest) scope.latest = context.deadline();
  return scope;
}

grpc::Status status_of(const refusal& why, grpc::CallbackServerContext& context) {
  if (why.why != reason::none) context.AddTrailingMetadata("checkout-reason", std::string{to_string(why.why)});
  if (!why.order_id.empty()) context.AddTrailingMetadata("checkout-order-id", why.order_id);
  context.AddTrailingMetadata("checkout-retryable", why.may_retry ? "true" : "false");
  return {static_cast<grpc::StatusCode>(why.status), why.message};
}

}  // namespace

workers::workers(int count, std::size_t most_waiting) : most_waiting_{most_waiting} {
  for (int i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
}

workers::~workers() {
  {
    const std::lock_guard lock{guard_};
    is_stopping_ = true;
    changed_.notify_all();
  }
  for (auto& one : threads_) one.join();
}

bool workers::submit(std::function<void()> work) {
  const std::lock_guard lock{guard_};
  if (queue_.size() >= most_waiting_) return false;
  queue_.push_back(std::move(work));
  changed_.notify_one();
  return true;
}

void workers::run() {
  std::unique_lock lock{guard_};
  for (;;) {
    changed_.wait(lock, [&] { return is_stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

grpc::ServerUnaryReactor* checkout_service::PlaceOrder(grpc::CallbackServerContext* context,
                                                       const hipstershop::PlaceOrderRequest* request,
                                                       hipstershop::PlaceOrderResponse* response) {
  auto* reactor = context->DefaultReactor();
  const bool is_taken = workers_.submit(
      [this, context, request, response, reactor] { reactor->Finish(answer_call(*context, *request, *response)); });
  if (!is_taken) reactor->Finish(status_of(service_is_overloaded(), *context));
  return reactor;
}

grpc::Status checkout_service::answer_call(grpc::CallbackServerContext& context,
                                           const hipstershop::PlaceOrderRequest& request,
                                           hipstershop::PlaceOrderResponse& response) {
  const auto start = std::chrono::steady_clock::now();
  const auto count = [&](int status, reason why) {
    metrics_.count_answer(status, why, std::chrono::steady_clock::now() - start);
  };
  try {
    if (is_ending_) throw refused{service_is_ending()};
    const order_call call{from_wire(request, metadata(context, "idempotency-key")), scope_of(context),
                          [&context] { return context.IsCancelled(); }};
    to_wire(orders_.run(call), *response.mutable_order());
    count(code::ok, reason::none);
    return grpc::Status::OK;
  } catch (const refused& problem) {
    count(problem.value().status, problem.value().why);
    return status_of(problem.value(), context);
  } catch (const std::exception& problem) {
    log::error(std::string{"a call failed: "} + problem.what());
    count(code::internal, reason::none);
    return {grpc::StatusCode::INTERNAL, "internal error"};
  }
}

}  // namespace checkout
