// One of the shop's services, as small as an honest one can be, for tests and ./run-checkout:
//   checkout_peer cart|catalogue|currency|shipping|payment|email --listen HOST:PORT [--journal FILE] [--fault FAULT]…
// Prints "ready" when it serves. The journal has a JSON object per line: charges, shipments, mails; the cart's is also
// its memory from one start to the next. FAULT is as in fault_box.h; checkout.test.PeerControl sets more while it runs.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

#include "services/checkout/domain/text.h"
#include "services/checkout/proto/hipstershop.grpc.pb.h"
#include "services/checkout/test_peers/fault_box.h"
#include "services/checkout/test_peers/shop.h"
#include "services/checkout/wire/convert.h"

namespace checkout::test {
namespace {

using grpc::ServerContext;
using grpc::Status;
using nlohmann::json;

// Whatever was written survives the process: each line is one write to the file.
class journal {
 public:
  explicit journal(const std::string& file) {
    if (file.empty()) return;
    file_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file_ < 0) throw std::runtime_error{"could not open " + file + ": " + std::strerror(errno)};
  }
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;
  ~journal() {
    if (file_ >= 0) ::close(file_);
  }

  void add(const json& what) {
    if (file_ < 0) return;
    const std::string line = what.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      throw std::runtime_error{std::string{"could not write the journal: "} + std::strerror(errno)};
    }
  }

 private:
  int file_ = -1;
};

std::string metadata(const ServerContext& context, const std::string& name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end() ? "" : std::string{found->second.data(), found->second.size()};
}

// What came along with a call, for tests of what is passed on.
json described(const ServerContext& context, const std::string& event) {
  json line{{"event", event}};
  for (const char* name : {"idempotency-key", "traceparent", "tracestate", "baggage"}) {
    if (const auto value = metadata(context, name); !value.empty()) line[name] = value;
  }
  return line;
}

std::uint64_t random_number() {
  static std::mutex guard;
  static std::mt19937_64 engine{std::random_device{}()};
  const std::lock_guard lock{guard};
  return engine();
}

std::string random_uuid() {
  std::array<unsigned char, 10> bytes{};
  for (auto& byte : bytes) byte = static_cast<unsigned char>(random_number());
  return make_uuid(std::chrono::system_clock::now(), bytes);
}

class cart_service final : public hipstershop::CartService::Service {
 public:
  cart_service(fault_box& faults, journal& into, const std::string& memory) : faults_{faults}, journal_{into} {
    std::ifstream in{memory};
    for (std::string line; !memory.empty() && std::getline(in, line);) {
      const auto one = json::parse(line, nullptr, false);
      if (one.is_discarded()) continue;  // cut off by SIGKILL
      if (one["event"] == "add") add(one["user"], {one["product"], one["quantity"]});
      if (one["event"] == "empty") carts_.erase(one["user"].get<std::string>());
    }
  }

  Status AddItem(ServerContext* context, const hipstershop::AddItemRequest* request, hipstershop::Empty*) override {
    return faults_.run(*context, "AddItem", [&] {
      const std::lock_guard lock{guard_};
      const auto& item = request->item();
      journal_.add({{"event", "add"},
                    {"user", request->user_id()},
                    {"product", item.product_id()},
                    {"quantity", item.quantity()}});
      add(request->user_id(), {item.product_id(), item.quantity()});
      return Status::OK;
    });
  }

  Status GetCart(ServerContext* context, const hipstershop::GetCartRequest* request,
                 hipstershop::Cart* items) override {
    return faults_.run(*context, "GetCart", [&] {
      const std::lock_guard lock{guard_};
      const auto found = carts_.find(request->user_id());
      if (found == carts_.end()) return Status::OK;
      items->set_user_id(request->user_id());
      for (const auto& line : found->second) to_wire(line, *items->add_items());
      return Status::OK;
    });
  }

