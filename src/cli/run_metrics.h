#pragma once
// --metrics-file: what a run measured is left in a file for Prometheus, however the run ends.
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "cli/apply_view.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/migrate_options.h"
#include "cli/opened_estate.h"
#include "metrics/schema_metrics.h"

namespace innkeeper::cli {

[[nodiscard]] option metrics_file_row();

class run_metrics {
 public:
  // Throws refused (64) where the file can't be written.
  run_metrics(const arguments& given, std::string_view command);
  run_metrics(const run_metrics&) = delete;
  run_metrics& operator=(const run_metrics&) = delete;

  void is_about(const opened_estate& opened);
  void is_about(const std::string& service) { about_.service = service; }  // without a manifest

  void add(const exec::estate_run& run);
  // Over every service that is meant: without --service, those that the estate has no more go from the file.
  void add_all(const exec::estate_run& run);
  void add(const exec::start_report& one);
  void add(const opened_estate& opened, const apply_result& result);

  // Once; does nothing without --metrics-file. False, and says why, where it could not be written.
  bool write(metrics::outcome how, exit_code code, console& out);

 private:
  const std::filesystem::path file_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  metrics::command_run about_;
  metrics::page page_;
  bool knows_estate_ = false;
  bool is_narrowed_ = true;  // to some services
  bool is_written_ = false;
};

// Whose schema files a migrate command means.
void is_about(run_metrics& run, const migrate_sources& sources);

// Runs `work`, writes the file, and lets pass what `work` threw. A file that could not be written is a failure (1).
exit_code with_metrics(const arguments& given, std::string_view command, console& out,
                       const std::function<exit_code(run_metrics&)>& work);

}  // namespace innkeeper::cli
