#pragma once
// OrderHistory on the wire. Its questions share the threads of the orders.
#include "services/checkout/proto/order_history.grpc.pb.h"
#include "services/checkout/server/service.h"
#include "services/checkout/store/postgres_history.h"

namespace checkout {

class history_service final : public v1::OrderHistory::CallbackService {
 public:
  // Without a store there is no history: UNAVAILABLE.
  history_service(postgres_history* from, workers& by, std::chrono::milliseconds timeout)
      : history_{from}, workers_{by}, timeout_{timeout} {}

  grpc::ServerUnaryReactor* GetOrder(grpc::CallbackServerContext* context, const v1::GetOrderRequest* request,
                                     v1::Order* response) override;
  grpc::ServerUnaryReactor* ListOrders(grpc::CallbackServerContext* context, const v1::ListOrdersRequest* request,
                                       v1::ListOrdersResponse* response) override;

 private:
  template <class Work>
  grpc::ServerUnaryReactor* answer_later(grpc::CallbackServerContext* context, Work work);
  [[nodiscard]] grpc::Status get(const v1::GetOrderRequest& request, v1::Order& response, moment deadline);
  [[nodiscard]] grpc::Status list(const v1::ListOrdersRequest& request, v1::ListOrdersResponse& response,
                                  moment deadline);

  postgres_history* const history_;
  workers& workers_;
  const std::chrono::milliseconds timeout_;
};

}  // namespace checkout
