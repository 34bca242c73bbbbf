// A user's orders as OrderHistory tells them, a line each: checkout_history HOST:PORT USER
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <iostream>

#include "services/checkout/proto/order_history.grpc.pb.h"

int main(int count, char** words) {
  if (count != 3) {
    std::cerr << "usage: checkout_history HOST:PORT USER" << std::endl;
    return 64;
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto history = checkout::v1::OrderHistory::NewStub(
      grpc::CreateCustomChannel(words[1], grpc::InsecureChannelCredentials(), arguments));
  checkout::v1::ListOrdersRequest request;
  request.set_user_id(words[2]);
  do {
    checkout::v1::ListOrdersResponse page;
    grpc::ClientContext context;
    const auto status = history->ListOrders(&context, request, &page);
    if (!status.ok()) {
      std::cerr << "no history: " << status.error_message() << std::endl;
      return 1;
    }
    for (const auto& order : page.orders()) {
      const auto& total = order.total();
      std::printf("%s  %s  %-9s  %lld.%09d %s  %s\n", order.created_at().substr(0, 19).c_str(),
                  order.order_id().c_str(), order.status().c_str(), static_cast<long long>(total.units()),
                  total.nanos(), total.currency_code().c_str(), order.shipping_tracking_id().c_str());
      for (const auto& item : order.items()) {
        std::printf("    %3d x %s\n", item.item().quantity(), item.item().product_id().c_str());
      }
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return 0;
}
