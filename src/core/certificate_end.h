#pragma once
// When a certificate that a connection rests on ends: a fact for status, and advice for the proof. Pure; how long that
// is from now on is counted by who has a clock.
#include <string>
#include <vector>

namespace innkeeper {

struct certificate_end {
  std::string what;   // "server at db.example:5432", "authority \"Innkeeper 2026\"", "log-in \"cafe_user\""
  std::string when;   // "2027-01-02 10:00 UTC"
  int days_left = 0;  // negative: it has ended
  std::string next;   // what to do about it

  friend bool operator==(const certificate_end&, const certificate_end&) = default;
};

// Fewer days than these are worth advice.
inline constexpr int certificate_days_of_advice = 30;

[[nodiscard]] inline bool ends_soon(const certificate_end& one) {
  return one.days_left < certificate_days_of_advice;
}

// "certificate of server at db.example:5432 ends on 2027-01-02 10:00 UTC, in 12 days".
[[nodiscard]] std::string to_string(const certificate_end& one);

}  // namespace innkeeper
