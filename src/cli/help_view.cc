#include "cli/help_view.h"

#include <fmt/format.h>

#include "cli/text.h"

namespace innkeeper::cli {
namespace {

std::string usage_of(const command& one) {
  std::string text = fmt::format("innkeeper {}", one.name);
  const auto word = one.word.placeholder;
  if (!word.empty()) text += one.word.is_required ? fmt::format(" {}", word) : fmt::format(" [{}]", word);
  if (!one.options.empty()) text += " [OPTION…]";
  if (one.takes_rest) text += " [-- ARGUMENT…]";
  return text;
}

std::string spelled(const option& one) {
  std::string text{one.name};
  if (!one.shorthand.empty()) text = fmt::format("{}, {}", one.shorthand, one.name);
  if (one.kind == option_kind::maybe) return fmt::format("{} [{}]", text, one.placeholder);
  return one.placeholder.empty() ? text : fmt::format("{} {}", text, one.placeholder);
}

std::string option_lines(const std::vector<option>& options, const command* by) {
  text_table table{{}};
  for (const auto& one : options) {
    if (by == nullptr || by->takes(one)) table.add({spelled(one), std::string{one.summary}});
  }
  return table.text("  ").substr(1);
}

std::string_view trimmed(std::string_view page) {
  while (page.ends_with('\n')) page.remove_suffix(1);
  return page;
}

}  // namespace

std::string overview(std::span<const command> all) {
  text_table table{{}};
  for (const auto& one : all) table.add({std::string{one.name}, std::string{one.summary}});
  return fmt::format(
      "innkeeper: one manifest declares many services; one run gives each its own database, and proves it\n"
      "\n"
      "usage: innkeeper COMMAND [ESTATE] [OPTION…]\n"
      "ESTATE is a directory with an innkeeper.yaml, or a manifest; without one, the one here or in a folder above.\n"
      "\n"
      "commands:\n{}\n"
      "everywhere:\n{}\n"
      "innkeeper help COMMAND shows its manual page. To begin: innkeeper up examples/cafe-erp\n",
      table.text("  ").substr(1), option_lines(global_options(), nullptr));
}

std::string manual_page(const command& one) {
  std::string text =
      fmt::format("innkeeper {}: {}\n\nusage: {}\n\n{}\n", one.name, one.summary, usage_of(one), trimmed(one.page));
  if (!one.options.empty()) text += fmt::format("\noptions:\n{}", option_lines(one.options, &one));
  return text + fmt::format("\neverywhere:\n{}", option_lines(global_options(), &one));
}

std::string whole_manual(std::span<const command> all) {
  std::string text =
      "# Commands\n\n"
      "Made of the pages beside each command's source (`src/cli/*.md`); `innkeeper help COMMAND` shows the same. Exit\n"
      "codes: [exit-codes.md](exit-codes.md).\n\n";
  for (const auto& one : all) {
    text +=
        fmt::format("## innkeeper {}\n{}.\n\n    {}\n\n{}\n", one.name, one.summary, usage_of(one), trimmed(one.page));
    if (!one.options.empty()) {
      text += "\n| option | |\n| --- | --- |\n";
      for (const auto& row : one.options) text += fmt::format("| `{}` | {} |\n", spelled(row), row.summary);
    }
    text += "\n";
  }
  text += "## Everywhere\n| option | |\n| --- | --- |\n";
  for (const auto& row : global_options()) text += fmt::format("| `{}` | {} |\n", spelled(row), row.summary);
  return text;
}

}  // namespace innkeeper::cli
