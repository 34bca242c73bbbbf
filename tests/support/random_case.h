#pragma once
// A random estate, what happens to its server, and the estate that is then applied: a pure function of a seed. What
// happens is a list, so that a failing case can be shrunk by leaving things out.
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/fault_proxy.h"

namespace innkeeper::test {

struct happening {
  // By hand, as a superuser: `statement` in `database`. Else a run of the later manifest, through a proxy with
  // `cut_off`.
  std::string database;
  std::string statement;
  fault cut_off;

  [[nodiscard]] bool is_by_hand() const { return !statement.empty(); }
  friend bool operator==(const happening&, const happening&) = default;
};
[[nodiscard]] std::string to_string(const happening& one);

struct random_case {
  unsigned seed = 0;
  bool begins_with_an_apply = true;  // else hands and cut-off runs meet a server without the estate
  std::string manifest_before;
  std::string manifest_after;
  std::vector<happening> happenings;
};

// Manifests take the server from ${INNKEEPER_SERVER_URL} and ${ADMIN_PASSWORD}. All names begin with "c<seed>_".
[[nodiscard]] random_case make_case(unsigned seed);

// How many kinds of edits by hand there are.
[[nodiscard]] std::size_t kinds_of_edits();

}  // namespace innkeeper::test
