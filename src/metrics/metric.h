#pragma once
// Every metric that Innkeeper has, by name: a table, which docs/metrics.md shows and a test holds it to.
#include <span>
#include <string_view>

namespace innkeeper::metrics {

enum class metric {
  runs,
  last_run_exit_code,
  last_run_duration,
  last_run_timestamp,
  last_success_timestamp,
  schema_ready,
  schema_state,
  schema_version,
  schema_pending_files,
  schema_runs,
  schema_run_duration,
  schema_last_success,
  schema_phase_duration,
  schema_file_duration,
  schema_file_attempts,
  schema_file_lock_wait,
  schema_files,
  schema_file_retries,
  schema_lock_wait,
  schema_connection_attempts,
  apply_runs,
  apply_duration,
  apply_last_success,
  apply_services,
  apply_steps,
  service_applied,
};

enum class metric_kind { gauge, counter };

// Whom a value is about: the labels that together name one of them.
enum class metric_subject {
  command,  // command, estate, service
  schema,   // estate, service
  server,   // estate, server
  service   // estate, service
};

struct metric_row {
  metric id = metric::runs;
  std::string_view name;
  metric_kind kind = metric_kind::gauge;
  metric_subject subject = metric_subject::command;
  bool outlives = false;     // a gauge that a run which says nothing of it leaves as it was
  std::string_view labels;   // "estate, service, phase", for people
  std::string_view meaning;  // its HELP: one line
};

[[nodiscard]] std::span<const metric_row> all_metrics();
[[nodiscard]] const metric_row& row_of(metric one);
// Null where there is none.
[[nodiscard]] const metric_row* find_metric(std::string_view name);
[[nodiscard]] std::span<const std::string_view> labels_of(metric_subject one);

}  // namespace innkeeper::metrics
