#include <fmt/format.h>

#include <cstdlib>

#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/opened_estate.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "core/manifest_parser.h"
#include "embedded/help_pages.h"
#include "exec/manifest_loader.h"
#include "exec/server_access.h"
#include "exec/wait_for_server.h"

namespace innkeeper::cli {
namespace {

struct target {
  std::string name;
  conninfo where;
  wait_rules rules;
};

std::vector<option> limit_rows() {
  return {{"--max-retries", "", option_kind::value, "N", "tries after the first (DB_INIT_MAX_RETRIES, else 10)"},
          {"--initial-delay", "", option_kind::value, "TIME", "the first pause (DB_INIT_INITIAL_DELAY, else 1s)"},
          {"--max-delay", "", option_kind::value, "TIME", "the longest pause (DB_INIT_MAX_DELAY, else 30s)"},
          {"--timeout", "", option_kind::value, "TIME", "for one attempt (DB_INIT_TIMEOUT, else 30s)"}};
}

void override_limits(const arguments& given, wait_declaration& limits) {
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
wait_declaration limits_of_environment() {
  const auto parsed = parse_manifest(
      {.file = "environment", .directory = "/", .text = "estate: wait\nservers: {server: {}}\nservices: {}\n"}, {},
      exec::process_environment());
  if (has_errors(parsed.problems)) throw refused{exit_code::invalid, parsed.problems};
  return parsed.value.servers.front().wait;
}

target target_of_variable(const std::string& variable) {
  const char* text = std::getenv(variable.c_str());
  if (text == nullptr || *text == '\0') {
    throw refused{exit_code::invalid, fmt::format("environment variable {} is not set", variable)};
  }
  const auto parsed = parse_conninfo(text);
  if (!parsed.value) {
    throw refused{exit_code::invalid,
                  fmt::format("environment variable {} holds no connection string", variable),
                  {},
                  parsed.problem};
  }
  return {variable, *parsed.value, {.limits = limits_of_environment(), .who = waiter::service}};
}

std::vector<target> targets_of_estate(const opened_estate& opened) {
  std::vector<target> all;
  if (opened.services.empty()) {
    for (const auto* server : opened.servers) {
      all.push_back({fmt::format("server {}", server->name),
                     exec::find_access(opened.all, *server).admin,
                     {.limits = server->wait, .who = waiter::admin}});
    }
  }
  for (const auto& name : opened.services) {
    const auto& service = named_service(opened.all, name);
    const auto& server = server_of(opened.all, service);
    all.push_back({fmt::format("service {}", name),
                   exec::service_conninfo(opened.all, service, exec::find_access(opened.all, server)),
                   {.limits = server.wait, .who = waiter::service}});
  }
  return all;
}

exit_code run(const arguments& given, console& out) {
  std::vector<target> targets;
  if (given.has("--url-from")) {
    targets.push_back(target_of_variable(given.value("--url-from")));
  } else {
    targets = targets_of_estate(open_estate(given, out));
  }
  const auto tell = progress_on(out);
  json ready = json::array();
  for (auto& one : targets) {
    override_limits(given, one.rules.limits);
    exec::wait_options options{.name = one.name, .rules = one.rules};
    if (one.rules.who == waiter::service) options.connection.kind = pg::session_kind::service;
    (void)exec::wait_for_server(one.where, options, tell);
    out.print(fmt::format("{} is ready\n", one.name));
    ready.push_back(one.name);
  }
  out.print_json({{"ready", ready}});
  return exit_code::ok;
}

}  // namespace

command wait_command() {
  auto options = limit_rows();
  options.insert(options.begin(),
                 {"--url-from", "", option_kind::value, "VARIABLE", "wait for the connection string that it holds"});
  return {.name = "wait",
          .summary = "until a server takes queries; says once what it is that is waited for",
          .page = help_pages::wait_md,
          .word = {.placeholder = "ESTATE"},
          .options = std::move(options),
          .run = run};
}

}  // namespace innkeeper::cli
