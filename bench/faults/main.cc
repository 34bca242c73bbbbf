// Tries every fault at every message, and thousands of random estates. The suite `faults` tries a part of the same.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/case_lab.h"
#include "tests/support/fault_lab.h"

namespace innkeeper::test {
namespace {

using clock = std::chrono::steady_clock;

struct options {
  std::string only;      // part of a kind's name
  std::string run;       // "fresh", "changing", "rotating"; empty: all
  int at = 0;            // 0: everywhere
  int most = 1'000'000;  // points a kind and run
  int cases = 2000;
  int seed = 1001;
};

std::vector<fault_point> points_of(const options& asked) {
  const auto counts = count_messages(INNKEEPER_BINARY);
  std::vector<fault_point> points;
  for (const auto kind : all_fault_kinds) {
    if (to_string(kind).find(asked.only) == std::string_view::npos) continue;
    for (const auto run : all_run_kinds) {
      if (!asked.run.empty() && to_string(run) != asked.run) continue;
      const auto& messages = counts.at(run);
      for (const int at : spread(is_at_answers(kind) ? messages.answers : messages.requests, asked.most)) {
        if (asked.at == 0 || asked.at == at) points.push_back({run, {kind, at}});
      }
    }
  }
  return points;
}

bool try_faults(const options& asked) {
  struct tally {
    int tried = 0;
    int recovered = 0;
    int missed = 0;
  };
  const auto start = clock::now();
  std::map<std::pair<fault_kind, run_kind>, tally> tallies;
  tally sum;
  const auto points = points_of(asked);
  (void)try_points(INNKEEPER_BINARY, points, [&](const point_result& one) {
    auto& here = tallies[{one.point.what.kind, one.point.run}];
    for (auto* count : {&here, &sum}) {
      one.has_struck ? ++count->tried : ++count->missed;
      if (one.has_struck && one.complaints.empty()) ++count->recovered;
    }
    for (const auto& text : one.complaints) fmt::print("OPEN {}: {}\n", to_string(one.point), text);
    fmt::print(stderr, "\r{} of {} ", sum.tried + sum.missed, points.size());
    std::fflush(stdout);
  });
  fmt::print("\n| fault | run | tried | recovered |\n| --- | --- | ---: | ---: |\n");
  for (const auto& [what, count] : tallies) {
    fmt::print("| {} | {} | {} | {} |\n", to_string(what.first), to_string(what.second), count.tried, count.recovered);
  }
  const auto seconds = std::chrono::duration<double>(clock::now() - start).count();
  fmt::print("\nfault points: {} tried, {} recovered, {:.0f} s\n", sum.tried, sum.recovered, seconds);
  return sum.tried == sum.recovered;
}

bool try_random_cases(const options& asked) {
  const auto start = clock::now();
  std::vector<unsigned> seeds;
  for (int i = 0; i < asked.cases; ++i) seeds.push_back(static_cast<unsigned>(asked.seed + i));
  int held = 0;
  int tried = 0;
  std::size_t by_hand = 0;
  std::size_t cut_off = 0;
  (void)try_cases(INNKEEPER_BINARY, seeds, [&](const case_result& one) {
    ++tried;
    if (one.complaints.empty()) ++held;
    for (const auto& event : one.played.happenings) ++(event.is_by_hand() ? by_hand : cut_off);
    if (!one.complaints.empty()) fmt::print("OPEN {}\n", to_string(one));
    fmt::print(stderr, "\r{} of {} ", tried, seeds.size());
    std::fflush(stdout);
  });
  const auto seconds = std::chrono::duration<double>(clock::now() - start).count();
  fmt::print("\n| cases | seeds | edits by hand | cut-off runs | held |\n| ---: | --- | ---: | ---: | ---: |\n");
  fmt::print("| {} | {} to {} | {}, of {} kinds | {} | {} |\n", tried, asked.seed, asked.seed + tried - 1, by_hand,
             kinds_of_edits(), cut_off, held);
  fmt::print("\nproperty cases: {} tried, {} held, {:.0f} s\n", tried, held, seconds);
  return held == tried;
}

int number(const std::string& text) {
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) throw std::runtime_error{"not a number: " + text};
  return value;
}

}  // namespace
}  // namespace innkeeper::test

int main(int count, char** words) {
  using namespace innkeeper::test;
  options asked;
  try {
    for (int i = 1; i + 1 < count; i += 2) {
      const std::string_view name = words[i];
      const std::string value = words[i + 1];
      if (name == "--kind")
        asked.only = value;
      else if (name == "--run")
        asked.run = value;
      else if (name == "--at")
        asked.at = number(value);
      else if (name == "--most")
        asked.most = number(value);
      else if (name == "--cases")
        asked.cases = number(value);
      else if (name == "--seed")
        asked.seed = number(value);
      else
        throw std::runtime_error{"there is no option " + std::string{name}};
    }
    const bool all_recovered = asked.most == 0 || try_faults(asked);
    const bool all_held = asked.cases == 0 || try_random_cases(asked);
    return all_recovered && all_held ? 0 : 1;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "bench_faults: {}\n", failed.what());
    return 70;
  }
}
