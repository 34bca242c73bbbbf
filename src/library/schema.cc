#include "innkeeper/schema.h"

#include <fmt/format.h>

#include <stdexcept>

#include "core/broker.h"
#include "core/manifest_parser.h"
#include "core/naming.h"
#include "exec/environment.h"
#include "exec/error.h"
#include "exec/schema_files.h"
#include "exec/start_service.h"

namespace innkeeper {
namespace {

using std::chrono::milliseconds;

log_level public_level(exec::log_level one) {
  return static_cast<log_level>(one);
}

exec::log_level inner_level(log_level one) {
  return static_cast<exec::log_level>(one);
}

exec::start_line inner_line(const log_line& one) {
  return {inner_level(one.level), one.service, one.phase, one.message, one.detail, one.duration};
}

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument{"schema_options: " + what};
}

void check_times(const schema_options& options) {
  const auto check = [](const char* name, auto value) {
    if (value < decltype(value){}) refuse(fmt::format("{} is negative", name));
  };
  check("max_retries", options.max_retries);
  check("initial_delay", options.initial_delay);
  check("max_delay", options.max_delay);
  check("lock_timeout", options.lock_timeout);
  check("lock_retries", options.lock_retries);
  check("statement_timeout", options.statement_timeout);
  check("runner_timeout", options.runner_timeout);
  if (options.timeout <= milliseconds{0}) refuse("timeout is not positive");
}

conninfo log_in_of(const schema_options& options) {
  if (options.url.empty()) refuse("url is empty");
  auto parsed = parse_conninfo(options.url);
  if (!parsed.value) refuse("url is no connection string: " + parsed.problem);
  return std::move(*parsed.value);
}

wait_declaration wait_of(const schema_options& options) {
  return {.max_retries = options.max_retries,
          .initial_delay = options.initial_delay,
          .max_delay = options.max_delay,
          .timeout = options.timeout};
}

void add_broker(const std::string& url, broker_kind kind, const char* name, exec::service_start& into) {
  if (url.empty()) return;
  const auto address = parse_broker_url(url);
  if (!address || address->kind != kind) refuse(fmt::format("{} is no URL of {}", name, to_string(kind)));
  into.brokers.push_back(*address);
}

// All but the files, which are read when the work begins: they belong to the world.
exec::migration_target target_of(const schema_options& options) {
  if (const auto problem = check_simple_name(options.service)) refuse("service " + problem->message);
  if (options.files.empty()) refuse("files is empty");
  if (!options.format.empty() && !migration::parse_layout(options.format)) {
    refuse(fmt::format("there is no format \"{}\"", options.format));
  }
  exec::migration_target target{.service = options.service, .log_in = log_in_of(options), .wait = wait_of(options)};
  // Nobody says whether other services live in that database: each has a history of its own name then.
  target.history = history_schema(options.service, true);
  target.history_elsewhere = history_schema(options.service, false);
  target.directory = options.files;
  target.settings = {.format = options.format,
                     .lock_timeout = options.lock_timeout,
                     .statement_timeout = options.statement_timeout,
                     .retries = options.lock_retries};
  return target;
}

exec::migration_target with_files(exec::migration_target target) {
  target.files = exec::load_schema_directory(target.directory, target.settings.format);
  std::string problems;
  for (const auto& one : target.files.problems) {
    if (one.level == severity::error) problems += to_string(one);
  }
  while (problems.ends_with('\n')) problems.pop_back();
  if (!problems.empty()) throw exec::error{exit_code::invalid, problems};
  return target;
}

exec::migrate_options how_of(const schema_options& options) {
  exec::migrate_options how{.app_version = options.app_version, .advisory_wait = options.runner_timeout};
  how.allowed_rules.insert(options.allowed_rules.begin(), options.allowed_rules.end());
  return how;
}

std::vector<std::string> files_of(const std::vector<exec::schema_item>& items) {
  std::vector<std::string> files;
  for (const auto& one : items) files.push_back(one.file);
  return files;
}

schema_step step_of(const exec::schema_item& one, bool succeeded) {
  const bool is_version = one.kind == migration::item_kind::versioned;
  return {.file = one.file,
          .phase = exec::phase_of(one),
          .version = is_version ? one.version : "",
          .succeeded = succeeded,
          .duration = one.duration,
          .lock_wait = one.lock_wait,
          .attempts = one.attempts};
}

std::vector<schema_step> steps_of(const exec::migrate_report& found) {
  std::vector<schema_step> all;
  for (const auto& one : found.ran) all.push_back(step_of(one, true));
  if (found.stopped_at) all.push_back(step_of(*found.stopped_at, false));
  return all;
}

schema_report report_of(const exec::migrate_report& found, std::string error, exit_code code) {
  return {.state = code == exit_code::ok ? schema_state::ready : schema_state::degraded,
          .version = found.version,
          .applied = files_of(found.ran),
          .pending = files_of(found.pending),
          .error = std::move(error),
          .code = static_cast<int>(code),
          .steps = steps_of(found),
          .server_wait = found.server_wait,
          .runner_wait = found.runner_wait};
}

exec::start_log inner_log(const schema_options& options) {
  if (!options.log) return {};
  return [&options](const exec::start_line& one) {
    if (one.level < inner_level(options.least_level)) return;
    options.log({std::chrono::system_clock::now(), public_level(one.level), one.service, one.phase, one.message,
                 one.detail, one.duration});
  };
}

std::string text_of_pending(const exec::migrate_report& found) {
  const auto& all = found.pending;
  return fmt::format("{} to run, beginning with {}",
                     all.size() == 1 ? "1 file is" : fmt::format("{} files are", all.size()), all.front().file);
}

schema_report status_of(const exec::migration_target& target, const exec::migrate_options& how,
                        const exec::event_sink& tell) {
  auto found = exec::migration_status(target, how, tell);
  // What the linter thinks of files that have yet to run is a matter of running them.
  if (found.code == exit_code::invalid && found.failures.empty()) found.code = exit_code::ok;
  auto error = exec::failure_text(found);
  if (found.code == exit_code::ok && !found.pending.empty()) {
    found.code = exit_code::differences;
    error = text_of_pending(found);
  }
  return report_of(found, std::move(error), found.code);
}

}  // namespace

