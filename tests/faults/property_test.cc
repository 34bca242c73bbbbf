// Whatever estate, whatever was done to its server before: one apply, and it is as declared.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/case_lab.h"
#include "tests/support/majors.h"

namespace innkeeper::test {
namespace {

// INNKEEPER_TEST_SEED=17 replays one case.
std::vector<unsigned> seeds() {
  if (const char* one = std::getenv("INNKEEPER_TEST_SEED")) return {static_cast<unsigned>(std::atoi(one))};
  std::vector<unsigned> all;
  for (const int seed : cases_here(100, 500)) all.push_back(static_cast<unsigned>(seed));
  return all;
}

TEST(property, one_apply_makes_any_server_as_declared_and_touches_nothing_else) {
  int held = 0;
  std::size_t happenings = 0;
  const auto results = try_cases(INNKEEPER_BINARY, seeds());
  for (const auto& one : results) {
    happenings += one.played.happenings.size();
    if (one.complaints.empty()) {
      ++held;
    } else {
      ADD_FAILURE() << to_string(one) << "replay: INNKEEPER_TEST_SEED=" << one.played.seed;
    }
  }
  fmt::print("property cases: {} tried, {} held; {} edits and cut-off runs before them, of {} kinds\n", results.size(),
             held, happenings, kinds_of_edits() + 1);
  RecordProperty("property_cases", static_cast<int>(results.size()));
}

}  // namespace
}  // namespace innkeeper::test
