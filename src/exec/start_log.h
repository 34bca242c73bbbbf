#pragma once
// What a service's start tells, line by line, and how much of it: the same for the command and the library.
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/manifest_environment.h"

namespace innkeeper::exec {

enum class log_level { debug, info, warning, error };

struct start_line {
  log_level level = log_level::info;
  std::string service;
  std::string phase;    // "start", "wait", "database", a directory of schema files, "migrations", "redis", "rabbitmq"
  std::string message;  // one line
  std::string detail;   // empty, or more lines: of a failure
  std::optional<std::chrono::milliseconds> duration;
};

// Called from any thread, one call at a time.
using start_log = std::function<void(const start_line&)>;

// LOG_LEVEL, DB_INIT_DEBUG, LOG_FORMAT.
struct start_log_settings {
  log_level least = log_level::info;
  bool has_details = false;  // what the server notices, too
  bool is_json = false;
};
// LOG_LEVEL is the application's as well: what it may understand and we don't counts as INFO.
[[nodiscard]] start_log_settings start_log_settings_of(const environment_lookup& values);

[[nodiscard]] std::string_view to_string(log_level one);  // "INFO"
// The message, behind it the duration where that is news (DEBUG), the detail indented below it; without a last newline.
[[nodiscard]] std::string to_text(const start_line& one);
// One JSON object on one line: time (UTC), level, service, phase, message, duration_ms; detail where there is one.
[[nodiscard]] std::string to_json(const start_line& one, std::chrono::system_clock::time_point time);

}  // namespace innkeeper::exec
