#pragma once
// Services that leave: retired, revived, pruned (docs/leaving.md). Each looks, plans (core/leaving.h), takes the
// server's lock, looks and plans again, and runs the steps one by one; a run that was cut off anywhere is completed by
// the next.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "core/leaving.h"
#include "exec/client_programs.h"
#include "exec/event.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

enum class leaving_kind { retire, revive, prune };

// A server as leaving looks at it: what each service of the estate has there, by the shared catalogs and the registry.
struct leaving_view {
  observed_server observed;
  std::vector<service_footprint> every;

  [[nodiscard]] const service_footprint* find(const std::string& service) const;
};

// Changes nothing, takes no lock. Throws pg::error.
[[nodiscard]] leaving_view look_at_leaving(const estate& all, const server_access& access);

// What would be done now. `now` is the date that a retirement gets.
[[nodiscard]] leaving_plan preview_leaving(leaving_kind kind, const leaving_view& view, const service_footprint& one,
                                           const server_access& access);

struct leaving_options {
  std::chrono::seconds lock_timeout{300};
  client_programs_search programs;
};

struct leaving_report {
  std::string service;
  std::string server;
  database_name database;
  int steps = 0;
  std::vector<attention> attentions;  // what is left for people
  diagnostics problems;               // nothing was done because of these
  std::filesystem::path dump;         // of a pruned one that had data
};

// Throws exec::error (73 for a held lock) and pg::error; what was done until then stays done.
[[nodiscard]] leaving_report leave(leaving_kind kind, const std::string& service, const estate& all,
                                   const server_access& access, const leaving_options& options, const event_sink& tell);

// Where the dumps of pruned services are kept: <estate>/.innkeeper/dumps.
[[nodiscard]] std::filesystem::path dumps_directory(const estate& all);
// "2026-11-21T16:00:00Z"
[[nodiscard]] std::string utc_now();

}  // namespace innkeeper::exec
