#include "cli/apply_view.h"

#include <gtest/gtest.h>

namespace innkeeper::cli {
namespace {

using std::chrono::milliseconds;

exec::apply_report report(int applied, int failed, int unchanged, int steps) {
  exec::apply_report one;
  one.server = "shared";
  one.applied = applied;
  one.failed = failed;
  one.unchanged = unchanged;
  one.steps = steps;
  one.duration = milliseconds{3210};
  return one;
}

TEST(apply_view, says_what_changed_and_how_long_it_took) {
  EXPECT_EQ(apply_to_text({.reports = {report(3, 0, 1, 57)}}, false),
            "57 steps in 3.2 s: 3 services changed, 1 unchanged, 0 failed.\n");
}

TEST(apply_view, says_that_there_was_nothing_to_do) {
  EXPECT_EQ(apply_to_text({.reports = {report(0, 0, 4, 0)}}, false), "Nothing to do. 4 services are as declared.\n");
}

TEST(apply_view, sums_over_servers) {
  EXPECT_EQ(apply_to_text({.reports = {report(1, 0, 0, 10), report(0, 1, 2, 1)}}, false),
            "11 steps in 6.4 s: 1 service changed, 2 unchanged, 1 failed.\n");
}

TEST(apply_view, the_document_counts_and_names_failures) {
  auto one = report(2, 1, 1, 30);
  one.failures.push_back({"erp", "could not create extension", exit_code::not_permitted});
  one.code = exit_code::not_permitted;
  const apply_result result{.reports = {one}};
  EXPECT_EQ(apply_to_json(result).dump(),
            R"({"applied":2,"failed":1,"unchanged":1,"steps":30,"left":0,"duration_ms":3210,)"
            R"("failures":[{"server":"shared","service":"erp","text":"could not create extension","code":77}],)"
            R"("attention":[],"preflight":[],"depth":"deep","not_checked":[]})");
  EXPECT_EQ(code_of(result), exit_code::not_permitted);
}

TEST(apply_view, a_server_that_could_not_be_reached_is_an_error_beside_the_counts) {
  const apply_result result{
      .reports = {report(1, 0, 0, 10)},
      .failures = {{.code = exit_code::unavailable, .problems = {{.message = "server other: not running"}}}}};
  const auto document = apply_to_json(result);
  EXPECT_EQ(document["applied"], 1);
  EXPECT_EQ(document["error"]["message"], "server other: not running");
  EXPECT_EQ(document["error"]["code"], 69);
  EXPECT_EQ(code_of(result), exit_code::unavailable);
}

}  // namespace
}  // namespace innkeeper::cli
