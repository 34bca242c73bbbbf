#pragma once
// A server of its own, an estate of two services on it, and the built binary that applies it through a fault proxy: cut
// off at any message of a first run, of a changing one or of a rotation, run again, and compared with a run that
// nothing disturbed.
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catalog_text.h"
#include "tests/support/child_program.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {

// `fresh`: on a server as initdb leaves it. `changing`: services changed, added, another hand's work to be undone.
// `rotating`: every password of theirs changed, the former ones closed.
enum class run_kind { fresh, changing, rotating };
inline constexpr std::array all_run_kinds{run_kind::fresh, run_kind::changing, run_kind::rotating};
[[nodiscard]] std::string_view to_string(run_kind kind);

struct fault_point {
  run_kind run = run_kind::fresh;
  fault what;

  friend bool operator==(const fault_point&, const fault_point&) = default;
};
[[nodiscard]] std::string to_string(const fault_point& point);

struct point_result {
  fault_point point;
  bool has_struck = false;              // false: this run ended with fewer messages
  std::vector<std::string> complaints;  // empty: recovered
};

class fault_lab {
 public:
  // `binary`: innkeeper. Throws where a run that nothing disturbs fails.
  explicit fault_lab(std::filesystem::path binary);

  // How many messages an undisturbed run has. Some more or fewer come and go with the order of its threads.
  [[nodiscard]] traffic_counts counts(run_kind run) const { return starts_.at(run).counts; }
  [[nodiscard]] point_result try_point(const fault_point& point);

 private:
  struct start {
    std::string manifest;
    catalog_lines end;
    traffic_counts counts;
  };

  void prepare(run_kind run, const std::string& manifest);
  void go_back_to(run_kind run);
  ended_program innkeeper(const std::vector<std::string>& words, run_kind run, int port);
  ended_program run_with_fault(const fault_point& point, point_result& result);
  void wait_for_recovery() const;
  void strike(fault_kind kind, pid_t backend, pid_t runner) const;
  [[nodiscard]] std::filesystem::path folder_of(run_kind run) const;
  void judge_first_run(const fault_point& point, const ended_program& ran, point_result& result);
  void complete(const fault_point& point, const ended_program& first, point_result& result);
  void judge_end(const fault_point& point, point_result& result);
  void judge_applications(const fault_point& point, point_result& result) const;
  void look_for_secrets(const std::string& where, const std::string& text, point_result& result) const;

  const std::filesystem::path binary_;
  cluster server_;
  scratch_folder folder_;
  std::map<run_kind, start> starts_;
};

// Tries the points side by side, a lab for each thread. In the order of `points`; `tell` hears of each as it ends.
[[nodiscard]] std::vector<point_result> try_points(
    const std::filesystem::path& binary, const std::vector<fault_point>& points,
    const std::function<void(const point_result&)>& tell = [](const point_result&) {});

// How many messages the undisturbed runs have.
[[nodiscard]] std::map<run_kind, traffic_counts> count_messages(const std::filesystem::path& binary);

// At most `most` of the messages of one run, spread evenly from the first to the last.
[[nodiscard]] std::vector<int> spread(int messages, int most);

}  // namespace innkeeper::test