  Status EmptyCart(ServerContext* context, const hipstershop::EmptyCartRequest* request, hipstershop::Empty*) override {
    return faults_.run(*context, "EmptyCart", [&] {
      const std::lock_guard lock{guard_};
      journal_.add({{"event", "empty"}, {"user", request->user_id()}});
      carts_.erase(request->user_id());
      return Status::OK;
    });
  }

 private:
  void add(const std::string& user, const cart_line& line) {
    auto& lines = carts_[user];
    for (auto& one : lines) {
      if (one.product_id == line.product_id) {
        one.quantity += line.quantity;
        return;
      }
    }
    lines.push_back(line);
  }

  fault_box& faults_;
  journal& journal_;
  std::mutex guard_;
  std::map<std::string, cart> carts_;
};

class catalogue_service final : public hipstershop::ProductCatalogService::Service {
 public:
  explicit catalogue_service(fault_box& faults) : faults_{faults} {}

  Status GetProduct(ServerContext* context, const hipstershop::GetProductRequest* request,
                    hipstershop::Product* found) override {
    return faults_.run(*context, "GetProduct", [&] {
      for (const auto& one : catalogue()) {
        if (one.id != request->id()) continue;
        found->set_id(std::string{one.id});
        found->set_name(std::string{one.name});
        to_wire(money{"USD", one.units, one.nanos}, *found->mutable_price_usd());
        return Status::OK;
      }
      return Status{grpc::StatusCode::NOT_FOUND, "no product with ID " + request->id()};
    });
  }

 private:
  fault_box& faults_;
};

class currency_service final : public hipstershop::CurrencyService::Service {
 public:
  explicit currency_service(fault_box& faults) : faults_{faults} {}

  Status GetSupportedCurrencies(ServerContext* context, const hipstershop::Empty*,
                                hipstershop::GetSupportedCurrenciesResponse* codes) override {
    return faults_.run(*context, "GetSupportedCurrencies", [&] {
      for (const auto& code : currencies()) codes->add_currency_codes(code);
      return Status::OK;
    });
  }

  Status Convert(ServerContext* context, const hipstershop::CurrencyConversionRequest* request,
                 hipstershop::Money* converted) override {
    return faults_.run(*context, "Convert", [&] {
      to_wire(exchange(from_wire(request->from()), request->to_code()), *converted);
      return Status::OK;
    });
  }

 private:
  fault_box& faults_;
};

class shipping_service final : public hipstershop::ShippingService::Service {
 public:
  shipping_service(fault_box& faults, journal& into) : faults_{faults}, journal_{into} {}

  Status GetQuote(ServerContext* context, const hipstershop::GetQuoteRequest* request,
                  hipstershop::GetQuoteResponse* quote) override {
    return faults_.run(*context, "GetQuote", [&] {
      const bool is_any = request->items_size() > 0;
      to_wire(is_any ? money{"USD", 8, 990000000} : money{"USD", 0, 0}, *quote->mutable_cost_usd());
      return Status::OK;
    });
  }

  Status ShipOrder(ServerContext* context, const hipstershop::ShipOrderRequest* request,
                   hipstershop::ShipOrderResponse* parcel) override {
    return faults_.run(*context, "ShipOrder", [&] {
      if (!request->has_address()) ::kill(::getpid(), SIGKILL);  // as the original does, in its way
      parcel->set_tracking_id(tracking_id(from_wire(request->address()), random_number()));
      auto line = described(*context, "shipment");
      line["tracking_id"] = parcel->tracking_id();
      journal_.add(line);
      return Status::OK;
    });
  }

 private:
  fault_box& faults_;
  journal& journal_;
};

class payment_service final : public hipstershop::PaymentService::Service {
 public:
  payment_service(fault_box& faults, journal& into) : faults_{faults}, journal_{into} {}

