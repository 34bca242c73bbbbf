#include "tests/support/majors.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace innkeeper::test {
namespace {

// Says at the start of a run which tests aren't there; googletest owns it.
class absent_tests : public testing::Environment {
 public:
  void SetUp() override {
    for (const auto& name : names_) fmt::print("not here: {}\n", name);
    std::fflush(stdout);
  }
  void add(std::string name) { names_.push_back(std::move(name)); }

 private:
  std::vector<std::string> names_;
};

struct share {
  int position = 0;
  int of = 1;
};

// "2/6": the third of six.
share share_of_this_process() {
  const char* declared = std::getenv("INNKEEPER_TEST_SHARE");
  share found;
  if (declared == nullptr) return found;
  if (std::sscanf(declared, "%d/%d", &found.position, &found.of) != 2 || found.position < 0 ||
      found.of <= found.position) {
    throw std::runtime_error{fmt::format("INNKEEPER_TEST_SHARE is \"{}\", not like 0/2", declared)};
  }
  return found;
}

}  // namespace

bool is_long_run() {
  return std::getenv("INNKEEPER_TEST_ALL") != nullptr;
}

std::vector<int> cases_here(int everyday, int all) {
  const auto mine = share_of_this_process();
  std::vector<int> cases;
  for (int number = mine.position; number < (is_long_run() ? all : everyday); number += mine.of)
    cases.push_back(number);
  return cases;
}

void note_absent(const char* suite, const char* name) {
  static auto* const absent = new absent_tests;
  static const auto* const registered = testing::AddGlobalTestEnvironment(absent);
  if (registered == absent) absent->add(fmt::format("{}.{}", suite, name));
}

}  // namespace innkeeper::test
