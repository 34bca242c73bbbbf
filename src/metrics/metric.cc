#include "metrics/metric.h"

#include <algorithm>
#include <array>

namespace innkeeper::metrics {
namespace {

using enum metric_kind;
using enum metric_subject;

constexpr std::array rows{
    metric_row{metric::runs, "innkeeper_runs_total", counter, command, false, "command, outcome",
               "Runs of a command, by how they ended: success, degraded (init started the application all the same) or "
               "failure."},
    metric_row{metric::last_run_exit_code, "innkeeper_last_run_exit_code", gauge, command, false, "command",
               "How the last run ended, by the list in docs/exit-codes.md; 0 is good."},
    metric_row{metric::last_run_duration, "innkeeper_last_run_duration_seconds", gauge, command, false, "command",
               "How long the last run took."},
    metric_row{metric::last_run_timestamp, "innkeeper_last_run_timestamp_seconds", gauge, command, false, "command",
               "When the last run ended, in Unix time."},
    metric_row{metric::last_success_timestamp, "innkeeper_last_success_timestamp_seconds", gauge, command, true,
               "command", "When the last run that succeeded ended, in Unix time."},
    metric_row{metric::schema_ready, "innkeeper_schema_ready", gauge, schema, false, "service",
               "1 where a service's schema is what its files say, or newer; 0 where it isn't, or nobody knows."},
    metric_row{metric::schema_state, "innkeeper_schema_state", gauge, schema, false, "service, state",
               "1 for the state that a service's schema is in, 0 for the others."},
    metric_row{metric::schema_version, "innkeeper_schema_version_info", gauge, schema, false, "service, version",
               "The newest version that is applied, as a label; always 1."},
    metric_row{metric::schema_pending_files, "innkeeper_schema_pending_files", gauge, schema, false, "service",
               "Schema files that have yet to run."},
    metric_row{metric::schema_runs, "innkeeper_schema_runs_total", counter, schema, false, "service, outcome",
               "Runs over a service's schema files, by how they ended: success or failure."},
    metric_row{metric::schema_run_duration, "innkeeper_schema_run_duration_seconds", gauge, schema, false,
               "service, outcome", "How long the last run over a service's schema files took, with all waiting."},
    metric_row{metric::schema_last_success, "innkeeper_schema_last_success_timestamp_seconds", gauge, schema, true,
               "service", "When the last run over a service's schema files that succeeded ended, in Unix time."},
    metric_row{metric::schema_phase_duration, "innkeeper_schema_phase_duration_seconds", gauge, schema, false,
               "service, phase, outcome",
               "Of the last run: waiting for the server (wait), for another runner (lock), and the files of each "
               "directory; of init also redis and rabbitmq."},
    metric_row{metric::schema_file_duration, "innkeeper_schema_file_duration_seconds", gauge, schema, false,
               "service, phase, file, version, direction, outcome",
               "How long each file took that the last run ran, with all its attempts."},
    metric_row{metric::schema_file_attempts, "innkeeper_schema_file_attempts", gauge, schema, false,
               "service, phase, file, version, direction, outcome",
               "How often each file was tried that the last run ran."},
    metric_row{metric::schema_file_lock_wait, "innkeeper_schema_file_lock_wait_seconds", gauge, schema, false,
               "service, phase, file, version, direction, outcome",
               "How long each file that the last run ran waited for locks that others held."},
    metric_row{metric::schema_files, "innkeeper_schema_files_total", counter, schema, false, "service, phase, outcome",
               "Files that ran, by how they ended: success or failure."},
    metric_row{metric::schema_file_retries, "innkeeper_schema_file_retries_total", counter, schema, false,
               "service, phase", "Tries of files after their first."},
    metric_row{metric::schema_lock_wait, "innkeeper_schema_lock_wait_seconds_total", counter, schema, false,
               "service, phase", "How long files waited for locks that others held."},
    metric_row{metric::schema_connection_attempts, "innkeeper_schema_connection_attempts_total", counter, schema, false,
               "service", "Tries to reach the server, the first of each run included."},
    metric_row{metric::apply_runs, "innkeeper_apply_runs_total", counter, server, false, "server, outcome",
               "Runs of apply over a server, by how they ended: success or failure."},
    metric_row{metric::apply_duration, "innkeeper_apply_duration_seconds", gauge, server, false, "server, outcome",
               "How long the last apply over a server took."},
    metric_row{metric::apply_last_success, "innkeeper_apply_last_success_timestamp_seconds", gauge, server, true,
               "server", "When the last apply over a server that succeeded ended, in Unix time."},
    metric_row{metric::apply_services, "innkeeper_apply_services", gauge, server, false, "server, outcome",
               "Services of the last apply over a server, by what came of them: applied, unchanged or failed."},
    metric_row{metric::apply_steps, "innkeeper_apply_steps_total", counter, server, false, "server",
               "Steps that apply ran on a server and that succeeded."},
    metric_row{metric::service_applied, "innkeeper_service_applied", gauge, service, false, "server, service",
               "1 where the last apply left a service's roles and database as declared, 0 where it failed."},
};

constexpr std::array<std::string_view, 3> command_labels{"command", "estate", "service"};
constexpr std::array<std::string_view, 2> service_labels{"estate", "service"};
constexpr std::array<std::string_view, 2> server_labels{"estate", "server"};

}  // namespace

std::span<const metric_row> all_metrics() {
  return rows;
}

const metric_row& row_of(metric one) {
  return *std::ranges::find(rows, one, &metric_row::id);
}

const metric_row* find_metric(std::string_view name) {
  const auto* found = std::ranges::find(rows, name, &metric_row::name);
  return found == rows.end() ? nullptr : &*found;
}

std::span<const std::string_view> labels_of(metric_subject one) {
  switch (one) {
    case command:
      return command_labels;
    case schema:
    case service:
      return service_labels;
    case server:
      return server_labels;
  }
  return {};
}

}  // namespace innkeeper::metrics
