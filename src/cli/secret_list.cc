#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/opened_estate.h"
#include "cli/text.h"
#include "core/desired.h"
#include "embedded/help_pages.h"
#include "exec/secret_store.h"

namespace innkeeper::cli {
namespace {

struct row {
  std::string server;
  std::string log_in;
  std::vector<std::string> services;
  exec::stored_state state = exec::stored_state::absent;
  std::string problem;
  std::string file;
};

std::string_view word_for(exec::stored_state state) {
  switch (state) {
    case exec::stored_state::absent:
      return "absent";
    case exec::stored_state::present:
      return "present";
    case exec::stored_state::unreadable:
      return "unreadable";
  }
  return "";
}

std::vector<std::string> services_of(const estate& all, const desired_role& role) {
  std::vector<std::string> names;
  for (const auto& one : all.services) {
    if (one.user.value == role.name || one.name == role.from.service) names.push_back(one.name);
  }
  return names;
}

std::vector<row> collect(const opened_estate& opened) {
  const exec::secret_store store{opened.all.secrets_directory};
  std::vector<row> rows;
  for (const auto* server : opened.servers) {
    const desired_server desired = derive_desired(opened.all, *server);
    for (const auto& role : desired.roles) {
      const auto services = services_of(opened.all, role);
      const auto is_meant = [&](const std::string& name) { return opened.is_meant(name); };
      if (!role.can_login || std::ranges::none_of(services, is_meant)) continue;
      const auto entry = store.read(server->name, role.name);
      rows.push_back({server->name, role.name.value, services, entry.state, entry.problem,
                      store.password_file(server->name, role.name).string()});
    }
  }
  return rows;
}

exit_code run(const arguments& given, console& out) {
  const auto opened = open_estate(given, out);
  const auto rows = collect(opened);
  text_table table{{"log-in", "server", "services", "password", "file"}};
  json secrets = json::array();
  for (const auto& one : rows) {
    table.add({one.log_in, one.server, fmt::format("{}", fmt::join(one.services, ", ")),
               std::string{word_for(one.state)}, one.file});
    secrets.push_back({{"log_in", one.log_in},
                       {"server", one.server},
                       {"services", one.services},
                       {"password", word_for(one.state)},
                       {"problem", one.problem},
                       {"file", one.file}});
    if (!one.problem.empty()) out.warn(fmt::format("innkeeper: warning: {}: {}", one.log_in, one.problem));
  }
  out.print(table.text());
  out.print_json({{"estate", opened.all.name}, {"secrets", secrets}});
  return exit_code::ok;
}

}  // namespace

command secret_list_command() {
  return {.name = "secret list",
          .summary = "which log-ins have a password here; no password is shown",
          .page = help_pages::secret_list_md,
          .run = run};
}

}  // namespace innkeeper::cli
