#include "exec/start_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/text.h"

namespace innkeeper::exec {
namespace {

log_level parse_level(const std::string& word) {
  const auto lower = to_lower(word);
  if (lower == "debug" || lower == "trace") return log_level::debug;
  if (lower == "warning" || lower == "warn") return log_level::warning;
  if (lower == "error" || lower == "critical" || lower == "fatal") return log_level::error;
  return log_level::info;
}

bool is_true(const std::string& word) {
  const auto lower = to_lower(word);
  return lower == "true" || lower == "1" || lower == "yes" || lower == "on";
}

}  // namespace

start_log_settings start_log_settings_of(const environment_lookup& values) {
  const auto value = [&](std::string_view name) { return values(name).value_or(""); };
  start_log_settings settings{.least = parse_level(value("LOG_LEVEL")),
                              .has_details = is_true(value("DB_INIT_DEBUG")),
                              .is_json = to_lower(value("LOG_FORMAT")) == "json"};
  if (settings.has_details) settings.least = log_level::debug;
  return settings;
}

std::string_view to_string(log_level one) {
  switch (one) {
    case log_level::debug:
      return "DEBUG";
    case log_level::info:
      return "INFO";
    case log_level::warning:
      return "WARNING";
    case log_level::error:
      return "ERROR";
  }
  return {};
}

std::string to_text(const start_line& one) {
  std::string text = one.message;
  if (one.level == log_level::debug && one.duration) text += fmt::format(" ({} ms)", one.duration->count());
  if (!one.detail.empty()) text += "\n  " + replace_all(one.detail, "\n", "\n  ");
  return text;
}

std::string to_json(const start_line& one, std::chrono::system_clock::time_point time) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  nlohmann::ordered_json object{
      {"time", fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(time)),
                           since.count() % 1000)},
      {"level", to_string(one.level)},
      {"service", one.service},
      {"phase", one.phase},
      {"message", one.message},
      {"duration_ms", nullptr}};
  if (one.duration) object["duration_ms"] = one.duration->count();
  if (!one.detail.empty()) object["detail"] = one.detail;
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace innkeeper::exec
