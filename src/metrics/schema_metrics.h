#pragma once
// What a run measured, put on a page. Names of services, servers, files and versions only: no text of an error, which
// may quote what somebody wrote.
#include <chrono>
#include <set>
#include <string>

#include "exec/apply.h"
#include "exec/migrate.h"
#include "exec/start_service.h"
#include "metrics/page.h"

namespace innkeeper::metrics {

enum class outcome { success, degraded, failure };

// Of a command as a whole. `service` where it was asked about one.
struct command_run {
  std::string command;
  std::string estate;  // "": without a manifest
  std::string service;
  outcome how = outcome::success;
  exit_code code = exit_code::ok;
  std::chrono::milliseconds duration{0};
  std::chrono::system_clock::time_point ended;
};
void add_command(page& to, const command_run& one);

void add_schema_run(page& to, const std::string& estate, const exec::migrate_report& one,
                    std::chrono::system_clock::time_point ended);
// Of `init`: the schema's run, and the waits for brokers.
void add_start(page& to, const std::string& estate, const std::string& service, const exec::start_report& one,
               std::chrono::system_clock::time_point ended);

// `services`: those on that server that it was about.
void add_apply(page& to, const std::string& estate, const std::set<std::string>& services,
               const exec::apply_report& one, std::chrono::system_clock::time_point ended);

}  // namespace innkeeper::metrics