  Status Charge(ServerContext* context, const hipstershop::ChargeRequest* request,
                hipstershop::ChargeResponse* response) override {
    return faults_.run(*context, "Charge", [&] {
      const auto& card = request->credit_card();
      const std::time_t now = std::time(nullptr);
      std::tm today{};
      gmtime_r(&now, &today);
      const auto refused = refuse_card({card.credit_card_number(), card.credit_card_cvv(),
                                        card.credit_card_expiration_year(), card.credit_card_expiration_month()},
                                       today.tm_year + 1900, today.tm_mon + 1);
      // A status that no enumeration holds.
      if (refused) return Status{static_cast<grpc::StatusCode>(400), *refused};
      response->set_transaction_id(random_uuid());
      auto line = described(*context, "charge");
      line["transaction_id"] = response->transaction_id();
      line["currency"] = request->amount().currency_code();
      line["units"] = request->amount().units();
      line["nanos"] = request->amount().nanos();
      journal_.add(line);
      return Status::OK;
    });
  }

 private:
  fault_box& faults_;
  journal& journal_;
};

class email_service final : public hipstershop::EmailService::Service {
 public:
  email_service(fault_box& faults, journal& into) : faults_{faults}, journal_{into} {}

  Status SendOrderConfirmation(ServerContext* context, const hipstershop::SendOrderConfirmationRequest* request,
                               hipstershop::Empty*) override {
    return faults_.run(*context, "SendOrderConfirmation", [&] {
      auto line = described(*context, "mail");
      line["order_id"] = request->order().order_id();
      line["tracking_id"] = request->order().shipping_tracking_id();
      line["items"] = request->order().items_size();
      journal_.add(line);
      return Status::OK;
    });
  }

 private:
  fault_box& faults_;
  journal& journal_;
};

struct options {
  std::string service;
  std::string listen;
  std::string journal;
  std::vector<Fault> faults;
};

std::optional<options> parse(int count, char** words) {
  options chosen;
  if (count < 2) return std::nullopt;
  chosen.service = words[1];
  for (int i = 2; i + 1 < count; i += 2) {
    const std::string flag = words[i];
    const std::string value = words[i + 1];
    if (flag == "--listen") {
      chosen.listen = value;
    } else if (flag == "--journal") {
      chosen.journal = value;
    } else if (flag == "--fault") {
      const auto fault = parse_fault(value);
      if (!fault) return std::nullopt;
      chosen.faults.push_back(*fault);
    } else {
      return std::nullopt;
    }
  }
  if (count % 2 != 0 || chosen.listen.empty()) return std::nullopt;
  return chosen;
}

std::unique_ptr<grpc::Service> make_service(const options& chosen, fault_box& faults, journal& into) {
  if (chosen.service == "cart") return std::make_unique<cart_service>(faults, into, chosen.journal);
  if (chosen.service == "catalogue") return std::make_unique<catalogue_service>(faults);
  if (chosen.service == "currency") return std::make_unique<currency_service>(faults);
  if (chosen.service == "shipping") return std::make_unique<shipping_service>(faults, into);
  if (chosen.service == "payment") return std::make_unique<payment_service>(faults, into);
  if (chosen.service == "email") return std::make_unique<email_service>(faults, into);
  return nullptr;
}

int serve(const options& chosen) {
  fault_box faults;
  for (const auto& one : chosen.faults) faults.add(one);
  journal into{chosen.journal};
  const auto service = make_service(chosen, faults, into);
  if (!service) {
    std::cerr << "there is no service " << chosen.service << std::endl;
    return 64;
  }
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(chosen.listen, grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else a second one would share the port in silence
  builder.RegisterService(service.get());
  builder.RegisterService(&faults);
  const auto server = builder.BuildAndStart();
  if (!server || port == 0) {
    std::cerr << "could not listen on " << chosen.listen << std::endl;
    return 1;
  }
  std::cout << "ready" << std::endl;
  server->Wait();
  return 0;
}

}  // namespace
}  // namespace checkout::test

int main(int count, char** words) {
  const auto chosen = checkout::test::parse(count, words);
  if (!chosen) {
    std::cerr << "usage: checkout_peer cart|catalogue|currency|shipping|payment|email --listen HOST:PORT"
                 " [--journal FILE] [--fault FAULT]…"
              << std::endl;
    return 64;
  }
  try {
    return checkout::test::serve(*chosen);
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << std::endl;
    return 1;
  }
}
