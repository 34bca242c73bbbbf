#pragma once
// How a test peer misbehaves: it counts its calls and, at one of them, is late, silent, unkind, dead, or a murderer.
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "services/checkout/proto/peer_control.grpc.pb.h"

namespace checkout::test {

class fault_box final : public PeerControl::Service {
 public:
  // The whole of one call, with what has been ordered for it.
  template <class Work>
  grpc::Status run(grpc::ServerContext& context, const std::string& method, Work work) {
    const auto planned = begin(method);
    if (planned && planned->moment() == Fault::BEFORE) {
      if (const auto status = strike(*planned, context)) return *status;
    }
    const grpc::Status done = work();
    if (planned && planned->moment() == Fault::AFTER) {
      if (const auto status = strike(*planned, context)) return *status;
    }
    return done;
  }

  void add(Fault one);

  grpc::Status SetFault(grpc::ServerContext*, const Fault* fault, Nothing*) override;
  grpc::Status Clear(grpc::ServerContext*, const Nothing*, Nothing*) override;
  grpc::Status CountCalls(grpc::ServerContext*, const Nothing*, Calls* calls) override;
  grpc::Status CountFaults(grpc::ServerContext*, const Nothing*, Waiting* waiting) override;

 private:
  [[nodiscard]] std::optional<Fault> begin(const std::string& method);
  // What is answered instead, if anything.
  [[nodiscard]] std::optional<grpc::Status> strike(const Fault& one, grpc::ServerContext& context);

  struct waiting_fault {
    Fault what;
    int seen = 0;
  };
  std::mutex guard_;
  std::condition_variable cleared_;
  int generation_ = 0;
  std::list<waiting_fault> faults_;
  std::map<std::string, int> calls_;
};

// "Charge,at=2,after,hang": the method, then at=N, before, after, delay=MS, kill=PID, die, hang, status=CODE. Nothing
// where it can't be understood.
[[nodiscard]] std::optional<Fault> parse_fault(const std::string& text);

}  // namespace checkout::test
