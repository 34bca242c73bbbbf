#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/log_options.h"
#include "cli/opened_estate.h"
#include "cli/progress.h"
#include "cli/service_connection.h"
#include "cli/wait_options.h"
#include "embedded/help_pages.h"
#include "exec/server_access.h"
#include "exec/wait_for_server.h"

namespace innkeeper::cli {
namespace {

struct target {
  std::string name;
  conninfo where;
  wait_rules rules;
};

target target_of_variable(const std::string& variable) {
  return {variable, conninfo_of_variable(variable), {.limits = wait_limits_of_environment(), .who = waiter::service}};
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
                   exec::direct_conninfo(opened.all, service, exec::find_access(opened.all, server)),
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
    override_wait_limits(given, one.rules.limits);
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
  auto options = wait_limit_rows();
  options.insert(options.begin(),
                 {"--url-from", "", option_kind::value, "VARIABLE", "wait for the connection string that it holds"});
  options.push_back(json_log_row());
  return {.name = "wait",
          .summary = "until a server takes queries; says once what it is that is waited for",
          .page = help_pages::wait_md,
          .word = {.placeholder = "ESTATE"},
          .options = std::move(options),
          .run = run};
}

}  // namespace innkeeper::cli
