#pragma once
// What a suite that runs on every PostgreSQL major needs on top: tests that make sense on some of them only, and random
// cases that the majors share out among themselves.
#include <gtest/gtest.h>

#include <vector>

#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {

// Whether this is ./test --all, which has time for longer tests.
[[nodiscard]] bool is_long_run();

// Which of `everyday` random cases, or of `all` in a long run, are this process's: a part of them where ./test runs the
// suite on several majors, so that together they try each once; else all of them. A case's number is its seed.
[[nodiscard]] std::vector<int> cases_here(int everyday, int all);

// For the macros below. `make` returns a new Parent; RegisterTest takes the suite's fixture from that type.
void note_absent(const char* suite, const char* name);

template <class Parent>
bool register_where(bool is_here, const char* suite, const char* name, const char* file, int line, Parent* (*make)()) {
  if (is_here) {
    testing::RegisterTest(suite, name, nullptr, nullptr, file, line, make);
  } else {
    note_absent(suite, name);
  }
  return is_here;
}

}  // namespace innkeeper::test

// TEST and TEST_F, but only where the condition holds (postgres_major() >= 16). Elsewhere there is no such test: the
// run says so, ./test counts it as "not here", and ./test --all fails for one that no major has.
#define TEST_WHERE(condition, suite, name) INNKEEPER_TEST_WHERE(condition, suite, name, testing::Test)
#define TEST_F_WHERE(condition, fixture, name) INNKEEPER_TEST_WHERE(condition, fixture, name, fixture)

#define INNKEEPER_TEST_WHERE(condition, suite, name, parent)                                             \
  class suite##_##name : public parent {                                                                 \
    void TestBody() override;                                                                            \
  };                                                                                                     \
  [[maybe_unused]] static const bool suite##_##name##_is_here = innkeeper::test::register_where<parent>( \
      (condition), #suite, #name, __FILE__, __LINE__, []() -> parent* { return new suite##_##name; });   \
  void suite##_##name::TestBody()
