#pragma once
// Plays random cases on a server of its own that also holds what is nobody's business: neighbours that must come out of
// every case as they went in.
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/catalog_text.h"
#include "tests/support/child_program.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/random_case.h"

namespace innkeeper::test {

struct case_result {
  random_case played;
  std::vector<std::string> complaints;  // empty: it came to the end that it should
};
// Seed, manifests and what happened, to be read and replayed.
[[nodiscard]] std::string to_string(const case_result& result);

class case_lab {
 public:
  explicit case_lab(std::filesystem::path binary);

  // Leaves the server as it was before. A case that fails is shrunk.
  [[nodiscard]] case_result try_case(const random_case& asked);

 private:
  class play;

  std::vector<std::string> complaints_of(const random_case& asked);
  void clean_up(const random_case& asked);

  const std::filesystem::path binary_;
  cluster server_;
};

// Side by side, a lab for each thread. In the order of `seeds`; `tell` hears of each as it ends.
[[nodiscard]] std::vector<case_result> try_cases(
    const std::filesystem::path& binary, const std::vector<unsigned>& seeds,
    const std::function<void(const case_result&)>& tell = [](const case_result&) {});

}  // namespace innkeeper::test
