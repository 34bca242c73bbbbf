// A shop front in a hurry: fills carts and places orders, as many at once as there are clients.
//   checkout_load --checkout HOST:PORT --cart HOST:PORT [--clients N] [--seconds S | --orders N] [--user NAME]
// Each order is another shopper's, or all are NAME's, one after the other. Prints orders placed and failed, orders per
// second, p50 and p99 in milliseconds, separated by tabs; what failed goes to stderr, once for each kind.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "services/checkout/proto/hipstershop.grpc.pb.h"

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct options {
  std::string checkout;
  std::string cart;
  int clients = 1;
  int seconds = 10;
  int orders = 0;    // 0: as many as there is time for
  std::string user;  // empty: many
};

std::shared_ptr<grpc::Channel> connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

class shop_front {
 public:
  explicit shop_front(const options& chosen)
      : chosen_{chosen},
        checkout_{hipstershop::CheckoutService::NewStub(connect(chosen.checkout))},
        cart_{hipstershop::CartService::NewStub(connect(chosen.cart))},
        start_{clock::now()} {}

  void run() {
    std::vector<std::thread> clients;
    for (int i = 0; i < chosen_.clients; ++i) {
      clients.emplace_back([this, i] {
        for (int n = 0; may_go_on(); ++n) place(user_of(i, n));
      });
    }
    for (auto& one : clients) one.join();
  }

  void tell() {
    const std::chrono::duration<double> whole = clock::now() - start_;
    std::sort(took_.begin(), took_.end());
    const auto percentile = [&](std::size_t part) {
      return took_.empty() ? 0.0 : std::chrono::duration<double, std::milli>{took_[took_.size() * part / 100]}.count();
    };
    std::printf("%zu\t%d\t%.1f\t%.3f\t%.3f\n", took_.size(), failed_, static_cast<double>(took_.size()) / whole.count(),
                percentile(50), percentile(99));
    for (const auto& [what, count] : problems_) std::cerr << count << " x " << what << std::endl;
  }

  [[nodiscard]] bool has_placed() const { return !took_.empty(); }

 private:
  [[nodiscard]] bool may_go_on() {
    if (chosen_.orders > 0) return begun_++ < chosen_.orders;
    return clock::now() < start_ + std::chrono::seconds{chosen_.seconds};
  }

  [[nodiscard]] std::string user_of(int client, int n) const {
    if (!chosen_.user.empty()) return chosen_.user;
    return "shopper-" + run_number_ + "-" + std::to_string(client) + "-" + std::to_string(n);
  }

  // Until then the next order would be the same one.
  void wait_for_an_empty_cart(const std::string& user) {
    hipstershop::GetCartRequest request;
    request.set_user_id(user);
    for (;;) {
      hipstershop::Cart items;
      grpc::ClientContext context;
      if (!cart_->GetCart(&context, request, &items).ok() || items.items_size() == 0) return;
      std::this_thread::sleep_for(10ms);
    }
  }

  void add(const std::string& user, const std::string& product, int quantity) {
    hipstershop::AddItemRequest request;
    request.set_user_id(user);
    request.mutable_item()->set_product_id(product);
    request.mutable_item()->set_quantity(quantity);
    hipstershop::Empty nothing;
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    (void)cart_->AddItem(&context, request, &nothing);
  }

  void place(const std::string& user) {
    if (!chosen_.user.empty()) wait_for_an_empty_cart(user);
    add(user, "OLJCESPC7Z", 2);
    add(user, "6E92ZMYYFZ", 1);
    add(user, "9SIQT8TOJO", 3);
    hipstershop::PlaceOrderRequest request;
    request.set_user_id(user);
    request.set_user_currency("EUR");
    request.set_email("someone@example.com");
    auto& address = *request.mutable_address();
    address.set_street_address("1600 Amphitheatre Parkway");
    address.set_city("Mountain View");
    address.set_state("CA");
    address.set_country("United States");
    address.set_zip_code(94043);
    auto& card = *request.mutable_credit_card();
    card.set_credit_card_number("4432-8015-6152-0454");
    card.set_credit_card_cvv(672);
    card.set_credit_card_expiration_year(2039);
    card.set_credit_card_expiration_month(1);
    hipstershop::PlaceOrderResponse response;
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    const auto before = clock::now();
    const auto status = checkout_->PlaceOrder(&context, request, &response);
    const auto after = clock::now();
    const std::lock_guard lock{guard_};
    if (status.ok()) {
      took_.push_back(after - before);
    } else {
      ++failed_;
      ++problems_[std::to_string(static_cast<int>(status.error_code())) + ": " + status.error_message()];
    }
  }

  const options chosen_;
  const std::string run_number_ = std::to_string(std::random_device{}());
  const std::unique_ptr<hipstershop::CheckoutService::Stub> checkout_;
  const std::unique_ptr<hipstershop::CartService::Stub> cart_;
  const clock::time_point start_;
  std::atomic<int> begun_{0};
  std::mutex guard_;
  std::vector<std::chrono::nanoseconds> took_;
  std::map<std::string, int> problems_;
  int failed_ = 0;
};

bool parse(int count, char** words, options& into) {
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = words[i];
    if (name == "--checkout") {
      into.checkout = words[i + 1];
    } else if (name == "--cart") {
      into.cart = words[i + 1];
    } else if (name == "--clients") {
      into.clients = std::atoi(words[i + 1]);
    } else if (name == "--seconds") {
      into.seconds = std::atoi(words[i + 1]);
    } else if (name == "--orders") {
      into.orders = std::atoi(words[i + 1]);
    } else if (name == "--user") {
      into.user = words[i + 1];
      into.clients = 1;
    } else {
      return false;
    }
  }
  return count % 2 == 1 && !into.checkout.empty() && !into.cart.empty() && into.clients > 0;
}

}  // namespace

int main(int count, char** words) {
  options chosen;
  if (!parse(count, words, chosen)) {
    std::cerr << "usage: checkout_load --checkout HOST:PORT --cart HOST:PORT [--clients N] [--seconds S | --orders N]"
                 " [--user NAME]"
              << std::endl;
    return 64;
  }
  shop_front shop{chosen};
  shop.run();
  shop.tell();
  return shop.has_placed() ? 0 : 1;
}
