#include "cli/apply_view.h"

#include <fmt/format.h>

#include "cli/looks_view.h"
#include "cli/plan_view.h"
#include "cli/text.h"

namespace innkeeper::cli {
namespace {

struct totals {
  int applied = 0;
  int failed = 0;
  int unchanged = 0;
  int steps = 0;
  int left = 0;
  std::chrono::milliseconds duration{0};
};

totals sum(const apply_result& result) {
  totals all;
  for (const auto& one : result.reports) {
    all.applied += one.applied;
    all.failed += one.failed;
    all.unchanged += one.unchanged;
    all.steps += one.steps;
    all.left += static_cast<int>(one.left.steps.size());
    all.duration += one.duration;
  }
  return all;
}

std::string summary(const apply_result& result, const totals& all) {
  if (all.steps == 0 && all.failed == 0 && result.failures.empty()) {
    return fmt::format("Nothing to do. {} {} as declared.\n", counted(all.unchanged, "service"),
                       all.unchanged == 1 ? "is" : "are");
  }
  return fmt::format("{} in {}: {} changed, {} unchanged, {} failed.\n", counted(all.steps, "step"),
                     human_duration(all.duration), counted(all.applied, "service"), all.unchanged, all.failed);
}

std::vector<look_summary> looks_of(const apply_result& result) {
  std::vector<look_summary> looks;
  for (const auto& one : result.reports) looks.push_back(one.looks);
  return looks;
}

}  // namespace

std::string apply_to_text(const apply_result& result, bool colored) {
  const totals all = sum(result);
  std::string text;
  for (const auto& report : result.reports) {
    for (const auto& one : report.attentions) text += attention_to_text(one, colored);
  }
  for (const auto& report : result.reports) text += preflight_to_text(report.server, report.preflight);
  if (all.left > 0) {
    text += fmt::format("{} {} left to do.\n", counted(all.left, "step"), all.left == 1 ? "is" : "are");
  }
  return text + summary(result, all) + looks_to_text(looks_of(result));
}

json apply_to_json(const apply_result& result) {
  const totals all = sum(result);
  json document{{"applied", all.applied},    {"failed", all.failed},       {"unchanged", all.unchanged},
                {"steps", all.steps},        {"left", all.left},           {"duration_ms", all.duration.count()},
                {"failures", json::array()}, {"attention", json::array()}, {"preflight", json::array()}};
  for (const auto& report : result.reports) {
    for (const auto& one : report.failures) {
      document["failures"].push_back({{"server", report.server},
                                      {"service", one.service},
                                      {"text", one.text},
                                      {"code", static_cast<int>(one.code)}});
    }
    for (const auto& one : report.attentions) document["attention"].push_back(attention_to_json(one));
    for (auto& right : preflight_to_json(report.server, report.preflight)) {
      document["preflight"].push_back(std::move(right));
    }
  }
  add_looks(document, looks_of(result));
  if (!result.failures.empty()) document["error"] = to_json(result.failures.front());
  return document;
}

exit_code code_of(const apply_result& result) {
  exit_code worst = exit_code::ok;
  for (const auto& one : result.reports) worst = worst_of(worst, one.code);
  for (const auto& one : result.failures) worst = worst_of(worst, one.code);
  return worst;
}

}  // namespace innkeeper::cli
