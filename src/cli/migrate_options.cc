#include "cli/migrate_options.h"

#include <fmt/format.h>

#include <cstdlib>

#include "cli/apply_options.h"
#include "cli/service_connection.h"
#include "cli/wait_options.h"
#include "core/manifest_scalars.h"
#include "core/naming.h"
#include "exec/error.h"
#include "exec/migration_session.h"
#include "exec/schema_files.h"
#include "migration/directory.h"

namespace innkeeper::cli {
namespace {

std::chrono::milliseconds parse_milliseconds(std::string_view name, const std::string& text) {
  if (text == "0") return std::chrono::milliseconds{0};
  if (const auto time = innkeeper::parse_duration(text)) return *time;
  throw refused{exit_code::usage, fmt::format("option {} needs a time, not \"{}\"", name, text),
                "Say it as 500ms, 2s, 5m or 1h."};
}

std::string name_alone(const arguments& given, const conninfo& log_in) {
  const auto name = given.has("--name") ? given.value("--name") : log_in.database.value;
  if (name.empty()) throw refused{exit_code::usage, "whose files are these?", "Give --name SERVICE."};
  return name;
}

exec::migration_target target_alone(const arguments& given) {
  if (!given.has("--files")) {
    throw refused{exit_code::usage, "--url-from needs --files DIRECTORY", "Or leave it out, and name an estate."};
  }
  exec::migration_target target{.log_in = conninfo_of_variable(given.value("--url-from"))};
  target.service = name_alone(given, target.log_in);
  target.wait = wait_limits_of_environment();
  target.settings.format = given.value("--format");
  if (!target.settings.format.empty() && !migration::parse_layout(target.settings.format)) {
    throw refused{exit_code::usage, fmt::format("there is no layout \"{}\"", target.settings.format),
                  "\"innkeeper help migrate up\" lists them."};
  }
  // Nobody says whether other services live in that database: each has a history of its own name then.
  target.history = history_schema(target.service, given.has("--name"));
  target.history_elsewhere = history_schema(target.service, !given.has("--name"));
  target.directory = given.value("--files");
  target.early = exec::begin_session(target);
  target.files = exec::load_schema_directory(target.directory, target.settings.format);
  if (has_errors(target.files.problems)) throw refused{exit_code::invalid, target.files.problems};
  return target;
}

}  // namespace

std::vector<option> migrate_source_rows() {
  return {{"--url-from", "", option_kind::value, "VARIABLE", "without a manifest: the connection string that it holds"},
          {"--files", "", option_kind::value, "DIRECTORY", "with --url-from: the schema files"},
          {"--name", "", option_kind::value, "SERVICE", "with --url-from: whose they are; else the database's name"},
          {"--format", "", option_kind::value, "LAYOUT", "with --url-from: whose layout they have; else detected"}};
}

std::vector<option> migrate_limit_rows() {
  return {
      {"--lock-timeout", "", option_kind::value, "TIME",
       "how long a statement waits for a table's lock before it is tried again: 2s unless given"},
      {"--statement-timeout", "", option_kind::value, "TIME", "how long a statement may take; no limit unless given"},
      {"--retries", "", option_kind::value, "N", "tries after the first; 10 unless given"},
      {"--advisory-wait", "", option_kind::value, "TIME", "how long to wait for another runner: 5m unless given"},
      {"--app-version", "", option_kind::value, "VERSION",
       "of the application that asks ($INNKEEPER_APP_VERSION), for files that need a newer one"}};
}

std::vector<option> migrate_many_rows() {
  return {{"--jobs", "-j", option_kind::value, "N", "services at once on one server; 4 unless given"},
          {"--canary", "", option_kind::value, "SERVICE", "this one first, and the others only if it succeeds"},
          {"--stop-after", "", option_kind::value, "N", "begin no further service after so many failures"}};
}

exec::migrate_options parse_migrate_options(const arguments& given) {
  exec::migrate_options options;
  const auto time = [&](std::string_view name, auto& into) {
    if (given.has(name)) into = parse_milliseconds(name, given.value(name));
  };
  time("--lock-timeout", options.lock_timeout);
  time("--statement-timeout", options.statement_timeout);
  time("--advisory-wait", options.advisory_wait);
  constexpr int most_retries = 1000;
  if (given.has("--retries")) options.retries = parse_count("--retries", given.value("--retries"), 0, most_retries);
  if (given.has("--out-of-order")) options.out_of_order = true;
  for (const auto& rule : given.values("--allow")) options.allowed_rules.insert(rule);
  if (given.has("--app-version")) {
    options.app_version = given.value("--app-version");
  } else if (const char* version = std::getenv("INNKEEPER_APP_VERSION"); version != nullptr) {
    options.app_version = version;
  }
  return options;
}

exec::estate_run_options parse_estate_run_options(const arguments& given) {
  exec::estate_run_options options{.canary = given.value("--canary")};
  constexpr int most = 1000;
  if (given.has("--jobs")) options.jobs = parse_count("--jobs", given.value("--jobs"), 1, 64);
  if (given.has("--stop-after")) {
    options.most_failures = parse_count("--stop-after", given.value("--stop-after"), 1, most);
  }
  return options;
}

std::optional<exec::migration_target> target_without_manifest(const arguments& given) {
  if (given.has("--url-from")) return target_alone(given);
  for (const char* name : {"--files", "--name", "--format"}) {
    if (given.has(name)) throw refused{exit_code::usage, fmt::format("{} goes with --url-from only", name)};
  }
  return std::nullopt;
}

migrate_sources open_sources(const arguments& given, console& out) {
  migrate_sources sources{.alone = target_without_manifest(given)};
  if (sources.alone) return sources;
  sources.opened = open_estate(given, out);
  const auto has_files = [&](const service_declaration& one) {
    return sources.opened.is_meant(one.name) && !one.schema_files.empty();
  };
  if (std::ranges::none_of(sources.opened.all.services, has_files)) {
    throw refused{exit_code::usage, "none of these services has schema files",
                  "Name a directory with the key schema_files: in the manifest."};
  }
  return sources;
}

const service_declaration& only_service(const opened_estate& opened) {
  const service_declaration* only = nullptr;
  for (const auto& one : opened.all.services) {
    if (!opened.is_meant(one.name) || one.schema_files.empty()) continue;
    if (only != nullptr) throw refused{exit_code::usage, "which service?", "Name one with --service."};
    only = &one;
  }
  if (only == nullptr) throw refused{exit_code::usage, "none of these services has schema files"};
  return *only;
}

exec::estate_run run_on_sources(const migrate_sources& sources, const exec::estate_run_options& options,
                                const exec::schema_action& action) {
  if (sources.alone) {
    exec::estate_run result;
    result.reports.push_back(action(*sources.alone));
    return result;
  }
  auto narrowed = options;
  narrowed.services = sources.opened.services;
  return exec::run_on_estate(sources.opened.all, narrowed, action);
}

}  // namespace innkeeper::cli
