// Whatever cuts a run off, wherever: the next run reaches the end that an undisturbed one reaches.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/fault_lab.h"
#include "tests/support/majors.h"

namespace innkeeper::test {
namespace {

bool is_tried_everywhere(fault_kind kind) {
  return kind == fault_kind::cut || kind == fault_kind::kill_runner;
}

bool is_tried_every_day(run_kind run, fault_kind kind) {
  if (run != run_kind::rotating) return true;
  return kind == fault_kind::lost_answer || kind == fault_kind::orphan || kind == fault_kind::crash_server ||
         is_tried_everywhere(kind);
}

// Every day three points of each kind in each run, of a rotation one of some kinds; with --all every message for a cut
// connection and for a killed runner, and a sample of the rest; bench/faults tries all at every message. The messages
// at the very end are left out every day: some runs have a few less.
std::vector<fault_point> points() {
  constexpr int everyday = 3;
  constexpr int sample = 6;
  constexpr int everywhere = 1'000'000;
  constexpr int spare = 6;
  constexpr int looks = 30;  // for sessions of former log-ins: more or fewer of them
  const auto counts = count_messages(INNKEEPER_BINARY);
  std::vector<fault_point> all;
  int shift = 0;
  for (const auto run : all_run_kinds) {
    for (const auto kind : all_fault_kinds) {
      const int messages = is_at_answers(kind) ? counts.at(run).answers : counts.at(run).requests;
      if (is_long_run()) {
        const bool is_rotating = run == run_kind::rotating;
        const int most = is_tried_everywhere(kind) && !is_rotating ? everywhere : sample;
        for (const int at : spread(messages - (is_rotating ? looks : 0), most)) {
          all.push_back({run, {kind, at}});
        }
      } else {
        if (!is_tried_every_day(run, kind)) continue;
        // Each kind begins elsewhere, so that together they meet many messages.
        const int most = run == run_kind::rotating ? 1 : everyday;
        const int step = (messages - (run == run_kind::rotating ? looks : spare)) / most;
        const int begin = most == 1 ? step * (shift % 5) / 5 : (shift * 7) % step;
        for (int i = 0; i < most; ++i) all.push_back({run, {kind, 1 + i * step + begin}});
        ++shift;
      }
    }
  }
  return all;
}

TEST(fault, anywhere_in_a_run_is_mended_by_the_next_one) {
  const auto asked = points();
  int tried = 0;
  int recovered = 0;
  std::map<fault_kind, int> by_kind;
  for (const auto& one : try_points(INNKEEPER_BINARY, asked)) {
    if (one.has_struck) {
      ++tried;
      ++by_kind[one.point.what.kind];
      if (one.complaints.empty()) ++recovered;
    }
    for (const auto& text : one.complaints) ADD_FAILURE() << to_string(one.point) << ": " << text;
  }
  for (const auto& [kind, count] : by_kind) fmt::print("  {}: {}\n", to_string(kind), count);
  fmt::print("fault points: {} tried, {} recovered\n", tried, recovered);
  RecordProperty("fault_points", tried);
  if (is_long_run()) {
    EXPECT_GE(tried, static_cast<int>(asked.size()) - 100) << "runs have other numbers of messages than they had";
  } else {
    EXPECT_EQ(tried, 65);
  }
}

}  // namespace
}  // namespace innkeeper::test
