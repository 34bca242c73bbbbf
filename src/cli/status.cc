#include "cli/status.h"

#include "cli/commands.h"
#include "embedded/help_pages.h"
#include "exec/status.h"

namespace innkeeper::cli {
namespace {

exit_code run(const arguments& given, console& out) {
  const auto opened = open_estate(given, out);
  const auto result = read_estate_status(opened);
  exit_code code = exit_code::ok;
  for (const auto& one : result.failures) code = worst_of(code, one.code);
  json document = status_to_json({.all = opened.all, .servers = result.servers, .services = opened.services});
  if (!result.failures.empty()) document["error"] = to_json(result.failures.front());
  out.print_json(document);
  if (!result.servers.empty()) {
    out.print(status_to_text({.all = opened.all, .servers = result.servers, .services = opened.services},
                             out.settings().colored_results));
  }
  for (const auto& one : result.failures) out.show(one.problems);
  return code;
}

}  // namespace

estate_status read_estate_status(const opened_estate& opened, depth how) {
  estate_status result;
  result.failures = for_each_server(opened, [&](const server_declaration& server) {
    const auto access = exec::find_access(opened.all, server);
    result.servers.push_back({.status = exec::read_status(opened.all, access, how),
                              .is_embedded = access.is_embedded,
                              .admin = access.admin.user,
                              .endpoints = access.endpoints});
  });
  return result;
}

command status_command() {
  return {.name = "status",
          .summary = "what is there, who uses it, and whether it is as declared",
          .page = help_pages::status_md,
          .word = {.placeholder = "ESTATE"},
          .run = run};
}

}  // namespace innkeeper::cli