std::string_view to_string(log_level one) {
  return exec::to_string(inner_level(one));
}

std::string to_text(const log_line& one) {
  return exec::to_text(inner_line(one));
}

std::string to_json(const log_line& one) {
  return exec::to_json(inner_line(one), one.time);
}

schema_options schema_options_of_environment() {
  const auto values = exec::process_environment();
  // The DB_INIT_* variables are read where manifests are; here nothing else is declared.
  const auto parsed = parse_manifest(
      {.file = "environment", .directory = "/", .text = "estate: start\nservers: {server: {}}\nservices: {}\n"}, {},
      values);
  if (has_errors(parsed.problems)) throw std::invalid_argument{parsed.problems.front().message};
  const auto& wait = parsed.value.servers.front().wait;
  const auto log = exec::start_log_settings_of(values);
  return {.url = values("DATABASE_URL").value_or(""),
          .app_version = values("INNKEEPER_APP_VERSION").value_or(""),
          .max_retries = wait.max_retries,
          .initial_delay = wait.initial_delay,
          .max_delay = wait.max_delay,
          .timeout = wait.timeout,
          .least_level = public_level(log.least),
          .has_details = log.has_details};
}

schema_report initialise_schema(const schema_options& options) {
  check_times(options);
  exec::service_start start{.service = options.service,
                            .find_target = [target = target_of(options)] { return with_files(target); },
                            .how = how_of(options),
                            .wait = wait_of(options),
                            .goes_on_degraded = true,
                            .announces_start = options.announces_start,
                            .has_details = options.has_details};
  add_broker(options.redis_url, broker_kind::redis, "redis_url", start);
  add_broker(options.rabbitmq_url, broker_kind::rabbitmq, "rabbitmq_url", start);
  const auto done = exec::start_service(start, inner_log(options));
  auto report = report_of(done.schema, done.error, done.code);
  report.duration = done.duration;
  report.attempts = done.attempts;
  return report;
}

schema_report schema_status(const schema_options& options) {
  check_times(options);
  auto target = target_of(options);
  target.wait.max_retries = 0;
  const auto start = std::chrono::steady_clock::now();
  int attempts = 0;
  const auto count = [&](const exec::event& one) { attempts += one.kind == exec::event_kind::attempt ? 1 : 0; };
  schema_report report;
  try {
    report = status_of(with_files(std::move(target)), how_of(options), count);
  } catch (const exec::error& failed) {
    report = report_of({}, exec::failure_text(failed), failed.code());
  }
  report.duration = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
  report.attempts = attempts;
  return report;
}

}  // namespace innkeeper
