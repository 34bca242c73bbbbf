#include "exec/migrate_estate.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "exec/error.h"
#include "exec/parallel.h"

namespace innkeeper::exec {
namespace {

struct slot {
  const service_declaration* service = nullptr;
  std::optional<migrate_report> report;
};

std::vector<slot> slots_of(const estate& all, const estate_run_options& options) {
  std::vector<slot> slots;
  for (const auto& one : all.services) {
    const bool is_meant = options.services.empty() || options.services.contains(one.name);
    if (is_meant && is_managed(one) && !one.schema_files.empty()) slots.push_back({.service = &one});
  }
  return slots;
}

migrate_report failed_report(const service_declaration& service, const error& failed) {
  return {.service = service.name,
          .server = service.server,
          .failures = {{service.name, whole_text(failed), failed.code()}},
          .code = failed.code()};
}

migrate_report run_one(const estate& all, const service_declaration& service, const schema_action& action) {
  try {
    return action(find_migration_target(all, service));
  } catch (const error& failed) {
    return failed_report(service, failed);
  }
}

class estate_runner {
 public:
  estate_runner(const estate& all, const estate_run_options& options, const schema_action& action)
      : all_{all}, options_{options}, action_{action}, slots_{slots_of(all, options)} {}

  estate_run run() {
    if (run_canary()) run_others();
    estate_run result;
    for (auto& one : slots_) {
      if (one.report) {
        result.reports.push_back(std::move(*one.report));
      } else {
        result.skipped.push_back(one.service->name);
      }
    }
    return result;
  }

 private:
  // False where it failed.
  bool run_canary() {
    if (options_.canary.empty()) return true;
    const auto found =
        std::ranges::find_if(slots_, [&](const slot& one) { return one.service->name == options_.canary; });
    if (found == slots_.end()) {
      throw error{exit_code::usage, fmt::format("\"{}\" has no schema files to try first", options_.canary)};
    }
    found->report = run_one(all_, *found->service, action_);
    return found->report->code == exit_code::ok;
  }

  // Servers side by side, each with its own number of services at once.
  void run_others() {
    std::map<std::string, std::vector<slot*>> by_server;
    for (auto& one : slots_) {
      if (!one.report) by_server[one.service->server].push_back(&one);
    }
    std::vector<std::jthread> servers;
    for (auto& [name, slots] : by_server) {
      servers.emplace_back([this, &slots = slots] {
        parallel_for(slots.size(), options_.jobs, [&](std::size_t i) { run_slot(*slots[i]); });
      });
    }
  }

  void run_slot(slot& one) {
    if (options_.most_failures > 0 && failures_ >= options_.most_failures) return;
    one.report = run_one(all_, *one.service, action_);
    if (one.report->code != exit_code::ok) ++failures_;
  }

  const estate& all_;
  const estate_run_options& options_;
  const schema_action& action_;
  std::vector<slot> slots_;
  std::atomic<int> failures_ = 0;
};

}  // namespace

exit_code estate_run::code() const {
  exit_code worst = exit_code::ok;
  for (const auto& one : reports) worst = worst_of(worst, one.code);
  return worst;
}

estate_run run_on_estate(const estate& all, const estate_run_options& options, const schema_action& action) {
  return estate_runner{all, options, action}.run();
}

}  // namespace innkeeper::exec
