#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "cli/help_view.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

const command& asked_for(const arguments& given) {
  const std::string& name = given.positional();
  if (const auto* found = find_command(name)) return *found;
  std::vector<std::string_view> candidates;
  for (const auto& one : all_commands()) candidates.push_back(one.name);
  const auto meant = nearest(name, candidates);
  throw refused{exit_code::usage, fmt::format("there is no command \"{}\"", name),
                meant.empty() ? "Run \"innkeeper help\" to see all commands."
                              : fmt::format("Did you mean \"innkeeper help {}\"?", meant)};
}

exit_code run(const arguments& given, console& out) {
  out.print_raw(given.positional().empty() ? overview(all_commands()) : manual_page(asked_for(given)));
  return exit_code::ok;
}

}  // namespace

command help_command() {
  return {.name = "help",
          .summary = "this list, or a command's page",
          .page = help_pages::help_md,
          .word = {.placeholder = "COMMAND", .takes_several = true},
          .has_json = false,
          .run = run};
}

}  // namespace innkeeper::cli
