#include "services/checkout/server/history.h"

#include "services/checkout/server/log.h"
#include "services/checkout/wire/convert.h"

namespace checkout {
namespace {

grpc::Status invalid(const std::string& what) {
  return {grpc::StatusCode::INVALID_ARGUMENT, what};
}

moment deadline_of(const grpc::CallbackServerContext& context, std::chrono::milliseconds most) {
  const auto now = std::chrono::steady_clock::now();
  const auto left = context.deadline() - std::chrono::system_clock::now();
  return now + std::min<std::chrono::steady_clock::duration>(most, std::max(left, decltype(left){}));
}

void to_wire(const past_order& one, v1::Order& into) {
  const auto& order = one.what;
  into.set_order_id(order.order_id);
  into.set_status(std::string{to_string(order.status)});
  into.set_created_at(rfc3339(order.created_at));
  into.set_shipping_tracking_id(order.tracking_id);
  if (one.has_total) checkout::to_wire(order.total, *into.mutable_total());
  if (one.has_shipping_cost) checkout::to_wire(order.shipping_cost, *into.mutable_shipping_cost());
  if (one.has_address) checkout::to_wire(order.shipping_address, *into.mutable_shipping_address());
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    auto& item = *into.add_items();
    checkout::to_wire(order.lines[i].item, *item.mutable_item());
    if (one.has_cost[i]) checkout::to_wire(order.lines[i].cost, *item.mutable_cost());
  }
}

}  // namespace

template <class Work>
grpc::ServerUnaryReactor* history_service::answer_later(grpc::CallbackServerContext* context, Work work) {
  auto* reactor = context->DefaultReactor();
  const bool is_taken = workers_.submit([this, context, reactor, work] {
    try {
      if (history_ == nullptr) throw store_error{"orders are not persisted", false};
      reactor->Finish(work(deadline_of(*context, timeout_)));
    } catch (const store_error& problem) {
      log::error(std::string{"order store unavailable: "} + problem.what());
      reactor->Finish({grpc::StatusCode::UNAVAILABLE, "order store unavailable"});
    } catch (const std::exception& problem) {
      log::error(std::string{"a call failed: "} + problem.what());
      reactor->Finish({grpc::StatusCode::INTERNAL, "internal error"});
    }
  });
  if (!is_taken) reactor->Finish({grpc::StatusCode::RESOURCE_EXHAUSTED, service_is_overloaded().message});
  return reactor;
}

grpc::ServerUnaryReactor* history_service::GetOrder(grpc::CallbackServerContext* context,
                                                    const v1::GetOrderRequest* request, v1::Order* response) {
  return answer_later(context, [this, request, response](moment until) { return get(*request, *response, until); });
}

grpc::ServerUnaryReactor* history_service::ListOrders(grpc::CallbackServerContext* context,
                                                      const v1::ListOrdersRequest* request,
                                                      v1::ListOrdersResponse* response) {
  return answer_later(context, [this, request, response](moment until) { return list(*request, *response, until); });
}

grpc::Status history_service::get(const v1::GetOrderRequest& request, v1::Order& response, moment deadline) {
  if (request.user_id().empty()) return invalid("user_id is required");
  if (!is_storable(request.user_id())) return invalid("invalid user_id");
  if (!is_uuid(request.order_id())) return invalid("invalid order_id");
  const auto found = history_->get(request.user_id(), request.order_id(), deadline);
  if (!found) return {grpc::StatusCode::NOT_FOUND, "no such order"};
  to_wire(*found, response);
  return grpc::Status::OK;
}

grpc::Status history_service::list(const v1::ListOrdersRequest& request, v1::ListOrdersResponse& response,
                                   moment deadline) {
  if (request.user_id().empty()) return invalid("user_id is required");
  if (!is_storable(request.user_id())) return invalid("invalid user_id");
  const auto size = page_size_of(request.page_size());
  if (!size) return invalid("invalid page_size");
  std::optional<page_end> after;
  if (!request.page_token().empty() && !(after = parse_token(request.page_token())))
    return invalid("invalid page_token");
  auto orders = history_->list(request.user_id(), *size + 1, after, deadline);  // one more tells whether there is more
  const bool is_last = orders.size() <= static_cast<std::size_t>(*size);
  if (!is_last) orders.pop_back();
  for (const auto& one : orders) to_wire(one, *response.add_orders());
  if (!is_last) {
    const auto& end = orders.back().what;
    response.set_next_page_token(
        to_token({std::chrono::floor<std::chrono::microseconds>(end.created_at), end.order_id}));
  }
  return grpc::Status::OK;
}

}  // namespace checkout
