#pragma once
// The wire: a gRPC call becomes an order_call for one of a fixed number of threads, and its end a status with metadata.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "services/checkout/proto/hipstershop.grpc.pb.h"
#include "services/checkout/server/metrics.h"
#include "services/checkout/server/place_order.h"

namespace checkout {

// A fixed number of threads, and a bounded number of those who wait for one.
class workers {
 public:
  workers(int count, std::size_t most_waiting);
  workers(const workers&) = delete;
  workers& operator=(const workers&) = delete;
  ~workers();  // when all is done

  [[nodiscard]] bool submit(std::function<void()> work);  // false: too many wait

 private:
  void run();

  const std::size_t most_waiting_;
  std::mutex guard_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

class checkout_service final : public hipstershop::CheckoutService::CallbackService {
 public:
  checkout_service(place_order& orders, workers& by, metrics& into) : orders_{orders}, workers_{by}, metrics_{into} {}

  grpc::ServerUnaryReactor* PlaceOrder(grpc::CallbackServerContext* context,
                                       const hipstershop::PlaceOrderRequest* request,
                                       hipstershop::PlaceOrderResponse* response) override;

  // From now on calls that have not begun are refused, also those that wait for a thread.
  void refuse_more() { is_ending_ = true; }

 private:
  [[nodiscard]] grpc::Status answer_call(grpc::CallbackServerContext& context,
                                         const hipstershop::PlaceOrderRequest& request,
                                         hipstershop::PlaceOrderResponse& response);

  place_order& orders_;
  workers& workers_;
  metrics& metrics_;
  std::atomic<bool> is_ending_ = false;
};

}  // namespace checkout
