#pragma once
// What statements take and results give beside the language's own types.
#include <chrono>
#include <cstddef>
#include <vector>

namespace innkeeper {

using bytea = std::vector<std::byte>;

// timestamptz, to the microsecond as PostgreSQL has it. `infinity` is timestamp::max(), `-infinity` timestamp::min().
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

// When something has to be over. Made of a time from now, or of a point in time as gRPC has it:
//   pool.acquire(200ms), pool.acquire(context.deadline())
class deadline {
 public:
  using moment = std::chrono::steady_clock::time_point;

  deadline() = default;  // never
  deadline(moment at) : at_{at} {}
  template <class Rep, class Period>
  deadline(std::chrono::duration<Rep, Period> from_now) : at_{after(std::chrono::steady_clock::now(), from_now)} {}
  template <class Duration>
  deadline(std::chrono::sys_time<Duration> at)
      : at_{at == std::chrono::sys_time<Duration>::max()
                ? moment::max()
                : after(std::chrono::steady_clock::now(), at - std::chrono::system_clock::now())} {}

  [[nodiscard]] moment at() const { return at_; }
  [[nodiscard]] bool is_never() const { return at_ == moment::max(); }

 private:
  // A time that can't be reached is never.
  template <class Rep, class Period>
  static moment after(moment now, std::chrono::duration<Rep, Period> time) {
    constexpr std::chrono::hours longest{24 * 365 * 100};
    if (time > longest) return moment::max();
    if (time <= std::chrono::duration<Rep, Period>::zero()) return now;
    return now + std::chrono::duration_cast<moment::duration>(time);
  }

  moment at_ = moment::max();
};

}  // namespace innkeeper
