#include "cli/wait_options.h"

#include "cli/apply_options.h"
#include "cli/failure.h"
#include "core/manifest_parser.h"
#include "exec/environment.h"

namespace innkeeper::cli {

std::vector<option> wait_limit_rows() {
  return {{"--max-retries", "", option_kind::value, "N", "tries after the first (DB_INIT_MAX_RETRIES, else 10)"},
          {"--initial-delay", "", option_kind::value, "TIME", "the first pause (DB_INIT_INITIAL_DELAY, else 1s)"},
          {"--max-delay", "", option_kind::value, "TIME", "the longest pause (DB_INIT_MAX_DELAY, else 30s)"},
          {"--timeout", "", option_kind::value, "TIME", "for one attempt (DB_INIT_TIMEOUT, else 30s)"}};
}

void override_wait_limits(const arguments& given, wait_declaration& limits) {
  constexpr int most_retries = 1'000'000;
  const auto set = [&](std::string_view name, std::chrono::milliseconds& one) {
    if (given.has(name)) one = parse_duration(name, given.value(name));
  };
  if (given.has("--max-retries")) {
    limits.max_retries = parse_count("--max-retries", given.value("--max-retries"), 0, most_retries);
  }
  set("--initial-delay", limits.initial_delay);
  set("--max-delay", limits.max_delay);
  set("--timeout", limits.timeout);
}

// The DB_INIT_* variables are read where manifests are; here nothing else is declared.
wait_declaration wait_limits_of_environment() {
  const auto parsed = parse_manifest(
      {.file = "environment", .directory = "/", .text = "estate: wait\nservers: {server: {}}\nservices: {}\n"}, {},
      exec::process_environment());
  if (has_errors(parsed.problems)) throw refused{exit_code::invalid, parsed.problems};
  return parsed.value.servers.front().wait;
}

}  // namespace innkeeper::cli
