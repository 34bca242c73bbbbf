#include "services/checkout/test_peers/fault_box.h"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

namespace checkout::test {

using namespace std::chrono_literals;

void fault_box::add(Fault one) {
  const std::lock_guard lock{guard_};
  faults_.push_back({std::move(one)});
}

grpc::Status fault_box::SetFault(grpc::ServerContext*, const Fault* fault, Nothing*) {
  add(*fault);
  return grpc::Status::OK;
}

grpc::Status fault_box::Clear(grpc::ServerContext*, const Nothing*, Nothing*) {
  const std::lock_guard lock{guard_};
  faults_.clear();
  ++generation_;
  cleared_.notify_all();
  return grpc::Status::OK;
}

grpc::Status fault_box::CountCalls(grpc::ServerContext*, const Nothing*, Calls* calls) {
  const std::lock_guard lock{guard_};
  for (const auto& [method, count] : calls_) (*calls->mutable_count())[method] = count;
  return grpc::Status::OK;
}

grpc::Status fault_box::CountFaults(grpc::ServerContext*, const Nothing*, Waiting* waiting) {
  const std::lock_guard lock{guard_};
  waiting->set_faults(static_cast<int>(faults_.size()));
  return grpc::Status::OK;
}

std::optional<Fault> fault_box::begin(const std::string& method) {
  const std::lock_guard lock{guard_};
  ++calls_[method];
  for (auto one = faults_.begin(); one != faults_.end(); ++one) {
    if (!one->what.method().empty() && one->what.method() != method) continue;
    if (one->what.at() == 0) return one->what;
    if (++one->seen == one->what.at()) {
      Fault due = one->what;
      faults_.erase(one);
      return due;
    }
  }
  return std::nullopt;
}

std::optional<grpc::Status> fault_box::strike(const Fault& one, grpc::ServerContext& context) {
  if (one.delay_ms() > 0) std::this_thread::sleep_for(std::chrono::milliseconds{one.delay_ms()});
  if (one.kill_pid() > 0) ::kill(one.kill_pid(), one.signal() != 0 ? one.signal() : SIGKILL);
  if (one.die()) ::kill(::getpid(), SIGKILL);
  if (one.hang()) {
    std::unique_lock lock{guard_};
    const int before = generation_;
    while (generation_ == before && !context.IsCancelled()) cleared_.wait_for(lock, 10ms);
    return grpc::Status{grpc::StatusCode::CANCELLED, "hung"};
  }
  if (one.status() != 0) return grpc::Status{static_cast<grpc::StatusCode>(one.status()), one.message()};
  return std::nullopt;
}

std::optional<Fault> parse_fault(const std::string& text) {
  std::istringstream in{text};
  std::string word;
  Fault fault;
  if (!std::getline(in, word, ',') || word.empty()) return std::nullopt;
  fault.set_method(word == "*" ? "" : word);
  while (std::getline(in, word, ',')) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    int number = 0;
    if (equals != std::string::npos) {
      const auto* end = word.data() + word.size();
      const auto [stop, problem] = std::from_chars(word.data() + equals + 1, end, number);
      if (problem != std::errc{} || stop != end) return std::nullopt;
    }
    if (name == "at") {
      fault.set_at(number);
    } else if (name == "before") {
      fault.set_moment(Fault::BEFORE);
    } else if (name == "after") {
      fault.set_moment(Fault::AFTER);
    } else if (name == "delay") {
      fault.set_delay_ms(number);
    } else if (name == "kill") {
      fault.set_kill_pid(number);
    } else if (name == "die") {
      fault.set_die(true);
    } else if (name == "hang") {
      fault.set_hang(true);
    } else if (name == "status") {
      fault.set_status(number);
    } else {
      return std::nullopt;
    }
  }
  return fault;
}

}  // namespace checkout::test
