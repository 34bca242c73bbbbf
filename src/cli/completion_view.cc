#include "cli/completion_view.h"

#include <fmt/format.h>

#include <set>
#include <vector>

namespace innkeeper::cli {
namespace {

std::string first_word(std::string_view name) {
  return std::string{name.substr(0, name.find(' '))};
}

std::string first_words(std::span<const command> all) {
  std::set<std::string> seen;
  std::string words;
  for (const auto& one : all) {
    const std::string word = first_word(one.name);
    if (seen.insert(word).second) words += (words.empty() ? "" : " ") + word;
  }
  return words;
}

std::string options_of(const command& one) {
  std::string words;
  for (const auto& row : one.options) words += fmt::format("{}{}", words.empty() ? "" : " ", row.name);
  for (const auto& row : global_options()) {
    if (one.takes(row)) words += fmt::format("{}{}", words.empty() ? "" : " ", row.name);
  }
  return words;
}

}  // namespace

std::string bash_completion(std::span<const command> all) {
  std::string groups;
  std::string cases;
  std::set<std::string> seen;
  for (const auto& one : all) {
    cases += fmt::format("    \"{}\") options=\"{}\" ;;\n", one.name, options_of(one));
    const auto space = one.name.find(' ');
    if (space == std::string_view::npos || !seen.insert(first_word(one.name)).second) continue;
    std::string seconds;
    for (const auto& other : all) {
      if (other.name.starts_with(first_word(one.name) + " ")) {
        seconds += fmt::format("{}{}", seconds.empty() ? "" : " ", other.name.substr(space + 1));
      }
    }
    groups += fmt::format("    {}) seconds=\"{}\" ;;\n", first_word(one.name), seconds);
  }
  return fmt::format(R"(# innkeeper completion bash > /etc/bash_completion.d/innkeeper
_innkeeper() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} name=${{COMP_WORDS[1]:-}} seconds="" options=""
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "{}" -- "$word")
    return
  fi
  case $name in
{}  esac
  if [[ -n $seconds ]]; then
    if ((COMP_CWORD == 2)); then
      mapfile -t COMPREPLY < <(compgen -W "$seconds" -- "$word")
      return
    fi
    name="$name ${{COMP_WORDS[2]}}"
  fi
  case $name in
{}  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}}
complete -o filenames -F _innkeeper innkeeper
)",
                     first_words(all), groups, cases);
}

std::string zsh_completion(std::span<const command> all) {
  return "# innkeeper completion zsh > ~/.innkeeper-completion, and source that file in .zshrc\n"
         "autoload -Uz bashcompinit && bashcompinit\n" +
         bash_completion(all);
}

}  // namespace innkeeper::cli
