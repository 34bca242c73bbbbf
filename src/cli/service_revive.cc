#include <set>

#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/leaving_command.h"
#include "cli/service_connection.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

constexpr auto kind = exec::leaving_kind::revive;

// What retiring took from readers and shared log-ins is in the manifest, not on the server.
apply_result apply_declared(const std::vector<std::string>& names, opened_estate& opened, const arguments& given,
                            console& out) {
  std::set<std::string> servers;
  for (const auto& name : names) {
    if (const auto* service = find_service(opened.all, name)) {
      opened.services.insert(name);
      servers.insert(service->server);
    }
  }
  std::erase_if(opened.servers, [&](const auto* server) { return !servers.contains(server->name); });
  exec::apply_options options = parse_apply_options(given);
  options.policy.services = opened.services;
  return apply_estate(opened, options, out);
}

exit_code run(const arguments& given, console& out) {
  auto opened = open_estate_for_service(given, out);
  const auto names = split_names(given.positional());
  const auto result = let_leave(kind, names, opened, given, out);
  exit_code code = result.code();
  json document{{"revived", result.reports.size()}, {"failed", result.failures.size()}};
  document["services"] = leaving_to_json(result);
  out.print(leaving_to_text(kind, result, out.settings().colored_results));
  if (code == exit_code::ok) {
    const auto applied = apply_declared(names, opened, given, out);
    if (!applied.reports.empty()) out.print(apply_to_text(applied, out.settings().colored_results));
    document["apply"] = apply_to_json(applied);
    code = code_of(applied);
  } else if (!result.failures.empty()) {
    document["error"] = to_json(result.failures.front());
  }
  out.print_json(document);
  return code;
}

}  // namespace

command service_revive_command() {
  return {.name = "service revive",
          .summary = "take retired services into service again",
          .page = help_pages::service_revive_md,
          .word = {.placeholder = "SERVICE…", .is_required = true, .takes_several = true},
          .options = leaving_option_rows(),
          .counters = {"revived", "failed"},
          .run = run};
}

}  // namespace innkeeper::cli
