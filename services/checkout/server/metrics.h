#pragma once
// What the service counts, in Prometheus' text format 0.0.4. May be used from any thread.
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "services/checkout/domain/refusal.h"
#include "services/checkout/domain/status.h"

namespace checkout {

class metrics {
 public:
  using duration = std::chrono::steady_clock::duration;

  void count_order(order_status status, std::uint64_t how_many = 1);  // that came to this status here
  void count_recovery(order_status status, std::uint64_t how_many = 1);
  void count_answer(int status, reason why, duration took);
  void count_store_call(std::string_view operation, bool succeeded, duration took);
  void count_sent(std::string_view kind, bool succeeded);

  [[nodiscard]] std::string to_prometheus() const;

 private:
  struct histogram {
    // Upper ends in microseconds; the last bucket has none.
    static constexpr std::array<std::int64_t, 14> ends{500,       1'000,     2'500,     5'000,     10'000,
                                                       25'000,    50'000,    100'000,   250'000,   500'000,
                                                       1'000'000, 2'500'000, 5'000'000, 10'000'000};
    std::array<std::uint64_t, ends.size() + 1> counts{};
    duration sum{0};
    void add(duration took);
  };
  using counters = std::map<std::string, std::uint64_t>;  // by labels

  static void print(std::string& page, std::string_view name, std::string_view help, const counters& all);
  static void print(std::string& page, std::string_view name, std::string_view help,
                    const std::map<std::string, histogram>& all);

  mutable std::mutex guard_;
  counters orders_;
  counters recovered_;
  counters answers_;
  counters store_failures_;
  counters sent_;
  std::map<std::string, histogram> store_;
  std::map<std::string, histogram> calls_;
};

}  // namespace checkout
