#include "core/acceptance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/display.h"

namespace innkeeper {
namespace {

bool is_about(const accepted_finding& entry, const finding& one) {
  const auto names_it = [&](const std::string& target) {
    return one.log_in.value == target || one.database.value == target;
  };
  // A name may hold blanks; then it is the only one.
  return std::ranges::all_of(entry.targets, names_it) || names_it(fmt::format("{}", fmt::join(entry.targets, " ")));
}

bool matches(const accepted_finding& entry, const proof_report& report, const finding& one) {
  if (entry.probe != one.probe) return false;
  if (!entry.service.empty() && entry.service != one.service) return false;
  if (!entry.server.empty() && entry.server != report.server) return false;
  return entry.targets.empty() || is_about(entry, one);
}

bool is_over(const accepted_finding& entry, const std::chrono::year_month_day& today) {
  return std::chrono::sys_days{today} > std::chrono::sys_days{entry.until};
}

void uncount(proof_report& report, const finding& one) {
  const auto tally = std::ranges::find_if(report.tallies, [&](const probe_tally& row) {
    return row.id == one.probe && (one.says == verdict::leak     ? row.leaks
                                   : one.says == verdict::failed ? row.failed
                                                                 : row.unprovable) > 0;
  });
  const auto take = [&](int& total, int probe_tally::*of_probe) {
    --total;
    if (tally != report.tallies.end() && of_probe != nullptr) --((*tally).*of_probe);
  };
  switch (one.says) {
    case verdict::leak:
      return take(report.leaks, &probe_tally::leaks);
    case verdict::failed:
      return take(report.failed, &probe_tally::failed);
    case verdict::unprovable:
      return take(report.unprovable, &probe_tally::unprovable);
    case verdict::drift:
      return take(report.drift, nullptr);
    case verdict::advice:
      return;
  }
}

void tell_that_it_is_over(const accepted_finding& entry, finding& one) {
  const std::string text =
      fmt::format("it was accepted until {} ({}), which is over", date_text(entry.until), to_string(entry.where));
  one.detail += one.detail.empty() ? text : "; " + text;
}

class overlay {
 public:
  overlay(const estate& all, const acceptance_scope& scope, std::vector<proof_report>& reports)
      : all_{all}, scope_{scope}, reports_{reports}, used_(all.accepted.size(), false) {}

  void run() {
    for (auto& report : reports_) {
      for (auto& one : report.findings) accept(report, one);
      std::stable_partition(report.findings.begin(), report.findings.end(),
                            [](const finding& one) { return !one.accepted; });
    }
    if (scope_.is_whole) tell_unused();
  }

 private:
  void accept(proof_report& report, finding& one) {
    const accepted_finding* over = nullptr;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const auto& entry = all_.accepted[i];
      if (!matches(entry, report, one)) continue;
      used_[i] = true;
      if (is_over(entry, scope_.today)) {
        over = &entry;
        continue;
      }
      if (one.accepted) continue;
      one.accepted = acceptance{entry.reason, entry.until, entry.where};
      ++report.accepted;
      uncount(report, one);
    }
    if (over != nullptr && !one.accepted) tell_that_it_is_over(*over, one);
  }

  // What a probe would find that did not run, nobody knows.
  [[nodiscard]] bool was_looked_for(const accepted_finding& entry) const {
    return std::ranges::any_of(reports_, [&](const proof_report& report) {
      if (!entry.server.empty() && entry.server != report.server) return false;
      const bool is_no_probe = entry.probe == "drift" || entry.probe == "plan";
      const bool needs_log_ins = std::ranges::any_of(
          all_probes(), [&](const probe& row) { return row.id == entry.probe && row.kind != probe_class::catalog; });
      return is_no_probe || !needs_log_ins || report.tried;
    });
  }

  void tell_unused() {
    if (reports_.size() != all_.servers.size()) return;  // a server was not reached
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const auto& entry = all_.accepted[i];
      if (used_[i] || !was_looked_for(entry)) continue;
      const auto of_server = std::ranges::find(reports_, entry.server, &proof_report::server);
      auto& report = of_server == reports_.end() ? reports_.front() : *of_server;
      report.findings.push_back(
          {.probe = "accept",
           .says = verdict::advice,
           .how_bad = gravity::low,
           .service = entry.service,
           .text = fmt::format("accept: of {} is about nothing any more: remove it",
                               quoted_for_display(fmt::format("{}{}{}", entry.probe, entry.targets.empty() ? "" : " ",
                                                              fmt::join(entry.targets, " ")))),
           .where = entry.where});
    }
  }

  const estate& all_;
  const acceptance_scope& scope_;
  std::vector<proof_report>& reports_;
  std::vector<bool> used_;
};

}  // namespace

std::string date_text(const std::chrono::year_month_day& day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

void accept_findings(const estate& all, const acceptance_scope& scope, std::vector<proof_report>& reports) {
  if (!all.accepted.empty()) overlay{all, scope, reports}.run();
}

}  // namespace innkeeper
