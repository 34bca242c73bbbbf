#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/leaving_command.h"
#include "cli/progress.h"
#include "cli/rotation_view.h"
#include "cli/service_connection.h"
#include "core/manifest_scalars.h"
#include "embedded/help_pages.h"
#include "exec/rotate.h"

namespace innkeeper::cli {
namespace {

using exec::rotate_what;

std::optional<std::chrono::milliseconds> time_given(const arguments& given, std::string_view option_name) {
  if (!given.has(option_name)) return std::nullopt;
  const std::string text = given.value(option_name);
  if (const auto time = innkeeper::parse_duration(text)) return time;
  throw refused{exit_code::usage, fmt::format("option {} needs a time, not \"{}\"", option_name, text),
                "Say it as 90s, 5m, 1h or 30d."};
}

rotate_what what_is_asked(const arguments& given) {
  auto what = rotate_what::rotate;
  int asked = 0;
  for (const auto& [name, meaning] :
       {std::pair{"--resume", rotate_what::resume}, std::pair{"--give-up", rotate_what::give_up},
        std::pair{"--reopen", rotate_what::reopen}}) {
    if (!given.has(name)) continue;
    what = meaning;
    ++asked;
  }
  if (asked > 1) throw refused{exit_code::usage, "--resume, --give-up and --reopen exclude each other"};
  const bool names_services = !given.positional().empty() || given.has("--service");
  if (names_services && given.has("--all")) {
    throw refused{exit_code::usage, "services and --all exclude each other", "Name services, or give --all."};
  }
  if (!names_services && !given.has("--all") && what != rotate_what::resume) {
    throw refused{exit_code::usage, "which services?", "Name them, or give --all."};
  }
  if (what == rotate_what::rotate || asked == 0) return what;
  if (given.has("--older-than")) {
    throw refused{exit_code::usage, "--older-than goes with new rotations only", "Leave it out."};
  }
  return what;
}

exec::rotate_options read_options(const arguments& given, const opened_estate& opened) {
  exec::rotate_options options{.what = what_is_asked(given)};
  for (const auto& name : split_names(given.positional()))
    options.services.insert(named_service(opened.all, name).name);
  if (options.services.empty()) options.services = opened.services;
  options.older_than = time_given(given, "--older-than");
  options.grace = time_given(given, "--grace");
  options.force_after = time_given(given, "--force-after");
  options.wait = time_given(given, "--wait").value_or(std::chrono::milliseconds{0});
  if (const auto time = time_given(given, "--advisory-wait")) {
    options.lock_timeout = std::chrono::ceil<std::chrono::seconds>(*time);
  }
  return options;
}

bool has_one_of(const estate& all, const server_declaration& server, const std::set<std::string>& services) {
  return std::ranges::any_of(all.services, [&](const service_declaration& one) {
    return one.server == server.name && (services.empty() || services.contains(one.name));
  });
}

exit_code run(const arguments& given, console& out) {
  const auto opened = open_estate_for_service(given, out);
  const auto options = read_options(given, opened);
  const auto tell = progress_on(out);
  rotation_view view{.waited = options.wait > std::chrono::milliseconds{0}};
  view.failures = for_each_server(opened, [&](const server_declaration& server) {
    if (!has_one_of(opened.all, server, options.services)) return;
    const auto access = exec::reach_server(opened.all, server, tell);
    view.reports.push_back(exec::rotate_on(opened.all, access, options, tell));
  });
  for (const auto& failed : view.failures) out.show(failed.problems);
  out.print_json(rotation_to_json(view));
  out.print(rotation_to_text(view, out.settings().colored_results));
  return code_of(view);
}

}  // namespace

command secret_rotate_command() {
  return {.name = "secret rotate",
          .summary = "change services' passwords while their applications run",
          .page = help_pages::secret_rotate_md,
          .word = {.placeholder = "SERVICE…", .takes_several = true},
          .options = {{"--all", "", option_kind::flag, "", "all services of the estate"},
                      {"--older-than", "", option_kind::value, "TIME", "only passwords in use for longer: 30d"},
                      {"--grace", "", option_kind::value, "TIME",
                       "how long nobody has to use the former log-in before it is closed; 10m unless given"},
                      {"--force-after", "", option_kind::value, "TIME",
                       "close it then, and end its sessions, whoever still uses it; never unless given"},
                      {"--wait", "", option_kind::value, "TIME",
                       "for former log-ins to be closed; not at all unless given"},
                      {"--resume", "", option_kind::flag, "", "only go on with what is under way"},
                      {"--give-up", "", option_kind::flag, "", "close new log-ins that no place says yet"},
                      {"--reopen", "", option_kind::flag, "", "open former log-ins again, which somebody still needs"},
                      {"--advisory-wait", "", option_kind::value, "TIME",
                       "how long to wait for another runner: 90s, 5m; 5m unless given"}},
          .counters = {"changed", "draining", "refused", "failed"},
          .run = run};
}

}  // namespace innkeeper::cli
