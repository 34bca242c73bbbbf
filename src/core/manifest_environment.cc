#include "core/manifest_environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/display.h"

namespace innkeeper {
namespace {

struct reference {
  std::string_view name;
  std::optional<std::string_view> by_default;
};

// What stands between "${" and "}".
std::optional<reference> parse_reference(std::string_view inside) {
  const std::size_t sign = inside.find(":-");
  const reference found{inside.substr(0, sign), sign == std::string_view::npos
                                                    ? std::optional<std::string_view>{}
                                                    : std::optional{inside.substr(sign + 2)}};
  const bool is_nested = inside.find("${") != std::string_view::npos;
  return is_environment_name(found.name) && !is_nested ? std::optional{found} : std::nullopt;
}

std::optional<std::string> value_of(const reference& wanted, const environment_lookup& values) {
  const auto set = values(wanted.name);
  if (!wanted.by_default) return set;
  return set && !set->empty() ? set : std::string{*wanted.by_default};
}

}  // namespace

bool is_environment_name(std::string_view name) {
  const auto is_word = [](unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '_'); };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 && std::ranges::all_of(name, is_word);
}

expanded_text expand(std::string_view written, const environment_lookup& values) {
  expanded_text result;
  while (true) {
    const std::size_t at = written.find("${");
    result.text += written.substr(0, at);
    if (at == std::string_view::npos) return result;
    if (at > 0 && written[at - 1] == '$') {  // "$${" is a literal "${"
      result.is_changed = true;
      result.text += '{';
      written.remove_prefix(at + 2);
      continue;
    }
    const std::size_t end = written.find('}', at);
    const auto found =
        end == std::string_view::npos ? std::nullopt : parse_reference(written.substr(at + 2, end - at - 2));
    if (!found) {
      result.problem = "what follows \"${\" names no environment variable";
      result.hint = "Write ${NAME} or ${NAME:-default}; $${ stands for ${ itself.";
      return result;
    }
    auto value = value_of(*found, values);
    if (!value) {
      result.problem = fmt::format("environment variable {} is not set", found->name);
      result.hint = fmt::format("Set it, or write ${{{}:-default}}.", found->name);
      return result;
    }
    result.is_changed = true;
    result.text += *value;
    written.remove_prefix(end + 1);
  }
}

}  // namespace innkeeper
