#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/completion_view.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

exit_code run(const arguments& given, console& out) {
  const std::string& shell = given.positional();
  if (shell != "bash" && shell != "zsh") {
    throw refused{exit_code::usage, fmt::format("there is no completion for \"{}\"", shell), "Use bash or zsh."};
  }
  out.print_raw(shell == "bash" ? bash_completion(all_commands()) : zsh_completion(all_commands()));
  return exit_code::ok;
}

}  // namespace

command completion_command() {
  return {.name = "completion",
          .summary = "completion for a shell: bash or zsh",
          .page = help_pages::completion_md,
          .word = {.placeholder = "SHELL", .is_required = true},
          .has_json = false,
          .run = run};
}

}  // namespace innkeeper::cli
